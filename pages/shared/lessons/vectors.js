// Lessons: the mathematics of layers that work on vectors and sequences of them, in float64.
// A matrix is an array of rows.

const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const times = (matrix, x) => matrix.map((row) => row.reduce((sum, weight, j) => sum + weight * x[j], 0));
const length = (x) => Math.hypot(...x);

/** Mean and (biased) variance of some numbers. */
function moments(values) {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  return { mean, variance: values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length };
}

/** Rows normalised down each column ("BatchNorm") or along each row ("LayerNorm"). */
function normalise(rows, kind, gain, shift, epsilon = 1e-5) {
  const down = kind === "BatchNorm";
  const groups = down ? rows[0].map((_, j) => rows.map((row) => row[j])) : rows;
  const found = groups.map(moments);
  const values = rows.map((row, i) => row.map((one, j) => {
    const { mean, variance } = found[down ? j : i];
    return (gain * (one - mean)) / Math.sqrt(variance + epsilon) + shift;
  }));
  return { values, moments: found };
}

/** Numbers from 0 to 1 that look random, always the same from one seed (mulberry32). */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** What Dropout lets through: a number is kept where its draw is at least the probability. */
function dropout(values, draws, probability, training) {
  if (!training) return Array.from(values);
  return Array.from(values, (value, i) => (draws[i] < probability ? 0 : value / (1 - probability)));
}

/** Every state of a plain recurrent layer without bias, one row a step, from a state of zeros. */
function recurrent(inputs, given, weights) {
  let state = weights.map(() => 0);
  return inputs.map((input) => {
    const [from, kept] = [times(given, input), times(weights, state)];
    return (state = from.map((one, i) => Math.tanh(one + kept[i])));
  });
}

/** A gate: what it computes, or the number at which it is held. */
const tap = (held, sum) => held ?? sigmoid(sum);

/** An LSTM of one unit: input, forget, candidate, output, cell and state at every step. */
function lstm(inputs, { given, recurrent: kept, bias }, held) {
  let [c, h] = [0, 0];
  return inputs.map((x) => {
    const sum = (k) => given[k] * x + kept[k] * h + bias[k];
    const [i, f, g, o] = [tap(held.i, sum(0)), tap(held.f, sum(1)), Math.tanh(sum(2)), tap(held.o, sum(3))];
    const before = c;
    c = f * c + i * g;
    h = o * Math.tanh(c);
    return { x, i, f, g, o, before, c, h };
  });
}

/** A GRU of one unit: reset, update, candidate and state at every step. */
function gru(inputs, { given, recurrent: kept, bias }, held) {
  let h = 0;
  return inputs.map((x) => {
    const sum = (k) => given[k] * x + kept[k] * h + bias[k];
    const [r, z] = [tap(held.r, sum(0)), tap(held.z, sum(1))];
    const n = Math.tanh(given[2] * x + bias[2] + r * kept[2] * h);
    const before = h;
    h = (1 - z) * n + z * h;
    return { x, r, z, n, before, h };
  });
}

/** Numbers as shares that add up to 1; -Infinity has none. */
function softmax(scores) {
  const most = Math.max(...scores);
  const raised = scores.map((score) => Math.exp(score - most));
  const sum = raised.reduce((all, one) => all + one, 0);
  return raised.map((one) => one / sum);
}

/** Softmax step by step: x ÷ T, its powers of e beside the largest, their sum, p, and −ln p. */
function softmaxSteps(scores, temperature) {
  const scaled = scores.map((score) => score / temperature);
  const most = Math.max(...scaled);
  const raised = scaled.map((one) => Math.exp(one - most));
  const sum = raised.reduce((all, one) => all + one, 0);
  const surprise = scaled.map((one) => Math.log(sum) - (one - most)); // of a p too small for a number, too
  return { scaled, raised, sum, shares: raised.map((one) => one / sum), surprise };
}

/** Scaled dot-product attention of one head: scores, shares and the values mixed by them. */
function attention(queries, keys, values, causal) {
  const scale = Math.sqrt(keys[0].length);
  const scores = queries.map((query, i) => times(keys, query)
    .map((score, j) => (causal && j > i ? -Infinity : score / scale)));
  const shares = scores.map(softmax);
  const mixed = shares.map((row) => values[0].map((_, j) => row.reduce((sum, share, k) => sum + share * values[k][j], 0)));
  return { scores, shares, values: mixed };
}

/**
 * A stack of layers ReLU(W x), each with its input added where there are skips: what stands after
 * each (the input first), what F gave, and the gradient of the sum of the last there.
 */
function stack(input, weights, skip) {
  const [values, made, open] = [[input], [], []];
  for (const matrix of weights) {
    const x = values.at(-1);
    const sums = times(matrix, x);
    open.push(sums.map((one) => one > 0));
    made.push(sums.map((one) => Math.max(0, one)));
    values.push(made.at(-1).map((one, i) => one + (skip ? x[i] : 0)));
  }
  const gradients = [input.map(() => 1)];
  for (let n = weights.length - 1; n >= 0; n--) {
    const above = gradients[0];
    gradients.unshift(above.map((one, j) =>
      weights[n].reduce((sum, row, i) => sum + (open[n][i] ? row[j] * above[i] : 0), skip ? one : 0)));
  }
  return { values, made, gradients };
}
