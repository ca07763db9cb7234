// Lessons: padding, drawn: the picture with what was put around, and a blur of it.

DRAWINGS.padding = (stage, { image }) => {
  const side = image.length;
  const values = Float32Array.from(image.flat(), (pixel) => pixel / 255);
  const volume = { values, channels: 1, height: side, width: side };
  const padded = new Panel(stage, "Input with its padding", "input");
  const output = new Panel(stage, "Blurred", "pre_activation");
  const place = new Place(stage, output, 0, 0);

  return ({ kind, padding, kernel }) => {
    const whole = pad2d(volume, kind, padding);
    const settings = { stride: 1, padding: 0, dilation: 1, bias: 0 };
    const weights = presetKernel("Blur", kernel);
    const found = conv2d(whole, weights, kernel, settings);
    place.within(found.height, found.width);
    const cell = Math.floor(Math.min(stage.room, 320) / whole.width);
    const pen = padded.cells(whole.height, whole.width, cell, (i, j) => whole.values[i * whole.width + j], { unsigned: true });
    if (padding) frame(pen, padding * cell, padding * cell, side * cell, side * cell, stage.colours.input, stage.paper);
    frame(pen, place.column * cell + 1, place.row * cell + 1, kernel * cell - 2, kernel * cell - 2, stage.colours.weight, stage.paper);
    const { terms, sum } = windowProducts(whole, weights, kernel, settings, place.row, place.column);
    const made = terms.filter(({ y, x }) => Math.min(y, x) < padding || Math.max(y, x) >= side + padding).length;
    padded.describe(`The digit seven left out of a full ground, ${side} by ${side} pixels, with ${padding} rows and columns around it.`);
    const large = Math.floor(Math.min(stage.room, 320) / Math.max(found.height, 8));
    const answer = output.cells(found.height, found.width, large, (i, j) => found.values[i * found.width + j], { unsigned: true });
    frame(answer, place.column * large + 1, place.row * large + 1, large - 2, large - 2, stage.colours.pre_activation, stage.paper);
    const told = `mean of ${kernel * kernel} numbers: ${number(sum, 3)}; ${made} of them are padding`;
    output.describe(`Output, ${found.height} by ${found.width}; at row ${place.row}, column ${place.column}: ${told}.`);
    stage.say(told, `n′ = ${side} + 2·${padding} ${MINUS} (${kernel} ${MINUS} 1) = ${found.height}`,
      found.height === side ? "As large as the input." : found.height < side
        ? `${side - found.height} rows and columns smaller than the input.` : `${found.height - side} rows and columns larger than the input.`);
  };
};
