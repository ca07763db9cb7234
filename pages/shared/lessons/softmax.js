// Lessons: softmax, drawn: a row of bars a step, from the logits to what each class would cost.

DRAWINGS.softmax = (stage, { logits, truth, names }) => {
  const labels = names ?? logits.map((_, i) => `${i}`);
  const right = truth[0] ?? -1;
  const panels = ["x ÷ T", "exp(x ÷ T − largest)", "÷ sum = p", "−ln p"].map((title, at) =>
    new Table(stage, title, ["pre_activation", "gate", "activation", "gradient"][at], true));
  stage.pictures.classList.add("stacked");
  let picked = Math.max(0, right);
  for (const panel of panels) { // the class pointed at is the same in all of them
    panel.go = (_, column) => {
      picked = Math.max(0, Math.min(logits.length - 1, column));
      stage.later();
    };
  }

  return ({ t: heat, plus }) => {
    const found = softmaxSteps(logits.map((x) => x + plus), heat);
    const rows = [found.scaled, found.raised, found.shares, found.surprise];
    const [decimals, most] = [[2, 3, 3, 2], [0, 1, 1, 0]];
    panels.forEach((panel, at) => bars(panel, rows[at], { decimals: decimals[at], most: most[at], alone: at === 3 }));
    const [x, e, p, cost] = rows.map((row) => row[picked]);
    const name = labels[picked];
    const sure = right >= 0 ? `the true class is ${labels[right]}: loss = ${number(found.surprise[right], 4)}` : "the true class is not known here";
    stage.say(
      `${name}: exp(${number(x)} ${MINUS} ${number(Math.max(...found.scaled))}) ÷ ${number(found.sum, 4)} = ${number(e, 4)} ÷ ${number(found.sum, 4)} = ${number(p, 4)}`,
      `${MINUS}ln ${number(p, 4)} = ${number(cost, 4)}; ${sure}`,
      `${logits.length} numbers in, ${logits.length} probabilities out; their sum is ${number(found.shares.reduce((all, one) => all + one, 0), 4)}. The largest is taken away first: it changes no probability, and nothing overflows.`);
  };

  function bars(panel, values, { decimals, most, alone }) {
    const wide = Math.max(20, Math.min(62, (Math.min(stage.room, 760) - 4) / values.length));
    const [high, foot, head] = [72, 20, 16];
    Object.assign(panel, { wide, high: high + foot + head, left: 0, top: 0, row: 0, column: picked });
    const low = Math.min(0, ...values);
    const pen = panel.begin(wide * values.length + 2, high + foot + head);
    const under = low < 0 ? 14 : 0; // numbers stand over a bar, or under one below 0
    const scale = (high - 14 - under) / ((most || Math.max(1e-9, ...values, 0)) - low || 1);
    const zero = head + high - 7 - under + low * scale;
    pen.font = `12px ${stage.font}`;
    pen.textAlign = "center";
    values.forEach((value, n) => {
      const tall = value * scale;
      pen.globalAlpha = alone && n !== right ? 0.4 : 1;
      pen.fillStyle = stage.colours[["pre_activation", "gate", "activation", "gradient"][panels.indexOf(panel)]];
      pen.fillRect(n * wide + 2, Math.min(zero, zero - tall), wide - 4, Math.abs(tall));
      pen.globalAlpha = 1;
      pen.fillStyle = stage.ink;
      if (wide >= 34 || n === picked) pen.fillText(number(value, wide >= 34 ? decimals : 1), (n + 0.5) * wide, value < 0 ? zero - tall + 13 : zero - tall - 4);
      const name = labels[n] === " " ? "␣" : labels[n];
      pen.font = `${n === right ? "700 " : ""}12px ${stage.font}`;
      pen.fillText(name, (n + 0.5) * wide, head + high + foot - 5, wide - 2);
      pen.font = `12px ${stage.font}`;
    });
    pen.globalAlpha = 0.4;
    pen.fillRect(0, zero, wide * values.length, 1);
    pen.globalAlpha = 1;
    frame(pen, picked * wide + 1, 1, wide - 2, high + foot + head - 2, stage.ink, stage.paper);
    panel.keep(() => [values], { left: [panel.head.textContent], top: labels, decimals: 4 });
    panel.describe(`${panel.head.textContent}: ${values.map((value, n) => `${labels[n]} ${number(value, decimals)}`).join(", ")}.`);
  }
};
