// Scope, part 7 of 7: the row of cards through time, live from a WebSocket or scrubbed from memory.

class Scope {
  static all = new Set();

  constructor(parent) {
    this.parent = parent;
    this.root = make("div", "scope");
    this.row = make("div", "cards");
    this.row.tabIndex = 0;
    this.row.setAttribute("role", "region");
    this.tip = make("div", "tip");
    this.tip.hidden = true;
    this.transport();
    this.root.append(this.bar, this.row, this.tip);
    parent.append(this.root);
    this.probe = 0;
    this.at = 0;
    Object.assign(this, { timers: {}, told: {}, untold: {} });
    Scope.all.add(this);
    this.line = new Line({
      heard: (message) => {
        this.incoming = message; // the newest wins
        this.later();
      },
      changed: () => this.controls(),
      told: (state) => this.tell("socket", state),
    });
    this.observer = new ResizeObserver(() => this.later(true));
    this.observer.observe(this.root);
    // cards out of sight are not drawn until they come back
    this.sight = new IntersectionObserver((changes) => {
      for (const { target, isIntersecting } of changes) {
        const card = this.cards?.find(({ node }) => node === target);
        if (card) card.seen = isIntersecting;
        if (isIntersecting) this.stale = true;
      }
      if (this.stale) this.later();
    }, { rootMargin: "80px" });
    this.row.addEventListener("scroll", () => this.edges(), { passive: true });
    this.heed = ({ detail }) => detail.from !== this && this.join(detail);
    window.addEventListener("layerscope-together", this.heed);
  }

  /** Tell the other scopes of this page what was chosen here: they show the same of their run. */
  together(chosen) {
    const detail = { from: this, view: this.header.view, ...chosen };
    window.dispatchEvent(new CustomEvent("layerscope-together", { detail }));
  }

  join({ view, step, probe }) {
    if (this.gone || this.header?.view !== view) return;
    if (probe < this.header.probes.length) this.tell("probe", (this.probe = probe), 400);
    if (step !== undefined && this.header.frames.length) {
      this.following = false;
      this.stop();
      this.at = this.nearest(step);
      this.tellStep();
    }
    this.later();
  }

  transport() {
    this.bar = make("div", "transport");
    this.name = make("span", "name");
    this.badge = make("button", "badge");
    this.badge.type = "button";
    this.badge.addEventListener("click", () => this.follow());
    this.play = make("button", "play");
    this.play.type = "button";
    this.play.addEventListener("click", () => this.toggle());
    this.slider = make("input", "slider");
    Object.assign(this.slider, { type: "range", min: 0, step: 1 });
    this.slider.setAttribute("aria-label", "Moment of the run");
    this.slider.addEventListener("input", () => {
      this.following = false; // first, or the handle goes back to the end
      this.stop();
      this.show(this.slider.valueAsNumber);
      this.together({ step: this.header.frames[this.at]?.step });
    });
    this.slider.addEventListener("change", () => this.tellStep());
    this.label = make("output", "label");
    for (const one of [this.play, this.slider, this.badge, this.tip]) one.dataset.unsaved = "";
    const save = Saving.buttons(["png", "svg"], "picture", (format) => this.saved(format), () => this.called());
    this.bar.append(this.play, this.slider, this.label, this.badge, this.name, save);
  }

  /** All of the row as a picture, whatever of it is scrolled out of sight. */
  saved(format) {
    if (!this.frame) throw new Error("nothing is drawn yet");
    for (const card of this.cards) {
      card.draw(this.frame, this.tables, this.probe);
      card.histograms(this.frame, this.tables);
      card.write(this.frame, this.probe);
    }
    const at = this.row.scrollLeft;
    this.row.scrollLeft = 0;
    const picture = Saving.picture(this.root, format);
    this.row.scrollLeft = at;
    return picture;
  }

  /** What a file of this row is named after: its run, the one layer if it shows one, and the moment. */
  called() {
    const { run, view, probes } = this.header;
    const layer = view === "strip" || view === "work" ? "" : this.cards.at(-1).card.id.split("/")[0];
    return Saving.named(run, view, layer, `step-${this.frame.entry.step}`, probes.length > 1 ? `input-${this.probe}` : "");
  }

