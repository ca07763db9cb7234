// Scope, part 1 of 6 (joined in order by scope.py): bytes to colours, colours to canvas.
// Every text goes in as text, never as markup.

const COLOURS = {
  // negative end, its middle, zero, the positive side's middle, positive end; 0 and full of unsigned
  light: [["#17498a", "#7db3d8", "#f3f3f1", "#eba35c", "#a04a00"], ["#f3f3f1", "#1c222b"]],
  dark: [["#8cc8ff", "#2b6cb3", "#20242c", "#b9611a", "#ffc583"], ["#20242c", "#eef1f5"]],
};
const NOT_FINITE = 0; // the byte of a signed plane that stands for NaN and infinities
const WARNING = { light: ["#e0007a", "#ffffff"], dark: ["#ff4fa8", "#14171c"] }; // their stripes
const KNEE = 0.42; // the share of the scale at which the middle colours stand
const ACCENT = {
  input: "#616d71", weight: "#7f5dae", "pre-activation": "#3b9a99", activation: "#c88802",
  gradient: "#d03d81", gate: "#829859",
};
const SHOWN = (window.__layerscope ??= { frames: 0, sockets: 0, step: null });
const MINUS = "\u2212";

/** How many dots of the screen one of a node's own CSS pixels is. */
const sharpness = (node) => (window.devicePixelRatio || 1) * (node.currentCSSZoom ?? 1);

/** Where a pointer is on a node, in the node's own CSS pixels, however much the page is zoomed. */
function pointOn(node, { clientX, clientY }) {
  const { left, top, width, height } = node.getBoundingClientRect();
  return [((clientX - left) * node.offsetWidth) / width, ((clientY - top) * node.offsetHeight) / height];
}


function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

function say(node, text) {
  if (node.said !== text) node.textContent = node.said = text;
}

function rgb(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function blend(from, to, share) {
  const [a, b] = [rgb(from), rgb(to)];
  const [red, green, blue] = a.map((one, i) => Math.round(one + (b[i] - one) * share));
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0; // as ImageData holds it
}

/** 256 colours for the bytes of a signed or an unsigned plane; what is no number has its own. */
function table(theme, signed) {
  const [[low, lower, zero, higher, high], [nothing, full]] = COLOURS[theme];
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    if (!signed) return blend(nothing, full, byte / 255);
    if (byte === NOT_FINITE) return blend(...WARNING[theme], 0);
    const share = Math.min(1, Math.abs(byte - 128) / 127);
    const [middle, end] = byte < 128 ? [lower, low] : [higher, high];
    if (share < KNEE) return blend(zero, middle, share / KNEE);
    return blend(middle, end, (share - KNEE) / (1 - KNEE));
  });
}

/** A number with three digits, as a person writes it. */
function number(value) {
  if (Number.isNaN(value)) return "not a number (NaN or ∞)";
  const size = Math.abs(value);
  let text = size === 0 ? "0" : String(+size.toPrecision(3));
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) text = size.toExponential(1);
  return (value < 0 ? MINUS : "") + text;
}

/** The header, and where the still planes and the frames begin. */
function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 4 + view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, start)));
  return { header, bytes, still: start, first: start + (header.still_bytes ?? 0) };
}

