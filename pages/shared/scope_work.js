// Scope, part 6 of 7: an activation function at work, and what the functions leave of a gradient.

const ZONE = { dead: "#8a8f98", saturated: "#b23a48" };
const LEAST = 1e-6; // the left end of the axis for what is left of a gradient
const [PLOT_HIGH, SPREAD_HIGH, PLOT_WIDE] = [150, 58, 232]; // CSS pixels

/** The curve of a layer's function, this moment's numbers under it, one unit's numbers on it. */
class WorkCard extends Card {
  constructor(scope, card) {
    super(scope, card);
    const [panel] = this.panels;
    this.spread = panel.histogram.plane;
    panel.histogram.node.remove();
    panel.histogram = null;
    this.plot = make("canvas", "plot");
    this.plot.setAttribute("role", "img");
    this.plot.dataset.plane = `${card.id}/plot`;
    this.body.prepend(this.plot);
    this.unit = 0;
    this.field = make("input");
    const most = panel.plane.tiles * panel.plane.height * panel.plane.width - 1;
    Object.assign(this.field, { type: "number", min: 0, max: most, value: 0, step: 1 });
    this.field.addEventListener("input", () => this.choose(this.field.valueAsNumber));
    const label = make("label", "", "number ");
    label.title = "One of the numbers in the picture below; a click on it chooses it, too.";
    label.append(this.field);
    const made = make("button", "made", "how it is made");
    made.type = "button";
    made.dataset.unsaved = "";
    made.title = "This number in a training step of the run, term by term.";
    made.hidden = !this.scope.header.opens;
    made.addEventListener("click", () => this.scope.open(this.card.id, this.cell()));
    this.says = make("div", "says");
    const row = make("div", "unit");
    row.append(label, made);
    this.plot.after(row, this.says);
    const { canvas } = panel.picture;
    canvas.style.cursor = "pointer";
    canvas.addEventListener("click", (event) => {
      const found = panel.picture.under(...pointOn(canvas, event));
      if (found) this.choose((this.field.value = found.place));
    });
  }

  /** The chosen number's tile, line and column in the picture. */
  cell() {
    const { width, height } = this.panels[0].picture.plane;
    const place = this.unit % (width * height);
    return [Math.floor(this.unit / (width * height)), Math.floor(place / width), place % width];
  }

  choose(unit) {
    this.unit = Math.max(0, Math.min(Number(this.field.max), Math.floor(unit) || 0));
    this.scope.stale = true;
    this.scope.later();
  }

  fit(width) {
    super.fit(Math.min(width, PLOT_WIDE));
    const ratio = sharpness(this.plot);
    this.plot.width = Math.round(Math.min(width, PLOT_WIDE) * ratio);
    this.plot.height = Math.round((PLOT_HIGH + SPREAD_HIGH + 16) * ratio);
    this.plot.style.width = `${this.plot.width / ratio}px`;
    this.plot.style.height = `${this.plot.height / ratio}px`;
  }

  draw(frame, tables, probe) {
    super.draw(frame, tables, probe);
    const { grid, curves } = this.scope.header;
    const work = frame.entry.work?.[this.card.id];
    const scale = frame.entry.scales[this.panels[0].plane.id] || 1;
    this.curve = work?.curve ?? curves[this.card.function];
    if (work?.slopes) this.curve = this.between(this.curve, work.slopes[this.channel()]);
    this.numbersOf(frame, scale);
    this.paint(grid, scale, probe, frame);
    this.say(work, grid, probe);
  }

  /** The unit that the chosen number belongs to: a map, a line of a sequence, or a cell. */
  channel() {
    const { plane } = this.panels[0].picture;
    const [tile, line, column] = this.cell();
    if (plane.tile === "map") return tile;
    return plane.cell === "step" ? line : line * plane.width + column;
  }

  /** The curve for one unit's own slope: between those for a slope of 0 and of 1. */
  between(flat, slope) {
    const { at_slope_1: steep } = this.card;
    if (this.mixed?.flat !== flat || this.mixed.slope !== slope) {
      const line = (name) => flat[name].map((low, at) => low + slope * (steep[name][at] - low));
      this.mixed = { flat, slope, curve: { value: line("value"), slope: line("slope") } };
    }
    return this.mixed.curve;
  }

