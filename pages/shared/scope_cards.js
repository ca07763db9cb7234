// Scope, part 2 of 4: a card with its pictures and numbers, the inputs, the prediction.

class Card {
  constructor(scope, card) {
    Object.assign(this, { scope, card, panels: [], seen: true });
    this.node = make("article", `card ${card.kind}`);
    this.node.dataset.card = card.id;
    const title = make("button", "title", card.title);
    title.type = "button";
    title.title = `Choose ${card.title}`;
    title.addEventListener("click", () => scope.tell("layer", card.id));
    const head = make("header");
    head.append(title, make("span", "sizes", card.sizes ?? ""));
    this.body = make("div", "body");
    const foot = make("footer");
    this.node.append(head, make("div", "formula", card.formula), this.body, foot);
    for (const plane of card.planes) if (plane.role !== "histogram") this.panel(plane);
    if (card.kind === "input") this.probes = new Probes(scope, this);
    if (card.kind === "prediction") this.bars = new Bars(scope, this);
    this.numbers = make("dl", "numbers");
    if (card.note) foot.append(make("div", "note", card.note));
    foot.append(this.numbers);
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
    node.append(frame);
    const drawn = this.card.planes.find((one) => one.id === `${plane.id}/histogram`);
    const histogram = drawn && new Histogram(drawn, plane.role);
    if (histogram) node.append(histogram.node);
    const panel = { plane, picture, histogram, node, said, dot };
    this.panels.push(panel);
    this.body.append(node);
    this.scope.watchPointer(panel);
  }

  /** Lay the pictures out in a card whose content is at most `width` wide. */
  fit(width) {
    const large = this.scope.header.view === "layer";
    let column = Math.min(width, 112); // what the pictures under the first one line up with
    for (const { plane, picture, histogram, node } of this.panels) {
      const weight = plane.role === "weight" || plane.role === "gradient";
      if (large) picture.fit(width, 640, 24, plane.tiles > 1 ? "free" : "");
      else if (weight) picture.fit(Math.min(width, this.most ?? 520), 300, this.cell(plane));
      else if (plane.tiles > 1) picture.fit(Math.min(width, 190), 150, 12);
      else if (plane.cell === "unit") picture.fit(column, node.previousSibling ? 64 : 224, 16);
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
      const scale = frame.entry.scales[plane.id] ?? 1;
      const bytes = plane.still ? frame.stillBytes : frame.bytes;
      const start = plane.still ? frame.still : frame.start;
      picture.draw(bytes, start + plane.offset, probe, tables);
      picture.scale = scale;
      node.classList.toggle("missing", Boolean(histogram) && scale === 0);
      histogram?.draw(bytes, start + histogram.plane.offset, scale, tables);
    }
    this.probes?.draw(tables, probe, frame);
  }

  /** What is read rather than looked at: numbers, shares and probabilities. */
  write({ entry }, probe) {
    for (const { plane, picture, histogram, said } of this.panels) {
      if (!histogram) continue;
      const beyond = entry.scales[`${plane.id}/beyond`] ?? 0;
      const share = `${number(+(100 * beyond).toPrecision(2))} %`;
      say(said, picture.scale === 0 ? "not recorded" : beyond > 5e-4 ? `${share} beyond` : "");
      const reach = `Colours reach ±${number(picture.scale)}; ${share} of the numbers lie there or beyond.`;
      if (histogram.node.title !== reach) histogram.node.title = reach;
    }
    this.count(entry.numbers[this.card.id] ?? {});
    this.bars?.draw(entry.bars?.[probe], probe);
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
    const chosen = this.scope.header.probes[probe]?.label;
    for (const { plane, picture, histogram } of this.panels) {
      const scale = number(picture.scale ?? 0);
      const tiles = plane.tiles > 1 ? `${plane.tiles} tiles of ` : "";
      const what = plane.role === "input" ? `input, a ${chosen}` : plane.caption || plane.role;
      const which = plane.probes > 1 && plane.role !== "input" ? ` for the input ${chosen}` : "";
      const said = `${this.card.title}: ${what}${which}, ${tiles}${plane.height} by ${plane.width}`;
      const reach = plane.signed ? `, colours reach ±${scale}` : "";
      const at = ` at step ${frame.entry.step}.`;
      picture.canvas.setAttribute("aria-label", said + reach + (plane.still ? "." : at));
      const spread = `${this.card.title}: how ${plane.caption || "the weights"} are spread, from `;
      histogram?.canvas.setAttribute("aria-label", `${spread}${MINUS}${scale} to ${scale}${at}`);
    }
  }
}

