// Lessons: pooling, drawn: the picture with the window, and what was kept of it.

DRAWINGS.pooling = (stage, { image }) => {
  const side = image.length;
  const values = Float32Array.from(image.flat(), (pixel) => pixel / 255);
  const volume = { values, channels: 1, height: side, width: side };
  const input = new Panel(stage, "Input", "input");
  const seen = new Panel(stage, "In the window", "input");
  const output = new Panel(stage, "Output", "activation");
  const place = new Place(stage, output, 2, 4);

  return ({ kind, kernel, stride }) => {
    const found = pool2d(volume, kind, kernel, stride);
    place.within(found.height, found.width);
    const at = place.row * found.width + place.column;
    const [top, left] = [place.row * stride, place.column * stride];
    const [row, column] = [Math.floor(found.from[at] / side), found.from[at] % side];
    const cell = Math.floor(Math.min(stage.room, 290) / side);
    const pen = input.cells(side, side, cell, (i, j) => values[i * side + j], { unsigned: true });
    frame(pen, left * cell + 1, top * cell + 1, kernel * cell - 2, kernel * cell - 2, stage.ink, stage.paper);
    const kept = kind === "Max";
    if (kept) frame(pen, column * cell + 2, row * cell + 2, cell - 4, cell - 4, stage.colours.activation, stage.paper);
    input.describe(`The digit seven, ${side} by ${side} pixels; the window covers rows ${top} to ${top + kernel - 1}, ` +
      `columns ${left} to ${left + kernel - 1}.`);
    const value = (i, j) => values[(top + i) * side + left + j];
    const ground = seen.cells(kernel, kernel, 46, value, { unsigned: true, text: (i, j) => number(value(i, j)) });
    if (kept) frame(ground, (column - left) * 46 + 2, (row - top) * 46 + 2, 42, 42, stage.colours.activation, stage.paper);
    const all = Array.from({ length: kernel * kernel }, (_, i) => value(Math.floor(i / kernel), i % kernel));
    const sum = kept
      ? `largest of ${all.length} numbers: ${number(found.values[at], 3)}, from row ${row}, column ${column} of the input`
      : `mean of ${all.length} numbers: ${number(found.values[at], 3)}`;
    seen.describe(`${all.map((one) => number(one)).join("; ")}; ${sum}.`);
    const large = Math.floor(Math.min(stage.room, 290) / Math.max(found.height, 7));
    const answer = output.cells(found.height, found.width, large, (i, j) => found.values[i * found.width + j], { unsigned: true });
    frame(answer, place.column * large + 1, place.row * large + 1, large - 2, large - 2, stage.colours.activation, stage.paper);
    output.describe(`Output, ${found.height} by ${found.width}; at row ${place.row}, column ${place.column}: ${sum}.`);
    stage.say(sum, `n′ = ⌊(n ${MINUS} k) / s⌋ + 1 = ⌊(${side} ${MINUS} ${kernel}) / ${stride}⌋ + 1 = ${found.height}`,
      `${side * side} numbers became ${found.values.length}. Nothing is learned here: no weights.`);
  };
};
