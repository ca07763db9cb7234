// Lessons: BatchNorm and LayerNorm, drawn: a batch before and after, and one number's way.

DRAWINGS.normalisation = (stage, { values }) => {
  const names = ["Competitor", "Income", "Advertising", "Population", "Price", "Age"];
  const shops = values.map((_, i) => `shop ${i + 1}`);
  const before = new Table(stage, "Input: 8 shops, 6 columns", "input", true);
  const after = new Table(stage, "Output", "pre_activation", true);

  return ({ kind, spread, move, gain, shift }) => {
    const rows = values.map((row) => row.map((one) => one * spread + move));
    const found = normalise(rows, kind, gain, shift);
    const down = kind === "BatchNorm";
    const last = [before, after].find((table) => document.activeElement === table.canvas || table.canvas.matches(":hover"));
    if (last) for (const table of [before, after]) [table.row, table.column] = [last.row, last.column];
    const [i, j] = before.within(rows.length, rows[0].length);
    after.within(rows.length, rows[0].length);
    const group = down ? rows.map((_, k) => [k, j]) : rows[0].map((_, k) => [i, k]);
    const scale = largest(rows.flat());
    const pen = before.show(rows, shops, names, { scale, wide: 74, decimals: 0 });
    const [x, y] = down ? [j * 74, 0] : [0, i * 26];
    frame(pen, x + 1, y + 1, (down ? 1 : 6) * 74 - 2, (down ? 8 : 1) * 26 - 2, stage.colours.gate, stage.paper);
    frame(pen, j * 74 + 3, i * 26 + 3, 68, 20, stage.ink, stage.paper);
    after.show(found.values, shops, names, { scale: 3, wide: 74, ringed: [[i, j]] });
    const { mean, variance } = found.moments[down ? j : i];
    const place = `${shops[i]}, ${names[j]}`;
    const whose = down ? `the column ${names[j]}` : `the row of ${shops[i]}`;
    before.describe(`Input; ${whose} has mean ${number(mean, 1)} and standard deviation ${number(Math.sqrt(variance), 1)} over ${group.length} numbers; ${place}: ${number(rows[i][j], 1)}.`);
    after.describe(`Output; ${place}: ${number(found.values[i][j], 3)}; ${whose}: ${listed(group.map(([a, b]) => found.values[a][b]))}.`);
    const signed = (one) => (one < 0 ? `(${number(one, 1)})` : number(one, 1));
    stage.say(`${place}: ${number(gain, 1)} · (${number(rows[i][j], 1)} ${MINUS} ${signed(mean)}) / √(${number(variance, 1)} + 10⁻⁵) + ${signed(shift)} = ${number(found.values[i][j], 3)}`,
      `${whose}: mean μ = ${number(mean, 2)}, standard deviation σ = ${number(Math.sqrt(variance), 2)}`,
      "The output has the input's size. Learned: one γ and one β a column (all alike here).");
  };
};
