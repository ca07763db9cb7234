// Lessons: what the cells with gates share: a typed sequence, taps, and a row a gate over the steps.

/** The numbers that a person typed, at most twelve, each from -9 to 9. */
function sequenceOf(text) {
  const found = text.replaceAll(MINUS, "-").split(/[\s,;]+/).filter(Boolean).map(Number).filter(Number.isFinite);
  return (found.length ? found : [0]).slice(0, 12).map((one) => Math.max(-9, Math.min(9, one)));
}

const HELD = { "Held open (1)": 1, "Held shut (0)": 0 };

/** One recurrent unit over time: `rows` are [letter, name, role], `words` tells one step. */
function gatedLesson(stage, weights, cell, rows, words) {
  const tables = rows.map(([key, name, role], at) => new Table(stage, `${name} ${key}`, role, at === rows.length - 1));
  const last = tables.at(-1);
  stage.pictures.classList.add("stacked");
  last.column = 1;
  return ({ sequence, ...taps }) => {
    const inputs = sequenceOf(sequence);
    const held = Object.fromEntries(Object.entries(taps).map(([gate, how]) => [gate, HELD[how] ?? null]));
    const steps = cell(inputs, weights, held);
    const [, at] = last.within(1, inputs.length);
    const top = inputs.map((_, t) => `t = ${t}`);
    rows.forEach(([key, name, role], n) => {
      const values = steps.map((step) => step[key]);
      const shown = { scale: role === "gate" ? 1 : largest(values), ringed: [[0, at]], wide: 54, room: 24 };
      tables[n].show([values], [key], n ? [] : top, role === "gate" ? { ...shown, role } : shown);
      const how = held[key] === undefined || held[key] === null ? "" : held[key] ? ", held open" : ", held shut";
      say(tables[n].head, `${name} ${key}${how}`);
      tables[n].describe(`${name}${how}: ${listed(values)}.`);
    });
    stage.say(...words(steps[at], at), `It reads ${inputs.length} numbers (at most 12, from ${MINUS}9 to 9). Point at the last row, or use the arrow keys there, to look at another step.`);
  };
}
