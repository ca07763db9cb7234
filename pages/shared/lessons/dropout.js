// Lessons: Dropout, drawn: the input, what one mask lets through, and the mean over all masks so far.

DRAWINGS.dropout = (stage, { image }) => {
  const side = image.length;
  const values = image.flat().map((pixel) => pixel / 255);
  const input = new Panel(stage, "Input", "input");
  const output = new Panel(stage, "What this mask lets through", "activation");
  const mean = new Panel(stage, "Mean over all masks so far", "activation");
  const bar = make("div", "steps");
  bar.dataset.unsaved = "";
  for (const [title, times] of [["Draw again", 1], ["Draw 100 times", 100]]) {
    const button = bar.appendChild(make("button", "", title));
    button.type = "button";
    button.addEventListener("click", () => {
      for (let n = 0; n < times; n++) another();
      stage.later();
    });
  }
  stage.pictures.before(bar);
  const random = uniform(1);
  let [draws, masks, sums, key] = [null, 0, null, ""];

  const again = ({ probability, mode }) => {
    key = `${probability} ${mode}`;
    [masks, sums] = [0, values.map(() => 0)];
    another();
  };
  const another = () => {
    const [probability, ...mode] = key.split(" ");
    draws = values.map(random);
    masks++;
    dropout(values, draws, +probability, mode.join(" ") === "In training").forEach((one, i) => (sums[i] += one));
  };

  return (settings) => {
    const { probability, mode } = settings;
    if (key !== `${probability} ${mode}`) again(settings);
    const training = mode === "In training";
    const passed = dropout(values, draws, probability, training);
    const scale = training ? 1 / (1 - probability) : 1;
    const cell = Math.floor(Math.min(stage.room, 260) / side);
    const picture = (panel, from) => panel.cells(side, side, cell, (i, j) => Math.min(1, from(i * side + j)), { unsigned: true, value: (i, j) => from(i * side + j) });
    picture(input, (at) => values[at]);
    const dropped = training ? draws.filter((draw) => draw < probability).length : 0;
    const shown = output.cells(side, side, cell, (i, j) => {
      const at = i * side + j;
      return training && draws[at] < probability ? null : Math.min(1, passed[at] / scale);
    }, { unsigned: true, value: (i, j) => passed[i * side + j] });
    shown.globalAlpha = 1;
    picture(mean, (at) => sums[at] / masks);
    const average = (all) => moments(all).mean;
    const counted = masks === 1 ? "1 mask" : `${masks} masks`;
    const miss = average(values.map((one, i) => Math.abs(one - sums[i] / masks)));
    input.describe(`The digit seven, ${side} by ${side} numbers, mean ${number(average(values), 3)}.`);
    output.describe(`${dropped} of ${values.length} numbers dropped, the others times ${number(scale)}; mean ${number(average(passed), 3)}.`);
    mean.describe(`Mean over ${counted}: ${number(miss, 3)} from the input on average.`);
    stage.say(training ? `${dropped} of ${values.length} numbers are dropped, the others are multiplied by 1 / (1 ${MINUS} ${number(probability)}) = ${number(scale)}`
      : "Nothing is dropped and nothing is scaled",
    `mean of the input ${number(average(values), 3)}, of what is let through ${number(average(passed), 3)}, over ${counted} ${number(average(sums) / masks, 3)}`,
    `The output has the input's size. Grey: dropped; in the middle picture full ink is ${number(scale)}.`);
  };
};
