// Scope, part 3 of 6: the inputs to choose from, and what the network says of the chosen one.

/** A picture of lines, which follow the theme. */
function drawing(width, height, names) {
  const element = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
  const node = element("svg");
  node.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const paths = names.map((name) => {
    const path = element("path");
    path.setAttribute("class", name);
    node.append(path);
    return path;
  });
  return { node, paths };
}

/** An input that is a sequence: its numbers over time, from its lowest to its highest. */
class Lines {
  constructor(count, width, height) {
    Object.assign(this, { width, height }, drawing(width, height, Array(count).fill("")));
    this.node.setAttribute("class", "lines");
    this.node.style.width = `${width}px`;
    this.node.style.height = `${height}px`;
  }

  draw(lines) {
    const [wide, tall] = [this.width - 2, this.height - 2];
    const known = lines.flat().filter((value) => value !== null);
    const [low, high] = [Math.min(...known), Math.max(...known)];
    lines.forEach((line, i) => {
      const x = (place) => (1 + (wide * place) / Math.max(1, line.length - 1)).toFixed(1);
      const y = (value) => (1 + tall * (high > low ? (high - value) / (high - low) : 0.5)).toFixed(1);
      const points = line.map((value, place) => // a gap where a value is no number
        value === null ? "" : `${place && line[place - 1] !== null ? "L" : "M"}${x(place)} ${y(value)}`);
      this.paths[i].setAttribute("d", points.join(""));
    });
  }
}

/** The thumbnails with which one chooses the input. */
class Probes {
  constructor(scope, card) {
    const plane = card.card.planes[0]; // none where the inputs are symbols or sequences
    const inputs = scope.header.probes;
    Object.assign(this, { scope, plane, buttons: [], pictures: [] });
    if (inputs[0]?.lines) {
      this.lines = new Lines(inputs[0].lines.length, 112, 64);
      this.lines.node.setAttribute("role", "img");
      card.body.append(this.lines.node);
    }
    this.text = make("div", "probe-text");
    this.name = make("div", "probe-name");
    this.node = make("div", "probes");
    this.node.setAttribute("role", "group");
    this.node.setAttribute("aria-label", "Input to follow");
    scope.header.probes.forEach((probe, i) => {
      const button = make("button");
      button.type = "button";
      button.title = probe.label;
      button.setAttribute("aria-label", `Input ${i + 1}: ${probe.label}`);
      if (plane) this.thumbnail(button);
      else if (probe.lines) this.line(button, probe.lines);
      else button.append(make("span", "", probe.label));
      button.addEventListener("click", () => scope.choose(i));
      button.addEventListener("keydown", (event) => this.key(event, i));
      this.buttons.push(button);
      this.node.append(button);
    });
    this.node.classList.toggle("words", !plane && !this.lines);
    this.node.hidden = inputs.length < 2; // nothing to choose
    card.body.append(this.text, this.name, this.node);
  }

  thumbnail(button) {
    const picture = new Picture(this.plane);
    picture.canvas.removeAttribute("role");
    picture.canvas.setAttribute("aria-hidden", "true");
    delete picture.canvas.dataset.plane;
    button.append(picture.canvas);
    this.pictures.push(picture);
  }

  line(button, lines) {
    const small = new Lines(lines.length, 30, 20);
    small.node.setAttribute("aria-hidden", "true");
    small.draw(lines);
    button.append(small.node);
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
    say(this.text, this.scope.header.probes[chosen]?.text ?? "");
    if (this.drawn?.[0] === tables && this.drawn[1] === chosen && this.drawn[2] === frame.stillBytes)
      return;
    this.drawn = [tables, chosen, frame.stillBytes];
    const shown = this.scope.header.probes[chosen];
    if (this.lines && shown) {
      this.lines.draw(shown.lines);
      const [many, long] = [shown.lines.length, shown.lines[0].length];
      const what = `${many > 1 ? `${many} lines` : "a line"} of ${long} numbers over time`;
      this.lines.node.setAttribute("aria-label", `input, ${shown.label}: ${what}`);
    }
    this.buttons.forEach((button, i) => {
      button.setAttribute("aria-pressed", String(i === chosen));
      button.tabIndex = i === chosen ? 0 : -1;
      this.pictures[i]?.fit(28, 28, 6);
      this.pictures[i]?.draw(frame.stillBytes, frame.still + this.plane?.offset, i, tables);
    });
  }
}

