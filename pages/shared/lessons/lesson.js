// Lessons: the whole: controls from data, and one drawing that follows them, with no server.

class Lesson {
  constructor(parent, { name, controls, numbers, colours }) {
    Object.assign(this, { name, colours, values: {}, fields: {} });
    this.root = parent.appendChild(make("div", "lesson"));
    this.panel = this.root.appendChild(make("div", "controls"));
    for (const control of controls) this.control(control);
    const again = this.panel.appendChild(make("button", "", "Start again"));
    again.type = "button";
    again.dataset.unsaved = "";
    again.addEventListener("click", () => {
      for (const control of controls) this.set(control.name, control.default);
      this.later();
    });
    this.words = this.root.appendChild(make("div", "words"));
    this.pictures = this.root.appendChild(make("div", "pictures"));
    const whole = (format) => Saving.picture(this.root, format);
    const picture = Saving.buttons(["png", "svg"], "picture", whole, () => Saving.named(name));
    this.numbers = new Numbers(this);
    this.numbers.node.after(picture);
    this.theme();
    this.show(numbers);
    this.observer = new ResizeObserver(() => this.later());
    this.observer.observe(this.root);
  }

  /** Draw these numbers from now on; the same ones again change nothing. */
  show(numbers) {
    const told = JSON.stringify(numbers);
    if (told === this.told) return;
    this.told = told;
    this.pictures.replaceChildren();
    this.panels = [];
    this.draw = DRAWINGS[this.name](this, numbers);
  }

  control({ name, title, low, high, step, choices, longest, default: start }) {
    const label = this.panel.appendChild(make("label"));
    const head = label.appendChild(make("span", "", title));
    const plain = choices.length || longest; // a menu or a text shows its own value
    const shown = plain ? null : head.appendChild(make("b"));
    const field = make(choices.length ? "select" : "input");
    shown?.setAttribute("aria-hidden", "true"); // the field itself says its number
    if (choices.length) for (const choice of choices) field.append(new Option(choice, choice));
    else if (longest) Object.assign(field, { type: "text", maxLength: longest, spellcheck: false, autocomplete: "off" });
    else Object.assign(field, { type: "range", min: low, max: high, step });
    field.name = name;
    field.setAttribute("aria-label", title);
    label.append(field);
    this.fields[name] = { field, shown, step };
    field.addEventListener("input", () => {
      this.set(name, plain ? field.value : field.valueAsNumber);
      this.later();
    });
    this.set(name, start);
  }

  set(name, value) {
    const { field, shown, step } = this.fields[name];
    this.values[name] = value;
    if (field.value !== String(value)) field.value = value; // a text's cursor stays where it is
    if (shown) say(shown, number(value, step < 1 ? 2 : 0));
  }

  say(...lines) {
    while (this.words.children.length < lines.length) this.words.append(make("p"));
    lines.forEach((line, at) => say(this.words.children[at], line));
  }

  theme() {
    const style = getComputedStyle(this.root);
    this.ink = style.getPropertyValue("--st-text-color").trim() || "#1f2933";
    this.paper = style.getPropertyValue("--st-background-color").trim() || "#ffffff";
    const [red, green, blue] = /^#[0-9a-f]{6}/i.test(this.paper)
      ? [1, 3, 5].map((at) => parseInt(this.paper.slice(at, at + 2), 16)) : [255, 255, 255];
    this.root.style.colorScheme = red + green + blue < 384 ? "dark" : "light";
    this.font = style.fontFamily;
    this.room = Math.max(200, this.root.clientWidth - 4);
  }

  /** Draw in the next picture of the screen, however often it is asked for until then. */
  later() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      if (!this.root.isConnected) return;
      this.theme();
      this.draw(this.values);
      this.numbers.later();
      (window.__layerscope ??= { frames: 0, sockets: 0, step: null }).frames++;
    });
  }

  end() {
    this.observer.disconnect();
    this.root.remove();
  }
}

/** Called at mount and again at every rerun and change of theme: what stands goes on. */
export default function mount({ parentElement, data }) {
  if (!data) return;
  let lesson = parentElement.__lesson;
  if (!lesson?.root.isConnected || lesson.name !== data.name) {
    lesson?.end();
    lesson = parentElement.__lesson = new Lesson(parentElement, data);
  }
  lesson.show(data.numbers);
  lesson.later();
}
