// Lessons: self-attention, drawn: scores, shares, and the mixture that comes out.

DRAWINGS.attention = (stage, { vectors }) => {
  const input = new Table(stage, "Input: keys and values", "input");
  const scores = new Table(stage, "Query · key / √d", "pre_activation", true);
  const shares = new Table(stage, "Shares: a row looks at the columns", "gate", true);
  const output = new Table(stage, "Output: values mixed", "activation");
  scores.row = shares.row = 1;

  return ({ word, sharpness, mask }) => {
    const letters = lettersOf(word, "banana");
    const x = letters.map((letter) => vectors[letterAt(letter)]);
    const queries = x.map((row) => row.map((one) => one * sharpness));
    const found = attention(queries, x, x, mask === "Earlier ones");
    const used = [scores, shares].find((table) => document.activeElement === table.canvas || table.canvas.matches(":hover"));
    if (used) for (const table of [scores, shares]) [table.row, table.column] = [used.row, used.column];
    const [i, j] = shares.within(letters.length, letters.length);
    scores.within(letters.length, letters.length);
    const numbers = ["1", "2", "3", "4"];
    const known = found.scores.flat().filter(Number.isFinite);
    const row = (n) => [0, 1, 2, 3].map((k) => [n, k]);
    input.show(x, letters, numbers, { ringed: row(j) });
    scores.show(found.scores, letters, letters, { scale: largest(known), ringed: [[i, j]] });
    shares.show(found.shares, letters, letters, { role: "gate", ringed: [[i, j]] });
    output.show(found.values, letters, numbers, { ringed: row(i) });
    input.describe(letters.map((letter, n) => `${letter}: ${listed(x[n])}`).join("; "));
    scores.describe(`Row ${i}, ${letters[i]}: ${found.scores[i].map((one) => (Number.isFinite(one) ? number(one) : "not seen")).join(", ")}.`);
    shares.describe(`Row ${i}, ${letters[i]}, looks at: ${letters.map((letter, n) => `${letter} ${number(100 * found.shares[i][n], 0)} %`).join(", ")}.`);
    output.describe(`Row ${i}, ${letters[i]}: ${listed(found.values[i])}.`);
    const score = found.scores[i][j];
    stage.say(`letter ${i} “${letters[i]}” looks at letter ${j} “${letters[j]}” with ${number(100 * found.shares[i][j], 1)} % of its shares`,
      Number.isFinite(score) ? `score = ${number(sharpness, 1)} · ${number(times([x[j]], x[i])[0])} / √4 = ${number(score)}; its row of shares adds up to 1`
        : "score: none, for this letter comes later",
      `Output size: ${letters.length} letters × 4 numbers, as the input; ${letters.length} × ${letters.length} shares. Point at a cell of the shares.`);
  };
};
