// Lessons: a table of numbers with names around it, of which one can be picked.

class Table extends Panel {
  /** `pick` says whether a cell can be picked: by pointer and by arrow keys. */
  constructor(stage, title, role, pick = false) {
    super(stage, title, role);
    Object.assign(this, { row: 0, column: 0, rows: 1, columns: 1 });
    if (!pick) return;
    const { canvas } = this;
    canvas.tabIndex = 0;
    canvas.classList.add("points");
    const point = (event) => {
      if (event.type === "pointermove" && event.pointerType === "touch") return;
      const [x, y] = pointOn(canvas, event);
      this.go(Math.floor((y - this.top) / this.high), Math.floor((x - this.left) / this.wide));
    };
    canvas.addEventListener("pointermove", point);
    canvas.addEventListener("pointerdown", point);
    canvas.addEventListener("keydown", (event) => {
      const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
      if (!move) return;
      event.preventDefault();
      this.go(this.row + move[0], this.column + move[1]);
    });
  }

  go(row, column) {
    [this.row, this.column] = [row, column];
    this.stage.later();
  }

  /** The picked cell, inside a table of this size. */
  within(rows, columns) {
    this.row = Math.max(0, Math.min(rows - 1, this.row));
    this.column = Math.max(0, Math.min(columns - 1, this.column));
    return [this.row, this.column];
  }

  /**
   * Rows of numbers; `left` and `top` are the names around them, `scale` the number of full colour,
   * `ringed` cells with a frame. Gives the pen, with the first cell's corner at 0, 0.
   */
  show(rows, left, top, { scale = 1, wide = 46, high = 26, decimals = 2, ringed = [], unsigned = false, role, room = 0 } = {}) {
    const columns = rows[0]?.length ?? 0;
    const measure = this.begin(10, 10);
    measure.font = `12px ${this.stage.font}`;
    room = Math.max(room, Math.ceil(Math.max(0, ...left.map((name) => measure.measureText(name).width))) + 10);
    Object.assign(this, { left: room, top: top.length ? 22 : 1, wide, high });
    const pen = this.begin(room + columns * wide + 2, this.top + rows.length * high + 2);
    this.keep(() => rows, { left, top, decimals: Math.max(3, decimals) });
    const { ink, paper, colours, font } = this.stage;
    pen.font = `12px ${font}`;
    pen.fillStyle = ink;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    left.forEach((name, i) => pen.fillText(name, room - 6, this.top + (i + 0.5) * high));
    pen.textAlign = "center";
    top.forEach((name, j) => pen.fillText(name, room + (j + 0.5) * wide, 11));
    pen.translate(room, this.top);
    rows.forEach((row, i) => row.forEach((value, j) => {
      const share = Number.isFinite(value) ? Math.max(-1, Math.min(1, value / scale)) : 0;
      pen.globalAlpha = Math.abs(share);
      pen.fillStyle = role ? colours[role] : unsigned ? ink : share < 0 ? "rgb(33,102,172)" : "rgb(179,88,6)";
      pen.fillRect(j * wide, i * high, wide, high);
      pen.globalAlpha = 1;
      pen.fillStyle = Math.abs(share) > 0.55 ? (unsigned ? paper : "#ffffff") : ink;
      const text = Number.isFinite(value) ? number(value, decimals) : "–";
      if (wide >= 30) pen.fillText(text, (j + 0.5) * wide, (i + 0.5) * high);
    }));
    pen.globalAlpha = 0.25;
    pen.strokeStyle = colours.input;
    pen.lineWidth = 1;
    for (let i = 0; i <= rows.length; i++) pen.strokeRect(0, i * high, columns * wide, 0);
    for (let j = 0; j <= columns; j++) pen.strokeRect(j * wide, 0, 0, rows.length * high);
    pen.globalAlpha = 1;
    for (const [i, j] of ringed) frame(pen, j * wide + 1, i * high + 1, wide - 2, high - 2, ink, paper);
    return pen;
  }
}

/** A row of numbers as words. */
const listed = (values, decimals = 2) => values.map((value) => number(value, decimals)).join(", ");

/** The letters from a to z that a person typed; what stands for them where there are none. */
function lettersOf(text, otherwise) {
  const found = [...text.toLowerCase().normalize("NFD")].filter((letter) => letter >= "a" && letter <= "z");
  return found.length ? found : [...otherwise];
}

const letterAt = (letter) => letter.charCodeAt(0) - 97;
const ALPHABET = Array.from({ length: 26 }, (_, i) => String.fromCharCode(97 + i));
