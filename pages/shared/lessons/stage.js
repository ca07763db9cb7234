// Lessons: what all drawings stand on: nodes, panels with a canvas, colours, numbers as text.
// Every text goes in as text, never as markup.

const DRAWINGS = {}; // by a lesson's name: (stage, numbers) => (values) => draw
const MINUS = "\u2212";

function make(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** A number with so many decimals, and a true minus. */
function number(value, decimals = 2) {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && +text !== 0 ? MINUS + text : text;
}

/** Where a pointer is on a node, in the node's own CSS pixels, however much the page is zoomed. */
function pointOn(node, { clientX, clientY }) {
  const { left, top, width, height } = node.getBoundingClientRect();
  return [((clientX - left) * node.offsetWidth) / width, ((clientY - top) * node.offsetHeight) / height];
}

/** The formula of the output's size with the present numbers filled in. */
function sizeText(size, kernel, stride, padding, dilation) {
  const found = outputSize(size, kernel, stride, padding, dilation);
  const inner = `(${size} + 2·${padding} ${MINUS} ${dilation}·(${kernel} ${MINUS} 1) ${MINUS} 1) / ${stride}`;
  return `n′ = ⌊(n + 2p ${MINUS} d(k ${MINUS} 1) ${MINUS} 1) / s⌋ + 1 = ⌊${inner}⌋ + 1 = ${found}`;
}

/** One titled picture; its canvas is as sharp as the screen. */
class Panel {
  constructor(stage, title, role) {
    this.stage = stage;
    this.node = make("figure", "panel");
    const head = make("figcaption", "", title);
    head.style.setProperty("--role", stage.colours[role] ?? "transparent");
    this.head = head;
    this.canvas = make("canvas");
    this.canvas.setAttribute("role", "img");
    this.node.append(head, this.canvas);
    stage.pictures.append(this.node);
    stage.panels.push(this);
  }

  /** Make the canvas so large (in CSS pixels), clear, and give what draws on it. */
  begin(width, height) {
    const { canvas } = this;
    this.numbers = null;
    const ratio = (window.devicePixelRatio || 1) * (canvas.currentCSSZoom ?? 1);
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== across) canvas.width = across;
    if (canvas.height !== down) canvas.height = down;
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    return pen;
  }

  /** Keep what the picture shows for the tables of numbers: `rows` gives them when asked. */
  keep(rows, { left, top, decimals = 3 } = {}) {
    this.numbers = { rows, left, top, decimals };
  }

  describe(text) {
    this.canvas.setAttribute("aria-label", text);
  }

  /**
   * Cells of numbers: `fill(row, column)` gives {value, size} with the share of the scale from -1 to 1
   * in `value`, or null for padding; `text` writes into a cell where there is room, and `value` is
   * the number itself where `fill` gives another.
   */
  cells(rows, columns, cell, fill, { unsigned = false, text, value = fill } = {}) {
    const pen = this.begin(columns * cell + 2, rows * cell + 2);
    this.cell = cell;
    const line = (i) => Array.from({ length: columns }, (_, j) => value(i, j));
    this.keep(() => Array.from({ length: rows }, (_, i) => line(i)));
    pen.translate(1, 1);
    const ink = this.stage.ink;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const share = fill(i, j);
        pen.globalAlpha = 1;
        if (share === null) {
          pen.globalAlpha = 0.12;
          pen.fillStyle = this.stage.colours.input;
          pen.fillRect(j * cell, i * cell, cell, cell);
        } else {
          pen.globalAlpha = Math.min(1, Math.abs(share));
          pen.fillStyle = unsigned ? ink : share < 0 ? "rgb(33,102,172)" : "rgb(179,88,6)";
          pen.fillRect(j * cell, i * cell, cell, cell);
        }
        if (text) {
          const dark = unsigned ? this.stage.paper : "#ffffff";
          pen.globalAlpha = 1;
          pen.fillStyle = share !== null && Math.abs(share) > 0.55 ? dark : ink;
          pen.font = `${Math.min(12, cell / 3.2)}px ${this.stage.font}`;
          pen.textAlign = "center";
          pen.textBaseline = "middle";
          text(i, j).split("\n").forEach((line, at, all) => {
            pen.fillText(line, (j + 0.5) * cell, (i + 0.5 + (at - (all.length - 1) / 2) * 0.34) * cell);
          });
        }
      }
    }
    pen.globalAlpha = 0.18;
    pen.strokeStyle = this.stage.colours.input;
    pen.lineWidth = 1;
    pen.beginPath();
    for (let i = 0; i <= rows; i++) pen.rect(0, i * cell, columns * cell, 0);
    for (let j = 0; j <= columns; j++) pen.rect(j * cell, 0, 0, rows * cell);
    pen.stroke();
    pen.globalAlpha = 1;
    return pen;
  }
}

/** A frame around a cell that can be seen on every ground. */
function frame(pen, x, y, width, height, colour, paper) {
  pen.lineWidth = 4;
  pen.strokeStyle = paper;
  pen.strokeRect(x, y, width, height);
  pen.lineWidth = 2;
  pen.strokeStyle = colour;
  pen.strokeRect(x, y, width, height);
}

function largest(values) {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most || 1;
}
