// Scope, part 5 of 7: a function between the places at which the server told it.

/**
 * A function and its derivative at x, {value, slope}: the cubic that has both at the two places around
 * it. Where the derivative jumps, the grid holds the floats next to the jump, so that nothing is read
 * off across it; beyond the grid the function goes on straight.
 */
function curveAt(grid, curve, x) {
  if (Number.isNaN(x)) return { value: NaN, slope: NaN };
  let [low, high] = [0, grid.length - 1];
  if (!(x > grid[low] && x < grid[high])) {
    const end = x >= grid[high] ? high : low;
    return { value: curve.value[end] + curve.slope[end] * (x - grid[end]), slope: curve.slope[end] };
  }
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (grid[middle] <= x) low = middle;
    else high = middle;
  }
  const [from, to] = [low, high].map((at) => ({ value: curve.value[at], slope: curve.slope[at] }));
  if (x === grid[low]) return from;
  const wide = grid[high] - grid[low];
  const [t, rise] = [(x - grid[low]) / wide, to.value - from.value];
  const bend = [from.slope * wide - rise, rise - to.slope * wide]; // 0 where the function is straight
  const value = from.value + t * rise + t * (1 - t) * ((1 - t) * bend[0] + t * bend[1]);
  const turned = (1 - t) * (1 - 3 * t) * bend[0] + t * (2 - 3 * t) * bend[1];
  return { value, slope: (rise + turned) / wide };
}
