// Scope, part 2 of 7: a card with its pictures and numbers.

class Card {
  constructor(scope, card) {
    Object.assign(this, { scope, card, panels: [], seen: true });
    this.node = make("article", `card ${card.kind}`);
    this.node.dataset.card = card.id;
    const title = make("button", "title", card.title);
    title.type = "button";
    title.title = `Choose ${card.title}`;
    title.addEventListener("click", () => scope.press("layer", card.id));
    const head = make("header");
    head.append(title, make("span", "sizes", card.sizes ?? ""));
    this.body = make("div", "body");
    const foot = make("footer");
    this.node.append(head, make("div", "formula", card.formula), this.body, foot);
    for (const plane of card.planes) if (plane.role !== "histogram") this.panel(plane);
    if (card.kind === "input") this.probes = new Probes(scope, this);
    if (card.kind === "prediction")
      this.answer = new (scope.header.task === "regress" ? Values : Bars)(scope, this);
    this.numbers = make("dl", "numbers");
    if (card.note) foot.append(make("div", "note", card.note));
    this.absent = make("div", "note");
    foot.append(this.absent, this.numbers);
    this.absent.textContent = card.planes.find((plane) => plane.absent)?.absent ?? "";
    this.absent.hidden = !this.absent.textContent;
  }

  panel(plane) {
    const node = make("section", "panel");
    const caption = make("div", "caption");
    const [word, ...more] = plane.caption.split(", ");
    const dot = make("i");
    dot.style.background = ACCENT[plane.role];
    const said = make("span", "beyond");
    caption.append(dot, make("span", "", word), make("span", "what", more.join(", ")), said);
    const picture = new Picture(plane);
    const frame = make("div", "frame");
    frame.append(picture.canvas);
    if (plane.role !== "input") node.append(caption);
    const none = make("div", "none");
    none.hidden = true;
    node.append(frame, none);
    const drawn = this.card.planes.find((one) => one.id === `${plane.id}/histogram`);
    const histogram = drawn && new Histogram(drawn, plane.role);
    if (histogram) node.append(histogram.node);
    const panel = { plane, picture, histogram, node, said, none, dot };
    this.panels.push(panel);
    this.body.append(node);
    this.scope.watchPointer(panel);
  }

  /** Lay the pictures out in a card whose content is at most `width` wide. */
  fit(width) {
    const large = this.scope.header.view === "layer";
    const inside = this.scope.header.view === "inside" && this.card.kind !== "input";
    const many = this.panels.filter(({ plane }) => plane.role === "weight").length > 1;
    this.body.classList.toggle("many", many && !large && this.panels[0].plane.tile !== "gate");
    let column = Math.min(width, 112); // what the pictures under the first one line up with
    for (const { plane, picture, histogram, node } of this.panels) {
      const weight = plane.role === "weight" || (plane.role === "gradient" && (large || inside));
      const gates = plane.tile === "gate"; // stay side by side, so that two of them can be compared
      if (inside && weight && !gates) picture.fit(Math.min(width, 300), 264, this.cell(plane));
      else if (inside) picture.fit(Math.min(width, 232), 264, plane.cell === "unit" ? 16 : 14);
      else if (large) picture.fit(width, 640, 24, plane.tiles > 1 && !gates ? "free" : "");
      else if (weight && many) picture.fit(Math.min(width, gates ? 260 : 150), 130, 8);
      else if (weight) picture.fit(Math.min(width, this.most ?? 520), 300, this.cell(plane));
      else if (plane.tiles > 1) picture.fit(Math.min(width, 190), 150, 12);
      else if (plane.cell === "step") picture.fit(Math.min(width, 240), 168, 12);
      else if (plane.cell === "unit") picture.fit(column, node.previousSibling ? 64 : 224, 16);
      else if (plane.role === "input") picture.fit(plane.width > 112 ? 176 : 112, 112, 16);
      else picture.fit(Math.min(width, 112), 112, 16);
      column = Math.max(column, Math.min(width, Math.round(picture.wide)));
      node.classList.toggle("roomy", picture.wide > 220);
      node.classList.toggle("wide", picture.wide > 360);
      histogram?.fit(Math.min(width, Math.max(112, column)));
    }
  }

  get broadest() {
    return Math.max(0, ...this.card.planes.map(({ width }) => width));
  }

  get wide() {
    return Math.max(0, ...this.panels.map(({ picture }) => picture.wide));
  }

  /** The largest cell of a weight picture: about 230 pixels high or 300 wide altogether. */
  cell({ tiles, columns, height, width }) {
    if (tiles === 1) return 14;
    const high = 236 / (Math.ceil(tiles / columns) * height);
    return Math.max(1, Math.floor(Math.min(12, high, 310 / (columns * width))));
  }

