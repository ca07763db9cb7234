// Lessons: the place of a window over a picture: buttons, arrow keys and the pointer move it.

class Place {
  constructor(stage, panel, row, column) {
    Object.assign(this, { stage, panel, row, column, height: 0, width: 0 });
    const bar = make("div", "steps");
    bar.dataset.unsaved = "";
    this.play = this.button(bar, "Play", () => this.toggle());
    this.button(bar, "Step", () => this.step(1));
    this.at = bar.appendChild(make("output"));
    bar.append(make("span", "hint", "Or point at the output; arrow keys move the window there."));
    stage.pictures.before(bar);
    const { canvas } = panel;
    canvas.tabIndex = 0;
    canvas.classList.add("points");
    const point = (event) => {
      if (event.type === "pointermove" && event.pointerType === "touch" && !event.buttons) return;
      const cell = panel.cell ?? 1;
      const [x, y] = pointOn(canvas, event);
      this.go(Math.floor((y - 1) / cell), Math.floor((x - 1) / cell));
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

  button(bar, title, act) {
    const node = make("button", "", title);
    node.type = "button";
    node.addEventListener("click", act);
    return bar.appendChild(node);
  }

  go(row, column) {
    this.stop();
    this.row = row;
    this.column = column;
    this.stage.later();
  }

  /** The output is so large now: the place stays inside of it. */
  within(height, width) {
    Object.assign(this, { height, width });
    this.row = Math.max(0, Math.min(height - 1, this.row));
    this.column = Math.max(0, Math.min(width - 1, this.column));
    say(this.at, height > 0 && width > 0 ? `row ${this.row}, column ${this.column}` : "no output");
  }

  step(by) {
    const count = this.height * this.width;
    if (!count) return;
    const next = (this.row * this.width + this.column + by) % count;
    this.row = Math.floor(next / this.width);
    this.column = next % this.width;
    this.stage.later();
  }

  toggle() {
    if (this.timer) return this.stop();
    say(this.play, "Pause");
    this.timer = setInterval(() => this.play.isConnected ? this.step(1) : this.stop(), 180);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    say(this.play, "Play");
  }
}
