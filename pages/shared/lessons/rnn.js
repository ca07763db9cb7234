// Lessons: a recurrent layer unrolled, drawn: letters in, states out, and what the first letter left.

DRAWINGS.rnn = (stage, { vectors, given, recurrent: kept }) => {
  const inputs = new Table(stage, "Input: each letter as a vector", "input");
  const states = new Table(stage, "State h after each letter", "activation", true);
  const left = new Table(stage, "How far it would be elsewhere with another first letter", "gate");
  states.column = 2;

  return ({ word, instead, strength }) => {
    const letters = lettersOf(word, "alexander");
    const [first] = lettersOf(instead, "o");
    const weights = kept.map((row) => row.map((weight) => weight * strength));
    const read = (all) => recurrent(all.map((letter) => vectors[letterAt(letter)]), given, weights);
    const [found, other] = [read(letters), read([first, ...letters.slice(1)])];
    const turned = (rows) => rows[0].map((_, i) => rows.map((row) => row[i]));
    const units = ["unit 0", "unit 1", "unit 2", "unit 3"];
    const [unit, at] = states.within(4, letters.length);
    const x = vectors[letterAt(letters[at])];
    inputs.show(turned(letters.map((letter) => vectors[letterAt(letter)])), ["1", "2", "3", "4"].map((n) => `number ${n}`), letters);
    inputs.describe(letters.map((letter) => `${letter}: ${listed(vectors[letterAt(letter)])}`).join("; "));
    states.show(turned(found), units, letters, { ringed: [[unit, at]] });
    states.describe(`${units[unit]} after ${letters.length} letters: ${listed(found.map((state) => state[unit]))}.`);
    const apart = found.map((state, t) => length(state.map((one, i) => one - other[t][i])));
    left.show([apart], ["distance"], letters, { scale: largest(apart), role: "gate", decimals: 3 });
    left.describe(`Distance between the states with ${letters[0]} and with ${first} at the start: ${listed(apart, 3)}.`);
    const before = at ? found[at - 1] : [0, 0, 0, 0];
    const [from, back] = [times([given[unit]], x)[0], times([weights[unit]], before)[0]];
    stage.say(`${units[unit]} after “${letters[at]}”: tanh(${number(from)} from the letter ${back < 0 ? MINUS : "+"} ${number(Math.abs(back))} from the state before) = ${number(found[at][unit], 3)}`,
      `what is left of the first letter after ${letters.length}: ${number(apart.at(-1), 4)} of ${number(apart[0], 2)}`,
      `Output size: ${letters.length} letters × 4 units. The same 4 × 4 + 4 × 4 = 32 weights at every letter; bias left out.`);
  };
};