  draw(frame, tables, probe) {
    for (const { plane, picture, histogram, node } of this.panels) {
      const scale = this.scale(frame.entry, plane.id) ?? 1;
      const bytes = plane.still ? frame.stillBytes : frame.bytes;
      const start = plane.still ? frame.still : frame.start;
      picture.draw(bytes, start + plane.offset, probe, tables, this.scope.header.marks?.[plane.id]);
      picture.scale = scale;
      node.classList.toggle("missing", Boolean(histogram) && scale === 0);
    }
    this.turn = !this.turn; // live, spreads change in every other picture: each canvas costs the browser
    if (!this.scope.following || this.turn) this.histograms(frame, tables);
    this.probes?.draw(tables, probe, frame);
  }

  /** How the numbers of the pictures are spread. */
  histograms(frame, tables) {
    for (const { plane, picture, histogram } of this.panels) {
      const start = plane.still ? frame.still : frame.start;
      const bytes = plane.still ? frame.stillBytes : frame.bytes;
      histogram?.draw(bytes, start + histogram.plane.offset, picture.scale, tables);
    }
  }

  /** What a frame says of a plane; of what stands still the header says it, for live frames too. */
  scale(entry, id) {
    return entry.scales[id] ?? this.scope.header.still_scales?.[id];
  }

  /** How many numbers of a picture are none, in words; "" where all are finite. */
  notFinite(entry, plane, probe) {
    const count = this.scale(entry, `${plane.id}/not_finite/${probe % plane.probes}`);
    if (!count) return "";
    return count === 1 ? "1 value is not a number" : `${count.toLocaleString("en")} values are not numbers`;
  }

  /** What is read rather than looked at: numbers, shares and probabilities. */
  write({ entry }, probe) {
    for (const { plane, picture, histogram, said, none } of this.panels) {
      say(none, this.notFinite(entry, plane, probe));
      none.hidden = !none.textContent;
      if (!histogram) continue;
      const beyond = entry.scales[`${plane.id}/beyond`] ?? 0;
      const share = `${number(+(100 * beyond).toPrecision(2))} %`;
      say(said, picture.scale === 0 ? "not recorded" : beyond > 5e-4 ? `${share} beyond` : "");
      const reach = `Colours reach ±${number(picture.scale)}; ${share} of the numbers lie there or beyond.`;
      if (histogram.node.title !== reach) histogram.node.title = reach;
    }
    const missing = this.panels.some(({ plane, picture }) => plane.absent && picture.scale === 0);
    this.absent.style.visibility = missing ? "visible" : "hidden"; // its room stays: nothing jumps
    this.count(entry.numbers[this.card.id] ?? {});
    this.answer?.draw(entry.bars?.[probe], probe, entry.bars ? "its outputs are not numbers" : undefined);
  }

  count(numbers) {
    const names = Object.keys(numbers);
    if (this.named !== names.join()) {
      this.named = names.join();
      this.values = names.map(() => make("dd"));
      this.numbers.replaceChildren();
      names.forEach((name, i) => {
        const pair = make("div");
        pair.append(make("dt", "", name), this.values[i]);
        this.numbers.append(pair);
      });
    }
    names.forEach((name, i) => say(this.values[i], numbers[name]));
  }

  /** The sentence that a reader without eyes on the canvas hears. */
  describe(frame, probe) {
    this.histograms(frame, this.scope.tables);
    const chosen = this.scope.header.probes[probe]?.label;
    for (const { plane, picture, histogram } of this.panels) {
      const scale = number(picture.scale ?? 0);
      const tiles = plane.tiles > 1 ? `${plane.tiles} tiles of ` : "";
      const what = plane.role === "input" ? `input, a ${chosen}` : plane.caption || plane.role;
      const which = plane.probes > 1 && plane.role !== "input" ? ` for the input ${chosen}` : "";
      const said = `${this.card.title}: ${what}${which}, ${tiles}${plane.height} by ${plane.width}`;
      const reach = plane.signed ? `, colours reach ±${scale}` : "";
      const at = ` at step ${frame.entry.step}.`;
      const none = this.notFinite(frame.entry, plane, probe);
      picture.canvas.setAttribute("aria-label", said + reach + (none && `, ${none}`) + (plane.still ? "." : at));
      const spread = `${this.card.title}: how ${plane.caption || "the weights"} are spread, from `;
      histogram?.canvas.setAttribute("aria-label", `${spread}${MINUS}${scale} to ${scale}${at}`);
    }
  }
}