  /** The chosen unit's number for every probe input, from its byte. */
  numbersOf(frame, scale) {
    const { plane, picture } = this.panels[0];
    const start = frame.start + plane.offset + this.unit;
    this.xs = Array.from({ length: plane.probes }, (_, probe) => {
      const byte = frame.bytes[start + probe * picture.bytesEach];
      return byte === NOT_FINITE ? NaN : ((byte - 128) / 127) * scale;
    });
  }

  paint(grid, scale, probe, frame) {
    const context = (this.context ??= this.plot.getContext("2d"));
    const ratio = sharpness(this.plot);
    const { width: wide, height: tall } = this.plot;
    const [pad, low] = [6 * ratio, (PLOT_HIGH + SPREAD_HIGH) * ratio];
    const theme = this.scope.root.dataset.theme;
    const still = this.still;
    if (still?.scale !== scale || still.curve !== this.curve || still.theme !== theme || still.of.width !== wide)
      this.background(grid, scale, theme);
    const { xOf, yOf, high, of } = this.still;
    context.clearRect(0, 0, wide, tall);
    context.drawImage(of, 0, 0);
    context.fillStyle = ACCENT["pre-activation"];
    const start = frame.start + this.spread.offset;
    const [bins, room] = [this.spread.width, low - high - pad];
    for (let bin = 0; bin < bins; bin++) {
      // the root of the count, so that few numbers far out stay visible beside many
      const tall = Math.sqrt(frame.bytes[start + bin] / 255) * room;
      const [left, right] = [bin, bin + 1].map((edge) => xOf(((2 * edge) / bins - 1) * scale));
      context.fillRect(left, low - tall, Math.max(1, right - left - ratio), tall);
    }
    for (const [line, colour, size] of [["slope", ACCENT.gradient, 0.7], ["value", ACCENT["pre-activation"], 1]]) {
      context.fillStyle = colour;
      this.xs.forEach((x, at) => {
        if (Number.isNaN(x)) return;
        const chosen = at === probe % this.xs.length;
        context.globalAlpha = chosen ? 1 : 0.45;
        context.beginPath();
        context.arc(xOf(x), yOf(curveAt(grid, this.curve, x)[line]), (chosen ? 5 : 3.5) * size * ratio, 0, 7);
        context.fill();
      });
    }
    context.globalAlpha = 1;
  }

  /** The zones, the curve, its derivative and the axis: drawn anew only where one of them changes. */
  background(grid, scale, theme) {
    const ratio = sharpness(this.plot);
    const { width: wide, height: tall } = this.plot;
    const of = new OffscreenCanvas(wide, tall);
    const context = of.getContext("2d");
    const [pad, foot] = [6 * ratio, 16 * ratio];
    const [high, low] = [PLOT_HIGH * ratio, (PLOT_HIGH + SPREAD_HIGH) * ratio];
    const style = getComputedStyle(this.plot);
    const xOf = (x) => pad + ((x / scale + 1) / 2) * (wide - 2 * pad);
    const xs = [-scale, ...grid.filter((x) => Math.abs(x) < scale), scale];
    const points = xs.map((x) => curveAt(grid, this.curve, x));
    const lines = ["value", "slope"].map((name) => points.map((point) => point[name]));
    const [least, most] = [Math.min(0, ...lines.flat()), Math.max(1e-9, ...lines.flat())];
    const yOf = (y) => high - pad - ((y - least) / (most - least)) * (high - 2 * pad);
    this.still = { scale, theme, curve: this.curve, xOf, yOf, high, of };
    for (const [kind, from, to] of this.card.zones) {
      const [left, right] = [from, to].map((end) => xOf(Math.max(-scale, Math.min(scale, end))));
      context.globalAlpha = 0.18;
      context.fillStyle = ZONE[kind];
      context.fillRect(left, 0, right - left, low);
      context.globalAlpha = 1;
    }
    context.strokeStyle = context.fillStyle = style.color;
    context.globalAlpha = 0.3;
    context.lineWidth = ratio;
    context.beginPath();
    context.moveTo(xOf(-scale), yOf(0));
    context.lineTo(xOf(scale), yOf(0));
    context.moveTo(xOf(0), 0);
    context.lineTo(xOf(0), low);
    context.stroke();
    context.globalAlpha = 1;
    lines.forEach((ys, derivative) => {
      context.strokeStyle = derivative ? ACCENT.gradient : ACCENT.activation;
      context.setLineDash(derivative ? [5 * ratio, 4 * ratio] : []);
      context.lineWidth = (derivative ? 1.5 : 2.5) * ratio;
      context.beginPath();
      xs.forEach((x, i) => context[i ? "lineTo" : "moveTo"](xOf(x), yOf(ys[i])));
      context.stroke();
    });
    context.setLineDash([]);
    context.globalAlpha = 0.7;
    context.fillStyle = style.color;
    context.font = `${11 * ratio}px ${style.fontFamily}`;
    [[-scale, "left"], [0, "center"], [scale, "right"]].forEach(([x, align]) => {
      context.textAlign = align;
      context.fillText(number(x), xOf(x), low + foot - 4 * ratio);
    });
    context.globalAlpha = 1;
  }