  /** New bytes from Python, or the same again: keep what stands, draw what changed. */
  update({ data, setStateValue, setTriggerValue }) {
    this.set = setStateValue;
    this.trigger = setTriggerValue;
    const themed = this.theme();
    if (!data?.length) return;
    if (this.packed && same(this.packed.bytes, data)) return themed && this.later();
    this.packed = unpack(data);
    const [header, before] = [this.packed.header, this.header];
    const stays = before?.run === header.run && before?.view === header.view;
    const ended = stays && !this.playing && this.at >= before.frames.length - 1;
    const step = stays ? this.frame?.entry.step : null;
    this.header = header;
    if (!stays) Object.assign(this, { newest: null, probe: header.probe ?? 0, told: {} });
    this.probe = Math.min(this.probe, Math.max(0, header.probes.length - 1));
    this.build(header.cards, header.layout);
    if (!stays || !header.url || header.url !== before.url) this.following = Boolean(header.url);
    this.slider.max = Math.max(0, header.frames.length - 1);
    const asked = header.step !== before?.step && header.step !== this.told.step;
    const wanted = !stays || asked ? header.step : ended ? Infinity : step;
    this.at = this.nearest(wanted ?? (header.autoplay ? -Infinity : Infinity));
    if (!stays) this.playing = false;
    this.line.call(header.url, stays);
    this.controls();
    const moves = window.matchMedia("(prefers-reduced-motion: no-preference)").matches;
    if (!stays && header.autoplay && moves && header.frames.length > 1) this.toggle();
    this.later(true);
  }

  build(cards, layout) {
    const key = JSON.stringify([cards, this.header.classes, this.header.probes, this.header.view]);
    if (key === this.built) return;
    this.built = key;
    this.layout = layout;
    const at = this.row.scrollLeft;
    this.cards = cards.map((card) => new (KINDS[card.kind] ?? Card)(this, card));
    const flows = this.header.view === "strip";
    const nodes = this.cards.flatMap(({ node }, i) => (i && flows ? [this.arrow(), node] : [node]));
    this.row.className = `cards ${this.header.view}`;
    this.row.setAttribute("aria-label", this.header.view === "layer" ? "Weights" : "Layers");
    this.row.replaceChildren(...nodes);
    this.sight.disconnect();
    for (const { node } of this.cards) this.sight.observe(node);
    this.row.scrollLeft = at;
    this.tip.hidden = true;
  }

  arrow() {
    const node = make("span", "arrow", "→");
    node.setAttribute("aria-hidden", "true");
    return node;
  }

  /** The place of the last frame at or before a step. */
  nearest(step) {
    const { frames } = this.header;
    let found = 0;
    while (found + 1 < frames.length && frames[found + 1].step <= step) found++;
    return found;
  }

