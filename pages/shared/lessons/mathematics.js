// Lessons: the mathematics of layers, pure functions on Float32Array. A volume is
// {values, channels, height, width}, channel after channel, row after row.

/** How many outputs there are along one side; 0 or less where the window does not fit. */
function outputSize(size, kernel, stride, padding, dilation) {
  return Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** One output of a convolution: every product, channel by channel, and their sum with the bias. */
function windowProducts(volume, weights, kernel, { stride, padding, dilation, bias }, row, column) {
  const { values, channels, height, width } = volume;
  const terms = [];
  let sum = bias;
  for (let c = 0; c < channels; c++) {
    for (let u = 0; u < kernel; u++) {
      for (let v = 0; v < kernel; v++) {
        const [y, x] = [row * stride + u * dilation - padding, column * stride + v * dilation - padding];
        const inside = y >= 0 && x >= 0 && y < height && x < width;
        const input = inside ? values[(c * height + y) * width + x] : 0;
        const weight = weights[(c * kernel + u) * kernel + v];
        terms.push({ c, u, v, y, x, inside, input, weight, product: input * weight });
        sum += input * weight;
      }
    }
  }
  return { terms, sum };
}

/** A convolution with one output channel; weights are (channels, kernel, kernel). */
function conv2d(volume, weights, kernel, settings) {
  const { stride, padding, dilation, bias } = settings;
  const { values: input, channels, height: rows, width: columns } = volume;
  const height = Math.max(0, outputSize(rows, kernel, stride, padding, dilation));
  const width = Math.max(0, outputSize(columns, kernel, stride, padding, dilation));
  const values = new Float32Array(height * width);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      let sum = bias;
      for (let c = 0; c < channels; c++) {
        for (let u = 0; u < kernel; u++) {
          const y = i * stride + u * dilation - padding;
          if (y < 0 || y >= rows) continue;
          for (let v = 0; v < kernel; v++) {
            const x = j * stride + v * dilation - padding;
            if (x < 0 || x >= columns) continue;
            sum += input[(c * rows + y) * columns + x] * weights[(c * kernel + u) * kernel + v];
          }
        }
      }
      values[i * width + j] = sum;
    }
  }
  return { values, channels: 1, height, width };
}

/** A picture of one channel with rows and columns put around; null where it is too small for it. */
function pad2d(volume, kind, padding) {
  const { values: input, height: rows, width: columns } = volume;
  const least = kind === "Reflect" ? padding + 1 : kind === "Wrap" ? padding : 1;
  if (Math.min(rows, columns) < least) return null;
  const place = (at, size) => {
    if (at >= 0 && at < size) return at;
    if (kind === "Reflect") return at < 0 ? -at : 2 * (size - 1) - at;
    if (kind === "Wrap") return (at + size) % size;
    return kind === "Repeat" ? Math.max(0, Math.min(size - 1, at)) : -1;
  };
  const [height, width] = [rows + 2 * padding, columns + 2 * padding];
  const values = new Float32Array(height * width);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const [y, x] = [place(i - padding, rows), place(j - padding, columns)];
      values[i * width + j] = y < 0 || x < 0 ? 0 : input[y * columns + x];
    }
  }
  return { values, channels: 1, height, width };
}

/** The known kernels, at any size. */
function presetKernel(name, kernel) {
  const centre = Math.floor((kernel - 1) / 2);
  const middle = (kernel - 1) / 2;
  return Float32Array.from({ length: kernel * kernel }, (_, at) => {
    const [u, v] = [Math.floor(at / kernel), at % kernel];
    const one = u === centre && v === centre ? 1 : 0;
    if (name === "Vertical edges") return Math.sign(v - middle);
    if (name === "Horizontal edges") return Math.sign(u - middle);
    if (name === "Blur") return 1 / (kernel * kernel);
    if (name === "Sharpen") return 2 * one - 1 / (kernel * kernel);
    return one;
  });
}

/** Pooling of one channel: each output, and from which place a largest one came (the first). */
function pool2d(volume, kind, kernel, stride) {
  const { values: input, height: rows, width: columns } = volume;
  const height = Math.max(0, outputSize(rows, kernel, stride, 0, 1));
  const width = Math.max(0, outputSize(columns, kernel, stride, 0, 1));
  const values = new Float32Array(height * width);
  const from = new Int32Array(height * width);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      let [most, place, sum] = [-Infinity, -1, 0];
      for (let u = 0; u < kernel; u++) {
        for (let v = 0; v < kernel; v++) {
          const at = (i * stride + u) * columns + j * stride + v;
          sum += input[at];
          if (input[at] > most) [most, place] = [input[at], at];
        }
      }
      values[i * width + j] = kind === "Max" ? most : sum / (kernel * kernel);
      from[i * width + j] = place;
    }
  }
  return { values, from, channels: 1, height, width };
}

/** Weights and biases of four branches (1×1, 3×3, 5×5, pooled 1×1), or with a 1×1 to `narrow` first. */
function branchWeights(channels, counts, narrow) {
  const conv = (from, to, kernel) => from * to * kernel * kernel + to;
  const wide = (to, kernel) => narrow === null ? conv(channels, to, kernel) : conv(channels, narrow, 1) + conv(narrow, to, kernel);
  return [conv(channels, counts[0], 1), wide(counts[1], 3), wide(counts[2], 5), conv(channels, counts[3], 1)];
}

/** The mean squared error of a line, and its gradient by weight and bias. */
function lineError(x, y, weight, bias) {
  let [error, byWeight, byBias] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const miss = weight * x[i] + bias - y[i];
    error += miss * miss;
    byWeight += 2 * miss * x[i];
    byBias += 2 * miss;
  }
  return { error: error / x.length, byWeight: byWeight / x.length, byBias: byBias / x.length };
}

/** The line with the least mean squared error. */
function bestLine(x, y) {
  const mean = (values) => values.reduce((sum, one) => sum + one, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  let [together, spread] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    together += (x[i] - mx) * (y[i] - my);
    spread += (x[i] - mx) ** 2;
  }
  const weight = spread > 0 ? together / spread : 0;
  return { weight, bias: my - weight * mx };
}
