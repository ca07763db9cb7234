// Lessons: the numbers of every picture as tables, behind a button under them.

const MOST_ROWS = 400;

class Numbers {
  constructor(stage) {
    this.stage = stage;
    this.node = stage.root.appendChild(make("details", "numbers"));
    this.node.dataset.unsaved = "";
    this.node.append(make("summary", "", "Numbers"));
    const name = () => Saving.named(stage.name, "numbers");
    this.node.append(Saving.buttons(["csv"], "numbers", () => this.csv(), name));
    this.tables = this.node.appendChild(make("div"));
    this.node.addEventListener("toggle", () => this.fill());
  }

  /** After a drawing: not at every one while a slider moves, and not at all while nobody looks. */
  later() {
    if (!this.node.open) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fill(), 200);
  }

  get told() {
    return this.stage.panels.filter(({ numbers, node }) => numbers && !node.hidden);
  }

  /** All of them below one another, each under its title. */
  csv() {
    return Saving.table(this.told.flatMap(({ head, numbers: { rows, left, top } }) => {
      const values = rows().map((row) => row.map((one) => one ?? 0));
      const names = (values[0] ?? []).map((_, j) => top?.[j] ?? j);
      return [[head.textContent, ...names], ...values.map((row, i) => [left?.[i] ?? i, ...row]), []];
    }));
  }

  fill() {
    if (!this.node.open) return;
    const { told } = this;
    const places = [...this.tables.children].map(({ scrollLeft, scrollTop }) => [scrollLeft, scrollTop]);
    this.tables.replaceChildren(...told.map(({ head, numbers }) => this.table(head.textContent, numbers)));
    places.forEach((place, at) => this.tables.children[at]?.scrollTo(...place));
  }

  table(title, { rows, left, top, decimals }) {
    const values = rows().slice(0, MOST_ROWS);
    const frame = make("div", "table");
    frame.tabIndex = 0; // long ones are scrolled by keyboard, too
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", title);
    const table = frame.appendChild(make("table"));
    table.append(make("caption", "", title));
    const heads = table.appendChild(make("thead")).appendChild(make("tr"));
    heads.append(make("td"), ...(values[0] ?? []).map((_, j) => this.head("col", top?.[j] ?? j)));
    const body = table.appendChild(make("tbody"));
    values.forEach((row, i) => {
      const line = body.appendChild(make("tr"));
      const cells = row.map((one) => make("td", "", this.text(one ?? 0, decimals)));
      line.append(this.head("row", left?.[i] ?? i), ...cells);
    });
    return frame;
  }

  /** With so many decimals, or as 1.23e−7 where these would show nothing of it, or too much. */
  text(value, decimals) {
    if (!Number.isFinite(value)) return "–";
    const size = Math.abs(value);
    if (!size || (size >= 10 ** -decimals && size < 1e6)) return number(value, decimals);
    return value.toExponential(2).replaceAll("-", MINUS);
  }

  head(scope, text) {
    const node = make("th", "", text);
    node.scope = scope;
    return node;
  }
}