  theme() {
    const value = getComputedStyle(this.root).getPropertyValue("--st-background-color").trim();
    const probe = (this.pixel ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true }));
    probe.fillStyle = "#ffffff";
    probe.fillStyle = value || "#ffffff";
    probe.fillRect(0, 0, 1, 1);
    const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
    const theme = 0.3 * red + 0.59 * green + 0.11 * blue < 128 ? "dark" : "light";
    if (this.root.dataset.theme === theme) return false;
    this.root.dataset.theme = theme;
    const [warning, striped] = WARNING[theme];
    this.root.style.setProperty("--warning", warning);
    this.root.style.setProperty("--stripe", striped);
    const stripe = blend(striped, warning, 0);
    this.tables = { signed: table(theme, true), unsigned: table(theme, false), stripe };
    return true;
  }

  // -- drawing

  show(at) {
    this.at = at;
    this.later();
  }

  /** Draw in the next picture of the screen, however often it is asked for until then. */
  later(fit) {
    this.refit ||= fit;
    this.waiting ??= requestAnimationFrame((now) => {
      this.waiting = null;
      this.tick(now);
    });
  }

  tick(now) {
    if (this.gone || !this.cards) return;
    if (this.incoming) this.receive(this.incoming);
    if (this.playing) {
      const { length } = this.header.frames;
      const pace = 1000 / Math.min(30, Math.max(3, length / 8));
      this.next ??= now + pace;
      if (now >= this.next) {
        this.at = (this.at + 1) % length;
        this.together({ step: this.header.frames[this.at].step });
        this.next = (now - this.next > 500 ? now : this.next) + (this.at === length - 1 ? 1200 : pace);
      }
      this.later();
    }
    if (this.refit) {
      this.fit();
      this.edges();
    }
    const frame = this.current();
    if (!frame) return this.wait();
    const old = this.frame;
    const stands = old?.entry === frame.entry && this.drawn === this.probe;
    if (stands && this.shade === this.tables && !this.refit && !this.stale) return;
    this.refit = this.stale = false;
    Object.assign(this, { frame, drawn: this.probe, shade: this.tables });
    for (const card of this.cards) if (card.seen) card.draw(frame, this.tables, this.probe);
    // live words change five times a second, as fast as one can read; each change costs the browser
    if (!this.following || now - (this.wrote ?? 0) > 200) this.write(now);
    if (this.pointed) this.hint();
    if (old?.entry !== frame.entry) SHOWN.frames++;
    SHOWN.step = frame.entry.step;
    clearTimeout(this.timers.words);
    this.timers.words = setTimeout(() => this.describe(now), 250);
  }

  /** Nothing is recorded yet: the inputs can be seen already. */
  wait() {
    const { still, bytes } = this.packed;
    const frame = { entry: { scales: {}, numbers: {} }, still, stillBytes: bytes };
    const first = this.cards[0];
    if (first?.card.kind === "input") first.draw(frame, this.tables, this.probe);
  }

  current() {
    const { packed, header } = this;
    const still = { still: packed.still, stillBytes: packed.bytes };
    const newest = this.newest?.layout === this.layout && { ...this.newest, ...still };
    if (this.following && newest) return newest;
    const entry = header.frames[this.at];
    if (!entry) return newest || null;
    return { entry, bytes: packed.bytes, start: packed.first + this.at * header.frame_bytes, ...still };
  }

  fit() {
    const room = this.row.clientWidth;
    const large = this.header.view === "layer";
    const broad = Math.max(...this.cards.map((one) => one.broadest)) / sharpness(this.root);
    const most = Math.floor((room + 12) / (12 + Math.max(320, broad + 26)));
    const side = Math.max(1, Math.min(this.cards.length, most));
    const card = Math.floor(large ? (room - 12 * (side - 1)) / side : room) - 26;
    this.row.style.setProperty("--side", side);
    for (const one of this.cards) one.most = undefined;
    for (const one of this.cards) one.fit(card);
    const excess = this.row.scrollWidth - room;
    const widest = this.cards.reduce((a, b) => (b.wide > a.wide ? b : a), this.cards[0]);
    if (large || excess <= 0 || widest.wide - excess < 0.7 * widest.wide) return;
    widest.most = widest.wide - excess; // a little narrower, and all of the strip can be seen
    widest.fit(card);
  }

  /** Fade the sides at which more cards wait. */
  edges() {
    const { scrollLeft, scrollWidth, clientWidth } = this.row;
    this.row.classList.toggle("before", scrollLeft > 2);
    this.row.classList.toggle("after", scrollLeft + clientWidth < scrollWidth - 2);
  }

  write(now) {
    this.wrote = now;
    const { step, epoch, loss } = this.frame.entry;
    for (const card of this.cards) if (card.seen) card.write(this.frame, this.probe);
    const parts = [`step ${step.toLocaleString("en")}`];
    if (epoch !== null) parts.push(`epoch ${epoch.toFixed(2)}`);
    if (loss !== null) parts.push(`loss ${loss.toFixed(3)}`);
    say(this.label, parts.join(" · "));
    if (!this.following) this.slider.value = this.at;
    this.slider.setAttribute("aria-valuetext", parts.join(", "));
  }

  describe(now) {
    if (!this.frame || this.gone) return;
    if (this.following) this.write(now);
    for (const card of this.cards) card.describe(this.frame, this.probe);
  }

  // -- controls

  controls() {
    const many = this.header.frames.length > 1;
    this.play.hidden = this.slider.hidden = !many;
    this.bar.classList.toggle("still", !many);
    say(this.name, this.header.title ?? "");
    this.play.setAttribute("aria-label", this.playing ? "Pause" : "Play the moments");
    this.play.classList.toggle("on", Boolean(this.playing));
    const { state: line } = this.line;
    const state = line === "open" ? (this.following ? "live" : "to live") : line;
    this.badge.hidden = line === "idle";
    this.badge.dataset.state = state;
    say(this.badge, state);
    this.badge.disabled = state !== "to live";
    if (this.following) this.slider.value = this.slider.max;
  }

  toggle() {
    this.playing = !this.playing;
    this.following = false;
    this.next = undefined;
    if (this.playing && this.at >= this.header.frames.length - 1) this.at = 0;
    this.controls();
    if (!this.playing) this.tellStep();
    this.later();
  }

  stop() {
    this.playing = false;
    this.controls();
  }

  follow() {
    this.stop();
    this.following = true;
    this.controls();
    this.later();
  }

  choose(probe) {
    this.probe = probe;
    this.tip.hidden = true;
    this.tell("probe", probe, 400);
    this.together({ probe });
    this.later();
  }

  tellStep() {
    const step = this.header.frames[this.at]?.step;
    if (step !== undefined) this.tell("step", step, 300);
  }

  tell(name, value, wait = 0) {
    clearTimeout(this.timers[name]);
    this.untold[name] = value;
    this.timers[name] = setTimeout(() => this.send(name), wait);
  }

  send(name) {
    clearTimeout(this.timers[name]);
    this.told[name] = this.untold[name];
    delete this.untold[name];
    this.set(name, this.told[name]);
  }

  /** Tell of a press. It is gone after one run of the page, which nothing told later may cut short. */
  press(name, value) {
    for (const scope of Scope.all) for (const waiting of Object.keys(scope.untold)) scope.send(waiting);
    this.trigger(name, value);
  }

  watchPointer(panel) {
    const { canvas } = panel.picture;
    canvas.addEventListener("pointermove", (event) => {
      const [x, y] = pointOn(canvas, event);
      this.pointed = { panel, x, y };
      this.hint();
    });
    canvas.addEventListener("pointerleave", () => {
      this.pointed = null;
      this.tip.hidden = true;
    });
    if (!this.opens(panel)) return;
    canvas.style.cursor = "pointer";
    canvas.addEventListener("click", (event) => {
      const found = panel.picture.under(...pointOn(canvas, event));
      if (found) this.open(panel.plane.id.split("/")[0], found.at);
    });
  }

  /** Ask for the arithmetic of a number: of this layer, in this cell, at what is shown just now. */
  open(layer, cell) {
    this.press("unit", [layer, ...cell, this.frame.entry.step, this.probe].join(":"));
  }

  /** Whether a click on a picture opens the arithmetic of the number that is there. */
  opens({ plane }) {
    return this.header.opens && /\/(output|slope)$/.test(plane.id);
  }

  hint() {
    const { panel, x, y } = this.pointed;
    const found = panel.picture.under(x, y);
    this.tip.hidden = !found;
    if (!found) return;
    const shares = found.shares ?? [found.share];
    const value = shares.map((share) => number(share * (panel.picture.scale ?? 1))).join(", ");
    say(this.tip, `${found.name}  ≈ ${value}${this.opens(panel) ? "  · click: how it is made" : ""}`);
    const [box, at] = [this.root.getBoundingClientRect(), panel.picture.canvas.getBoundingClientRect()];
    const zoom = box.width / this.root.offsetWidth;
    const left = Math.min((at.left - box.left) / zoom + x + 14, this.root.offsetWidth - this.tip.offsetWidth - 4);
    const top = (at.top - box.top) / zoom + y;
    this.tip.style.left = `${Math.max(4, left)}px`;
    this.tip.style.top = `${top > 40 ? top - 34 : top + 18}px`;
  }

  // -- live

  receive(message) {
    this.incoming = null;
    const { header, bytes, first } = unpack(new Uint8Array(message));
    if (!header.frames?.length) return;
    if (header.layout !== this.layout && header.layer_cards) this.relay(header);
    this.newest = { entry: header.frames[0], bytes, start: first, layout: header.layout };
  }

  /** The live planes are laid out otherwise than the first message said: take the new cards. */
  relay({ layer_cards: cards, layout }) {
    const [first, last] = [this.header.cards[0], this.header.cards.at(-1)];
    const ends = [first?.kind === "input" ? [first] : [], last?.kind === "prediction" ? [last] : []];
    Object.assign(this.header, { frames: [] });
    this.header.cards = [...ends[0], ...cards, ...ends[1]];
    this.build(this.header.cards, layout);
    this.following = true;
    this.controls();
    this.refit = true;
  }

  end() {
    this.gone = true;
    Scope.all.delete(this);
    window.removeEventListener("layerscope-together", this.heed);
    this.line.call(null);
    this.observer.disconnect();
    this.sight.disconnect();
    cancelAnimationFrame(this.waiting);
    Object.values(this.timers).forEach(clearTimeout);
    this.root.remove();
  }
}

/** Called at mount and again at every rerun and change of theme, with the same parent. */
export default function mount(component) {
  const { parentElement } = component;
  let scope = parentElement.__scope;
  if (!(scope instanceof Scope) || scope.gone) {
    scope?.end();
    scope = parentElement.__scope = new Scope(parentElement);
  }
  scope.update(component);
  const turn = (scope.turn = {});
  // A newer call takes over: only the last one's cleanup ends the scope.
  return () => setTimeout(() => scope.turn === turn && scope.end(), 50);
}
