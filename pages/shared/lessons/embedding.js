// Lessons: an embedding, drawn: the table, the rows that a word looks up, and all of them in a plane.

DRAWINGS.embedding = (stage, { vectors }) => {
  const rows = new Table(stage, "Output: a row for each letter", "activation", true);
  const table = new Table(stage, "The table E: 26 letters, 4 numbers each", "weight");
  const plane = new Panel(stage, "The first two numbers of every letter", "weight");
  const top = ["1", "2", "3", "4"];

  return ({ word }) => {
    const letters = lettersOf(word, "anna");
    const found = letters.map((letter) => vectors[letterAt(letter)]);
    const [at] = rows.within(letters.length, 4);
    const letter = letters[at];
    rows.show(found, letters, top, { ringed: [0, 1, 2, 3].map((j) => [at, j]) });
    rows.describe(`${letters.map((one, i) => `${one}: ${listed(found[i])}`).join("; ")}.`);
    table.show(vectors, ALPHABET, top, { high: 18, ringed: [0, 1, 2, 3].map((j) => [letterAt(letter), j]) });
    table.describe(`26 rows of 4 numbers; row ${letter}: ${listed(vectors[letterAt(letter)])}.`);
    const side = Math.min(stage.room, 340);
    const pen = plane.begin(side, side);
    const [across, up] = [(x) => side / 2 + (x * side) / 2.2, (y) => side / 2 - (y * side) / 2.2];
    pen.strokeStyle = stage.colours.input;
    pen.globalAlpha = 0.3;
    pen.strokeRect(0, up(0), side, 0);
    pen.strokeRect(across(0), 0, 0, side);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    vectors.forEach(([x, y], i) => {
      const here = ALPHABET[i] === letter;
      const typed = letters.includes(ALPHABET[i]);
      pen.globalAlpha = typed ? 1 : 0.6;
      pen.fillStyle = typed ? stage.colours.weight : stage.ink;
      pen.font = `${here ? "bold 22px" : typed ? "bold 16px" : "14px"} ${stage.font}`;
      pen.fillText(ALPHABET[i], across(x), up(y));
    });
    pen.globalAlpha = 1;
    const near = ALPHABET.map((other, i) => [other, times([vectors[i]], vectors[letterAt(letter)])[0]])
      .filter(([other]) => other !== letter).sort((a, b) => b[1] - a[1]).slice(0, 3);
    const like = near.map(([other, much]) => `${other} (${number(much)})`).join(", ");
    plane.keep(() => vectors.map(([x, y]) => [x, y]), { left: ALPHABET, top: ["across", "up"] });
    plane.describe(`Letters in a plane; ${letter} at ${listed(vectors[letterAt(letter)].slice(0, 2))}; nearest ${like}.`);
    stage.say(`“${letter}” is letter ${letterAt(letter) + 1} of 26, so its output is row ${letterAt(letter) + 1} of the table: ${listed(vectors[letterAt(letter)])}`,
      `most alike (row times row, 1 is the same): ${like}`,
      `Output size: ${letters.length} letters × 4 numbers. Weights: 26 × 4 = 104. Point at a row to look at another letter.`);
  };
};