/** The thumbnails with which one chooses the input. */
class Probes {
  constructor(scope, card) {
    const plane = card.card.planes[0];
    Object.assign(this, { scope, plane, buttons: [], pictures: [] });
    this.name = make("div", "probe-name");
    this.node = make("div", "probes");
    this.node.setAttribute("role", "group");
    this.node.setAttribute("aria-label", "Input to follow");
    scope.header.probes.forEach((probe, i) => {
      const button = make("button");
      button.type = "button";
      button.title = probe.label;
      button.setAttribute("aria-label", `Input ${i + 1}: ${probe.label}`);
      const picture = new Picture(plane);
      picture.canvas.removeAttribute("role");
      picture.canvas.setAttribute("aria-hidden", "true");
      delete picture.canvas.dataset.plane;
      button.append(picture.canvas);
      button.addEventListener("click", () => scope.choose(i));
      button.addEventListener("keydown", (event) => this.key(event, i));
      this.buttons.push(button);
      this.pictures.push(picture);
      this.node.append(button);
    });
    card.body.append(this.name, this.node);
  }

  key(event, from) {
    const move = { ArrowLeft: -1, ArrowUp: -3, ArrowRight: 1, ArrowDown: 3 }[event.key];
    if (!move) return;
    event.preventDefault();
    const to = (from + move + this.buttons.length) % this.buttons.length;
    this.scope.choose(to);
    this.buttons[to].focus();
  }

  draw(tables, chosen, frame) {
    say(this.name, this.scope.header.probes[chosen]?.label ?? "");
    if (this.drawn?.[0] === tables && this.drawn[1] === chosen && this.drawn[2] === frame.stillBytes)
      return;
    this.drawn = [tables, chosen, frame.stillBytes];
    this.buttons.forEach((button, i) => {
      button.setAttribute("aria-pressed", String(i === chosen));
      button.tabIndex = i === chosen ? 0 : -1;
      this.pictures[i].fit(28, 28, 6);
      this.pictures[i].draw(frame.stillBytes, frame.still + this.plane.offset, i, tables);
    });
  }
}

/** The probabilities of the prediction, the true class marked. */
class Bars {
  constructor(scope, card) {
    this.scope = scope;
    this.verdict = make("div", "verdict", "\u00a0");
    this.node = make("ol", "bars");
    this.rows = scope.header.classes.map((name) => {
      const row = make("li");
      const [bar, share] = [make("b"), make("span", "share")];
      const track = make("span", "track");
      track.append(bar);
      const label = make("span", "class", name);
      label.title = name;
      row.append(label, track, share);
      this.node.append(row);
      return { row, bar, share };
    });
    this.key = make("div", "key", "the true class");
    card.body.append(this.verdict, this.node, this.key);
  }

  draw(shares, probe) {
    const { classes, probes } = this.scope.header;
    const truth = probes[probe]?.class;
    const best = shares ? shares.indexOf(Math.max(...shares)) : -1;
    this.rows.forEach(({ row, bar, share }, i) => {
      const value = shares?.[i] ?? 0;
      bar.style.transform = `scaleX(${value})`;
      say(share, shares ? `${(100 * value).toFixed(value > 0.0995 ? 0 : 1)} %` : "");
      row.classList.toggle("best", i === best);
      row.classList.toggle("true", i === truth);
      row.setAttribute("aria-label", `${classes[i]}${i === truth ? ", the true class" : ""}`);
    });
    if (best < 0) return say(this.verdict, "no prediction recorded");
    const right = best === truth ? ": right" : `: wrong, it is ${classes[truth]}`;
    say(this.verdict, `says ${classes[best]}${truth === undefined ? "" : right}`);
    this.verdict.classList.toggle("right", best === truth);
  }
}