const MOST_BARS = 12;

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
      const label = make("span", "class", name === " " ? "space" : name);
      label.title = name;
      row.append(label, track, share);
      this.node.append(row);
      return { row, bar, share };
    });
    this.key = make("div", "key", "the true class");
    this.key.hidden = scope.header.probes.every((probe) => probe.class === undefined);
    card.body.append(this.verdict, this.node, this.key);
  }

  draw(shares, probe, why = "no prediction recorded") {
    const { classes, probes } = this.scope.header;
    const truth = probes[probe]?.class;
    const best = shares ? shares.indexOf(Math.max(...shares)) : -1;
    const least = shares?.length > MOST_BARS ? [...shares].sort((a, b) => b - a)[MOST_BARS - 1] : 0;
    this.rows.forEach(({ row, bar, share }, i) => {
      const value = shares?.[i] ?? 0;
      bar.style.transform = `scaleX(${value})`;
      say(share, shares ? `${(100 * value).toFixed(value > 0.0995 ? 0 : 1)} %` : "");
      row.hidden = shares ? value < least && i !== truth : i >= MOST_BARS;
      row.classList.toggle("best", i === best);
      row.classList.toggle("true", i === truth);
      row.setAttribute("aria-label", `${classes[i]}${i === truth ? ", the true class" : ""}`);
    });
    if (best < 0) return say(this.verdict, why);
    const right = best === truth ? ": right" : `: wrong, it is ${classes[truth]}`;
    say(this.verdict, `says ${classes[best]}${truth === undefined ? "" : right}`);
    this.verdict.classList.toggle("right", best === truth);
  }
}

/** Predicted numbers beside the true ones: as numbers, and as a line where they are steps of time. */
class Values {
  constructor(scope, card) {
    this.scope = scope;
    this.verdict = make("div", "verdict", "\u00a0");
    this.lines = make("div", "values");
    this.key = make("div", "key", "the truth");
    card.body.append(this.verdict, this.lines, this.key, make("div", "note", scope.header.quantity));
    const words = ["past", "truth", "says"];
    const { node, paths } = drawing(180, 110, words);
    this.drawing = node;
    this.drawing.setAttribute("role", "img");
    this.paths = Object.fromEntries(words.map((word, i) => [word, paths[i]]));
    this.lines.append(this.drawing);
  }

  draw(says, probe, why = "no prediction recorded") {
    const { truth = [], past = [] } = this.scope.header.probes[probe] ?? {};
    const shown = past.slice(-3 * truth.length - 8);
    const [low, high] = this.reach([...shown, ...truth]);
    const count = Math.max(2, shown.length + truth.length);
    const x = (place) => 4 + (172 * place) / (count - 1);
    const y = (value) => 104 - (98 * (Math.max(low, Math.min(high, value)) - low)) / (high - low);
    const line = (values, from) =>
      values.map((value, i) => `${i ? "L" : "M"}${x(from + i).toFixed(1)} ${y(value).toFixed(1)}`);
    const single = truth.length < 2;
    this.drawing.classList.toggle("single", single);
    if (single) this.mark(truth[0], says?.[0], low, high);
    else {
      const last = shown.slice(-1);
      const from = shown.length - last.length;
      this.paths.past.setAttribute("d", line(shown, 0).join(""));
      this.paths.truth.setAttribute("d", line([...last, ...truth], from).join(""));
      this.paths.says.setAttribute("d", says ? line([...last, ...says], from).join("") : "");
    }
    const told = says ? `says ${number(says[0])}` : why;
    const many = truth.length > 1 ? " for the next step" : "";
    say(this.verdict, says ? `${told}${many}: it is ${number(truth[0])}` : told);
    this.drawing.setAttribute("aria-label", this.verdict.textContent);
  }

  /** The range that is drawn, from the truth alone: it must not move while the network learns. */
  reach(values) {
    const all = this.scope.header.probes.flatMap(({ truth = [] }) => truth);
    const known = values.length > 2 ? values : all;
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const more = 0.2 * (high - low) || 1;
    return [low - more, high + more];
  }

  /** One number: two marks on a line. */
  mark(truth, says, low, high) {
    const x = (value) => 4 + (172 * (Math.max(low, Math.min(high, value)) - low)) / (high - low);
    const tick = (value) => (value === undefined ? "" : `M${x(value).toFixed(1)} 34V76`);
    this.paths.past.setAttribute("d", "M4 55H176");
    this.paths.truth.setAttribute("d", tick(truth));
    this.paths.says.setAttribute("d", tick(says));
  }
}