function same(one, other) {
  if (one === other) return true;
  if (!one || !other || one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}

const WHOLE = ["pixel", "matrix", "step"]; // every cell of a tile has a number

/** A plane of tiles on its own canvas, every cell a whole number of the screen's pixels. */
class Picture {
  constructor(plane) {
    // a vector is drawn as tiles of one cell, so that its grid can follow the card's width
    const alone = plane.cell === "unit" && plane.tiles === 1;
    this.plane = alone ? { ...plane, tiles: plane.cells, height: 1, width: 1, tile: "unit", alone } : plane;
    if (plane.colour) this.plane = { ...plane, tiles: 1 }; // red, green and blue lie on one another
    this.bytesEach = plane.tiles * plane.height * plane.width;
    this.canvas = make("canvas", "picture");
    this.canvas.setAttribute("role", "img");
    this.canvas.dataset.plane = plane.id;
    this.context = this.canvas.getContext("2d");
  }

  /**
   * Choose columns and the size of a cell for a room of `width` x `height` CSS pixels, cells at most
   * `largest`. "free" may take any number of columns.
   */
  fit(width, height, largest, how = "") {
    const { tiles, height: h, width: w, columns, alone } = this.plane;
    const ratio = sharpness(this.canvas);
    const gap = tiles > 1 ? Math.max(1, Math.round(ratio)) : 0;
    const cell = (across) => {
      const down = Math.ceil(tiles / across);
      const wide = (width * ratio - (across - 1) * gap) / (across * w);
      const high = (height * ratio - (down - 1) * gap) / (down * h);
      return Math.floor(Math.min(wide, high, largest * ratio));
    };
    let best = Math.min(columns, tiles);
    if (how === "free" || alone || cell(best) < 1) {
      const fits = Math.max(1, Math.floor((width * ratio + gap) / (w + gap)));
      let most = -1;
      const from = Math.min(how === "free" || alone ? tiles : columns, fits, tiles);
      for (let across = from; across; across--) {
        const size = Math.max(cell(across), across === Math.min(fits, columns) ? 0.5 : 0);
        const filled = (across * (size * w + gap)) / (width * ratio); // of a row of units
        const score = size + (alone ? 3 * filled - (tiles % across ? 3 : 0) : 0);
        if (score > most) [most, best] = [score, across];
      }
    }
    const size = Math.max(1, cell(best));
    const down = Math.ceil(tiles / best);
    const [full, tall] = [best * (w * size + gap) - gap, down * (h * size + gap) - gap];
    // an input may have more pixels than there is room for: it is drawn whole and shown smaller
    const shown = this.plane.role === "input" ? Math.min(1, (width * ratio) / full) : 1;
    const key = [best, size, gap, ratio, shown].join();
    if (key === this.key) return;
    Object.assign(this, { key, across: best, size, gap, ratio, shown, done: null });
    this.canvas.width = full;
    this.canvas.height = tall;
    this.canvas.style.width = `${(shown * full) / ratio}px`;
    this.canvas.style.height = `${(shown * tall) / ratio}px`;
    this.canvas.classList.toggle("smaller", shown < 1);
    this.image = new ImageData(full, tall);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  get wide() {
    return (this.shown * this.canvas.width) / this.ratio;
  }

  /** `mark`: the [tile, line, column] of a cell to draw a ring around. */
  draw(bytes, start, probe, tables, mark) {
    const { tiles, height, width, cells, cell, signed, alone } = this.plane;
    const from = start + (probe % this.plane.probes) * this.bytesEach;
    const colours = signed ? tables.signed : tables.unsigned;
    if (this.bytes === bytes && this.start === from && this.colours === colours && this.done === this.key)
      return; // the same picture stands there already
    Object.assign(this, { bytes, start: from, colours, done: this.key });
    const { pixels, size, gap, across } = this;
    const row = this.canvas.width;
    if (this.plane.colour) return this.inColour(bytes, from);
    const indexed = !WHOLE.includes(cell) && !alone;
    const used = indexed ? cells : height * width;
    const none = []; // where the cells stand that hold no number
    let at = from;
    for (let tile = 0; tile < tiles; tile++) {
      const left = (tile % across) * (width * size + gap);
      const top = Math.floor(tile / across) * (height * size + gap);
      for (let y = 0; y < height; y++) {
        const line = (top + y * size) * row + left;
        const count = Math.max(0, Math.min(width, used - y * width)); // cells with a number
        let to = line;
        if (size === 1) for (let x = 0; x < count; x++) pixels[to++] = colours[bytes[at + x]];
        else
          for (let x = 0; x < count; x++) {
            const colour = colours[bytes[at + x]];
            if (signed && bytes[at + x] === NOT_FINITE) none.push(to);
            for (let end = to + size; to < end; to++) pixels[to] = colour;
          }
        for (let i = 1; i < size; i++) pixels.copyWithin(line + i * row, line, to);
        at += width;
      }
    }
    if (none.length) this.stripe(none, tables.stripe);
    this.context.putImageData(this.image, 0, 0);
    if (mark) this.ring(mark);
  }

  /** Stripes over cells, given by their first pixels, that are large enough to show them. */
  stripe(cells, colour) {
    const { pixels, size } = this;
    const row = this.canvas.width;
    const wide = Math.max(1, Math.round(size / 6));
    if (size < 4) return;
    for (const first of cells)
      for (let y = 0; y < size; y++)
        for (let x = 0; x < size; x++)
          if (Math.floor((x + y) / wide) % 3 === 2) pixels[first + y * row + x] = colour;
  }

  /** A picture of three planes as the eye knows it. */
  inColour(bytes, from) {
    const { height, width } = this.plane;
    const { pixels, size } = this;
    const [row, plane] = [this.canvas.width, height * width];
    for (let y = 0; y < height * size; y++)
      for (let x = 0; x < width * size; x++) {
        const at = from + Math.floor(y / size) * width + Math.floor(x / size);
        const [red, green, blue] = [bytes[at], bytes[at + plane], bytes[at + 2 * plane]];
        pixels[y * row + x] = ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
      }
    this.context.putImageData(this.image, 0, 0);
  }

  ring([tile, line, column]) {
    const { width, height } = this.plane;
    const { context, size, gap, across, ratio } = this;
    const left = (tile % across) * (width * size + gap) + column * size;
    const top = Math.floor(tile / across) * (height * size + gap) + line * size;
    const wide = 2 * ratio;
    const side = Math.max(size + ratio, 9 * ratio); // a ring can be seen around the smallest cell
    const within = (middle, most) => Math.max(wide / 2, Math.min(middle - side / 2, most - side - wide / 2));
    const { width: right, height: bottom } = this.canvas;
    const at = [within(left + size / 2, right), within(top + size / 2, bottom)];
    // dark within light, so that it shows on every colour
    [["#ffffff", wide], ["#101418", wide / 2]].forEach(([colour, width]) => {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.strokeRect(...at, side, side);
    });
  }

  /** What stands under a point of the canvas (CSS pixels), or null in a gap. */
  under(x, y) {
    const { tiles, height, width, cells, cell, tile: word, signed, units, alone } = this.plane;
    const [px, py] = [x, y].map((one) => Math.floor((one * this.ratio) / this.shown));
    const [wide, tall] = [width * this.size + this.gap, height * this.size + this.gap];
    const tile = Math.floor(py / tall) * this.across + Math.floor(px / wide);
    const [column, line] = [px % wide, py % tall].map((one) => Math.floor(one / this.size));
    if (px < 0 || py < 0 || px / wide >= this.across || tile >= tiles) return null;
    if (column >= width || line >= height || !this.bytes) return null;
    const place = line * width + column;
    const indexed = !WHOLE.includes(cell);
    if (indexed && !alone && place >= cells) return null;
    const names = [];
    if (alone) names.push(`unit ${tile}`);
    else if (cell === "matrix") names.push(`unit ${units?.[line] ?? line}`, `input ${column}`);
    else if (cell === "step") names.push(`unit ${line}`, `step ${column}`);
    else {
      if (word && (tiles > 1 || cell === "input")) names.push(`${word} ${units?.[tile] ?? tile}`);
      names.push(indexed ? `${cell} ${place}` : `row ${line}, column ${column}`);
    }
    if (this.plane.colour) {
      const each = [0, 1, 2].map((one) => this.bytes[this.start + one * height * width + place]);
      return { name: names.join(" · "), shares: each.map((byte) => byte / 255), place, at: [0, line, column] };
    }
    const byte = this.bytes[this.start + tile * height * width + place];
    const share = signed ? (byte === NOT_FINITE ? NaN : (byte - 128) / 127) : byte / 255;
    return { name: names.join(" · "), share, place: tile * height * width + place, at: [tile, line, column] };
  }
}

/** How the numbers of one picture are spread, over the colours that they have in it. */
class Histogram {
  constructor(plane, role) {
    this.plane = plane;
    this.role = role;
    this.node = make("div", "histogram");
    this.canvas = make("canvas");
    this.canvas.setAttribute("role", "img");
    this.canvas.dataset.plane = plane.id;
    const axis = make("div", "axis");
    this.low = make("span");
    this.high = make("span");
    axis.append(this.low, make("span", "", "0"), this.high);
    this.node.append(this.canvas, axis);
  }

  fit(width) {
    const ratio = sharpness(this.canvas);
    const [wide, tall] = [Math.round(width * ratio), Math.round(34 * ratio)];
    if (this.canvas.width === wide && this.canvas.height === tall) return;
    Object.assign(this.canvas, { width: wide, height: tall });
    this.ramp = null;
    this.node.style.width = `${width}px`;
  }

  draw(bytes, start, scale, tables) {
    const { width: wide, height: tall } = this.canvas;
    const context = (this.context ??= this.canvas.getContext("2d"));
    const [bins, ramp] = [this.plane.width, Math.max(3, Math.round(tall / 9))];
    const room = tall - ramp - Math.max(1, Math.round(tall / 34));
    context.clearRect(0, 0, wide, room);
    context.fillStyle = ACCENT[this.role];
    for (let bin = 0; bin < bins; bin++) {
      // the root of the count: a few large weights stay visible beside many small ones
      const high = Math.round(Math.sqrt(bytes[start + bin] / 255) * room);
      const [left, right] = [Math.round((bin * wide) / bins), Math.round(((bin + 1) * wide) / bins)];
      context.fillRect(left, room - high, Math.max(1, right - left - (wide > 3 * bins)), high);
    }
    if (this.ramp !== tables) {
      this.ramp = tables;
      for (let x = 0; x < wide; x++) {
        const colour = tables.signed[1 + Math.round((x * 254) / (wide - 1))];
        context.fillStyle = `rgb(${colour & 255} ${(colour >> 8) & 255} ${(colour >> 16) & 255})`;
        context.fillRect(x, tall - ramp, 1, ramp);
      }
    }
    say(this.low, scale ? number(-scale) : "");
    say(this.high, scale ? number(scale) : "");
  }
}
