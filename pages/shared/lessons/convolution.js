// Lessons: a convolution, drawn: the picture, the kernel over it, the products, the output.

DRAWINGS.convolution = (stage, { image }) => {
  const side = image.length;
  const one = image.flat().map((pixel) => pixel / 255);
  const mirror = image.flatMap((row) => [...row].reverse()).map((pixel) => pixel / 255);
  const inputs = [new Panel(stage, "Input", "input"), new Panel(stage, "Its mirror image", "input")];
  const kernels = make("figure", "panel");
  const head = kernels.appendChild(make("figcaption", "", "Kernel: change its numbers"));
  head.style.setProperty("--role", stage.colours.weight);
  const table = kernels.appendChild(make("div", "kernels"));
  stage.pictures.append(kernels);
  const products = new Panel(stage, "Pixel × weight", "pre_activation");
  const output = new Panel(stage, "Output", "pre_activation");
  const place = new Place(stage, output, 5, 9);
  let [weights, made] = [null, ""];

  function fields(kernel, channels) {
    table.style.setProperty("--size", kernel);
    table.replaceChildren(...Array.from(weights.slice(0, channels * kernel * kernel), (weight, at) => {
      const [c, u, v] = [Math.floor(at / kernel ** 2), Math.floor(at / kernel) % kernel, at % kernel];
      const field = make("input", c && !u ? "apart" : "");
      Object.assign(field, { type: "number", step: 0.1, value: +weight.toFixed(3) });
      field.setAttribute("aria-label", `Weight, channel ${c}, row ${u}, column ${v}`);
      field.addEventListener("input", () => {
        weights[at] = Math.max(-100, Math.min(100, field.valueAsNumber || 0));
        stage.set("preset", "Own");
        stage.later();
      });
      return field;
    }));
  }

  return (values) => {
    const { kernel, stride, padding, dilation, bias, preset } = values;
    const channels = values.channels.startsWith("2") ? 2 : 1;
    const key = `${kernel} ${channels}`;
    if (made !== `${key}/${preset}`) {
      const own = preset === "Own" && weights?.length === 2 * kernel * kernel;
      const known = presetKernel(preset, kernel); // an own kernel of another size begins as identity
      if (!own) weights = Float32Array.from([...known, ...known]);
      if (!own || made.split("/")[0] !== key) fields(kernel, channels);
    }
    made = `${key}/${preset}`;
    const planes = Float32Array.from(channels === 2 ? [...one, ...mirror] : one);
    const volume = { values: planes, channels, height: side, width: side };
    const settings = { stride, padding, dilation, bias };
    const found = conv2d(volume, weights, kernel, settings);
    place.within(found.height, found.width);
    const fits = found.values.length > 0;
    const now = fits && windowProducts(volume, weights, kernel, settings, place.row, place.column);
    const whole = side + 2 * padding;
    inputs[1].node.hidden = channels === 1;
    inputs.slice(0, channels).forEach((panel, c) => {
      const cell = Math.floor(Math.min(stage.room, 290) / whole);
      const inside = (i, j) => i >= 0 && j >= 0 && i < side && j < side;
      const pen = panel.cells(whole, whole, cell, (i, j) =>
        inside(i - padding, j - padding)
          ? planes[(c * side + i - padding) * side + j - padding] : null, { unsigned: true });
      for (const { y, x } of now ? now.terms.filter((term) => term.c === c) : []) {
        frame(pen, (x + padding) * cell + 1, (y + padding) * cell + 1, cell - 2, cell - 2,
          stage.colours.weight, stage.paper);
      }
      panel.describe(`${c ? "The digit seven, mirrored" : "The digit seven"}, ${side} by ${side} pixels, ` +
        `${padding} rows and columns of zeros around it.`);
    });
    const most = now ? largest(now.terms.map((term) => term.product)) : 1;
    const term = (i, j) => now.terms[Math.floor(i / kernel) * kernel ** 2 + (i % kernel) * kernel + j];
    const write = (i, j) => `${number(term(i, j).input)}\n× ${number(term(i, j).weight)}\n= ${number(term(i, j).product)}`;
    if (now) products.cells(kernel * channels, kernel, 58, (i, j) => 0.5 * term(i, j).product / most, { text: write, value: (i, j) => term(i, j).product });
    else products.begin(58, 58);
    const added = now && now.terms.reduce((sum, { product }) => sum + product, 0);
    const sum = now ? `sum of ${now.terms.length} products ${number(added, 3)} + bias ${number(bias)} = ${number(now.sum, 3)}`
      : "The kernel does not fit into the picture: make it smaller, or pad more.";
    products.describe(now ? now.terms.map((t) => `${number(t.input)} × ${number(t.weight)} = ${number(t.product)}`)
      .join("; ") + `; ${sum}` : sum);
    const scale = largest(found.values);
    if (fits) {
      const cell = Math.max(3, Math.floor(Math.min(stage.room, 290) / Math.max(found.height, found.width, 8)));
      const pen = output.cells(found.height, found.width, cell,
        (i, j) => found.values[i * found.width + j] / scale, { value: (i, j) => found.values[i * found.width + j] });
      frame(pen, place.column * cell + 1, place.row * cell + 1, cell - 2, cell - 2, stage.colours.pre_activation, stage.paper);
    } else output.begin(58, 58);
    output.describe(fits ? `Output, ${found.height} by ${found.width}; at row ${place.row}, column ${place.column}: ` +
      `${number(now.sum, 3)}. Largest size ${number(scale, 3)}.` : sum);
    stage.say(sum, sizeText(side, kernel, stride, padding, dilation),
      `Blue is negative, orange positive, both up to ${number(scale, 2)} in the output.`);
  };
};
