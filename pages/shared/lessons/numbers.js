// Lessons: the numbers of every picture as tables, behind a button under them.

const MOST_ROWS = 400;

class Numbers {
  constructor(stage) {
    this.stage = stage;
    this.node = stage.root.appendChild(make("details", "numbers"));
    this.node.append(make("summary", "", "Numbers"));
    this.tables = this.node.appendChild(make("div"));
    this.node.addEventListener("toggle", () => this.fill());
  }

  /** After a drawing: not at every one while a slider moves, and not at all while nobody looks. */
  later() {
    if (!this.node.open) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fill(), 200);
  }

  fill() {
    if (!this.node.open) return;
    const told = this.stage.panels.filter(({ numbers, node }) => numbers && !node.hidden);
    this.tables.replaceChildren(...told.map(({ head, numbers }) => this.table(head.textContent, numbers)));
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
      const cells = row.map((one) => make("td", "", Number.isFinite(one ?? 0) ? number(one ?? 0, decimals) : "–"));
      line.append(this.head("row", left?.[i] ?? i), ...cells);
    });
    return frame;
  }

  head(scope, text) {
    const node = make("th", "", text);
    node.scope = scope;
    return node;
  }
}
