// Lessons: residual addition, drawn: one layer in its numbers, and the whole stack up and down.

DRAWINGS.residual = (stage, { input, weights }) => {
  const one = new Table(stage, "One layer", "activation");
  const up = new Table(stage, "Size of what arrives after each layer", "activation", true);
  const down = new Table(stage, "Size of the gradient before each layer", "gradient", true);
  const numbers = input.map((_, i) => `${i}`);
  stage.pictures.classList.add("stacked");
  let last = 1;
  for (const [table, above] of [[up, 0], [down, 1]]) { // a dot pointed at is the layer looked at
    table.go = (_, column) => {
      stage.set("shown", Math.max(1, Math.min(last, column + above)));
      stage.later();
    };
  }

  return ({ skip, layers, size, shown }) => {
    const used = weights.slice(0, layers).map((matrix) => matrix.map((row) => row.map((weight) => weight * size)));
    const found = stack(input, used, skip === "With");
    const at = Math.min(shown, layers);
    last = layers;
    const [x, made, y] = [found.values[at - 1], found.made[at - 1], found.values[at]];
    const names = skip === "With" ? ["x", "F(x)", "y = x + F(x)"] : ["x", "F(x)", "y = F(x)"];
    one.show([x, made, y], names, numbers, { scale: largest([...x, ...y]) });
    say(one.head, `Layer ${at}: ${input.length} numbers in, ${input.length} out`);
    one.describe(`Layer ${at}: x is ${listed(x)}; F of x is ${listed(made)}; y is ${listed(y)}.`);
    const text = (value) => (value === 0 ? "0" : value >= 0.01 && value < 1e4 ? number(value) : value.toExponential(1).replace("-", MINUS));
    dots(up, found.values.map(length), stage.colours.activation, at, text);
    dots(down, found.gradients.map(length), stage.colours.gradient, at - 1, text);
    const [first, final] = [length(found.values[0]), length(found.values.at(-1))];
    const [top, bottom] = [length(found.gradients.at(-1)), length(found.gradients[0])];
    stage.say(`after ${layers} layers the input's size ${text(first)} has become ${text(final)}`,
      `the gradient's size ${text(top)} at the end is ${text(bottom)} at the input: times ${text(bottom / top)}`,
      `Size: the root of the sum of squares; the axis is logarithmic: a step up of the same height is the same number of times. F needs as many outputs as inputs, here ${input.length}, or x could not be added.`);
  };

  function dots(panel, values, colour, marked, text) {
    const [wide, high, foot] = [Math.max(14, Math.min(44, (Math.min(stage.room, 700) - 8) / values.length)), 110, 22];
    Object.assign(panel, { wide, high: high + foot, left: 0, top: 0, row: 0, column: marked });
    const pen = panel.begin(wide * values.length + 2, high + foot + 18);
    const sizes = values.map((value) => Math.log10(Math.max(value, 1e-6)) + 6); // a millionth and less: at the foot
    const most = Math.max(7, ...sizes);
    pen.font = `11px ${stage.font}`;
    pen.textAlign = "center";
    values.forEach((value, n) => {
      const tall = (sizes[n] / most) * high;
      pen.globalAlpha = n === marked ? 1 : 0.65;
      pen.fillStyle = colour;
      pen.beginPath();
      pen.arc((n + 0.5) * wide, 18 + high - tall, n === marked ? 6 : 5, 0, 7);
      if (value > 0) pen.fill();
      pen.globalAlpha = 1;
      pen.fillStyle = stage.ink;
      if (wide >= 34 || n === 0 || n === values.length - 1 || n === marked) {
        if (wide >= 34) pen.fillText(text(value), (n + 0.5) * wide, 18 + high - tall - 9);
        pen.fillText(n, (n + 0.5) * wide, high + 34);
      }
    });
    panel.keep(() => [values], { left: ["size"] });
    const named = values.map((value, n) => `${n}: ${text(value)}`);
    panel.describe(`Dots on a logarithmic axis, the input is 0. ${named.join("; ")}.`);
  }
};