  say(work, grid, probe) {
    const x = this.xs[probe % this.xs.length];
    if (Number.isNaN(x)) return (this.words = ["x is not a number (NaN or ∞)"]);
    const { value, slope } = curveAt(grid, this.curve, x);
    const through = this.xs.filter((one) => Math.abs(curveAt(grid, this.curve, one).slope) > 1e-6);
    this.words = [
      `x ≈ ${number(x)} → f ≈ ${number(value)}, f′ ≈ ${number(slope)}`,
      `f′ is not 0 for ${through.length} of ${this.xs.length} inputs`,
    ];
  }

  write(frame, probe) {
    super.write(frame, probe);
    if (this.words) say(this.says, this.words.join("\n"));
  }

  describe(frame, probe) {
    super.describe(frame, probe);
    const told = Object.entries(frame.entry.numbers[this.card.id] ?? {}).map((pair) => pair.join(" "));
    const at = `${this.card.formula} with the pre-activations of step ${frame.entry.step} on it`;
    this.plot.setAttribute("aria-label", `${this.card.title}: ${at}; ${[...told, ...(this.words ?? [])].join(", ")}.`);
  }
}

/** A dot a layer, on a logarithmic axis: the product of the mean derivatives from the last function down to here. */
class PassedCard extends Card {
  draw(frame) {
    this.work = frame.entry.work ?? {};
  }

  write() {
    const names = Object.keys(this.work ?? {}).filter((name) => this.work[name]);
    if (this.listed !== names.join()) {
      this.listed = names.join();
      this.bars = names.map((name) => {
        const [row, track, bar, share] = [make("li"), make("div", "track dotted"), make("b"), make("span", "share")];
        track.append(bar);
        row.append(make("span", "class", name), track, share);
        return { row, bar, share };
      });
      const list = make("ol", "bars");
      list.append(...this.bars.map(({ row }) => row));
      const words = make("div", "says", `1 at the output; then times the mean |f′| of each layer, the last first; where the network forks, the way that leaves most, as through a skip. Dots on a logarithmic axis from 10⁻⁶ to 1, clipped to it.`);
      this.body.replaceChildren(list, words);
    }
    names.forEach((name, i) => {
      const { left } = this.work[name];
      const { bar } = this.bars[i];
      bar.hidden = !(left > 0);
      bar.style.left = `${100 * Math.max(0, Math.min(1, 1 - Math.log10(left) / Math.log10(LEAST)))}%`;
      bar.style.background = ACCENT.gradient;
      say(this.bars[i].share, number(left));
    });
  }

  fit() {}

  describe() {}
}

const KINDS = { work: WorkCard, passed: PassedCard };
