// Lessons: inception branches, drawn: the same input seen through windows of several sizes.

DRAWINGS.inception = (stage, { image }) => {
  const side = image.length;
  const values = Float32Array.from(image.flat(), (pixel) => pixel / 255);
  const volume = { values, channels: 1, height: side, width: side };
  const input = new Panel(stage, "Input", "input");
  const place = { row: 5, column: 6 };
  const branches = [["1×1", 1], ["3×3", 3], ["5×5", 5], ["pool 3×3, then 1×1", 3]];
  const panels = branches.map(([name]) => new Panel(stage, name, "pre_activation"));

  return ({ preset, channels, one, three, five, pooled, narrow }) => {
    const cell = Math.floor(Math.min(stage.room, 200) / side);
    const counts = [one, three, five, pooled];
    const pen = input.cells(side, side, cell, (i, j) => values[i * side + j], { unsigned: true });
    for (const reach of [0, 1, 2]) {
      frame(pen, (place.column - reach) * cell + 1, (place.row - reach) * cell + 1, (2 * reach + 1) * cell - 2,
        (2 * reach + 1) * cell - 2, stage.colours.weight, stage.paper);
    }
    input.describe(`The digit seven, ${side} by ${side} pixels; windows of 1, 3 and 5 around row ${place.row}, column ${place.column}.`);
    branches.forEach(([name, kernel], n) => {
      const seen = n === 3 ? pool2d(pad2d(volume, "Repeat", 1), "Max", 3, 1) : volume;
      const size = n === 3 ? 1 : kernel;
      const weights = presetKernel(size === 1 ? "Identity" : preset, size);
      const found = conv2d(seen, weights, size, { stride: 1, padding: (size - 1) / 2, dilation: 1, bias: 0 });
      const scale = largest(found.values);
      const value = (i, j) => found.values[i * found.width + j];
      panels[n].cells(found.height, found.width, cell, (i, j) => value(i, j) / scale, { value });
      say(panels[n].head, `${name}: the first of ${counts[n]}`);
      panels[n].describe(`Branch ${name}: ${found.height} by ${found.width}, from ${number(Math.min(...found.values))} to ${number(Math.max(...found.values))}.`);
    });
    const direct = branchWeights(channels, counts, null);
    const reduced = branchWeights(channels, counts, 8);
    const now = narrow === "Directly" ? direct : reduced;
    const total = counts.reduce((sum, count) => sum + count, 0);
    stage.say(`${side}×${side} with ${channels} channels in, ${side}×${side} with ${counts.join(" + ")} = ${total} channels out`,
      `weights and biases: ${now.map((count) => count.toLocaleString("en")).join(" + ")} = ${now.reduce((a, b) => a + b).toLocaleString("en")}`,
      `Directly ${direct.reduce((a, b) => a + b).toLocaleString("en")}, with a 1×1 to 8 channels first ${reduced.reduce((a, b) => a + b).toLocaleString("en")}. A 1×1 window alone sees no edge: its kernel here is 1.`);
  };
};
