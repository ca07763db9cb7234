// A live Plotly chart: one node, drawn anew in place whenever the page sends another figure.

const charts = new WeakMap(); // node -> the chart's state
const patience = 1000; // milliseconds before a chart says that it waits, or is drawn out of sight

function say(node, words) {
  let place = node.querySelector(".layerscope-chart-words");
  if (!words) return place?.remove();
  if (!place) {
    place = document.createElement("p");
    place.className = "layerscope-chart-words";
    place.setAttribute("role", "status");
    node.prepend(place);
  }
  place.textContent = words;
}

// The page's own colours and font, so that the chart belongs to it in light and in dark.
function inPageColours(node, layout) {
  const page = getComputedStyle(node);
  const get = (name, otherwise) => page.getPropertyValue(name).trim() || otherwise;
  const template = ((layout.template ??= {}).layout ??= {});
  const text = get("--st-text-color", template.font?.color);
  const line = get("--st-border-color-light", "rgba(128,132,140,0.25)");
  template.font = { ...template.font, color: text, family: get("--st-font", "sans-serif") };
  for (const axis of ["xaxis", "yaxis"]) {
    template[axis] = { ...template[axis], gridcolor: line, zerolinecolor: line };
  }
  template.hoverlabel = {
    ...template.hoverlabel,
    bgcolor: get("--st-background-color", undefined),
    bordercolor: line,
    font: { ...template.hoverlabel?.font, color: text },
  };
  template.modebar = { ...template.modebar, color: line, activecolor: text };
}

// Out of sight a chart is drawn once, a little later, and does not change: the live pictures above
// have the browser to themselves.
function due(state) {
  return state.seen || (!state.drawn && !state.late);
}

async function draw(node, state) {
  if (state.busy) return; // whoever draws goes on with the newest figure
  state.busy = true;
  try {
    while (state.bytes && due(state) && !state.gone && node.clientWidth > 0) {
      const { bytes } = state;
      state.bytes = null;
      const { script, lacking, key, config, figure, words } = JSON.parse(new TextDecoder().decode(bytes));
      node.style.height = `${figure.layout.height}px`;
      const waiting = setTimeout(() => say(node, "The chart is on its way …"), patience);
      let Plotly;
      try {
        Plotly = await plotly(script);
      } catch {
        say(
          node,
          `This chart cannot be drawn: its library, ${script}, did not load. ` +
            (lacking
              ? `The reason: ${lacking}. `
              : "Either the connection broke, or something between this browser and the server " +
                "does not pass it on. ") +
            "It is tried again by itself.",
        );
        state.bytes ??= bytes;
        state.retry = setTimeout(() => draw(node, state), pause + 100);
        return;
      } finally {
        clearTimeout(waiting);
      }
      if (state.gone) return;
      say(node, "");
      const { layout } = figure;
      inPageColours(node, layout);
      layout.uirevision ??= key;
      layout.width = node.clientWidth;
      // A finger that moves over a chart scrolls the page.
      if (matchMedia("(pointer: coarse)").matches) layout.dragmode = false;
      await Plotly.react(node, figure.data, layout, { ...config, responsive: false });
      state.heard ??= node.on("plotly_click", ({ points }) => {
        const named = points[0]?.customdata?.[0] ?? points[0]?.data.meta;
        if (typeof named === "string" && named) state.press("pressed", named);
      });
      sliders(node, state, figure.frames, layout);
      state.width = layout.width;
      state.drawn = bytes;
      node.setAttribute("role", "img");
      node.setAttribute("aria-label", words);
    }
  } catch (error) {
    say(node, `This chart cannot be drawn: ${error.message}`);
  } finally {
    state.busy = false;
  }
}

function begin(node) {
  const state = { bytes: null, drawn: null, width: 0, busy: false, gone: false };
  state.sight = new IntersectionObserver((changes) => {
    state.seen = changes.at(-1).isIntersecting;
    draw(node, state);
  });
  state.sight.observe(node);
  state.late = setTimeout(() => {
    state.late = null;
    draw(node, state);
  }, patience);
  state.observer = new ResizeObserver(() => {
    if (node.clientWidth === state.width) return;
    state.bytes ??= state.drawn;
    requestAnimationFrame(() => draw(node, state));
  });
  state.observer.observe(node);
  charts.set(node, state);
  return state;
}

// A figure's frames, by the number that each group of them stands for: a slider a group, which redraws
// the traces here in the browser. What a person chose stays when the page sends the figure again.
function sliders(node, state, frames, layout) {
  const groups = new Map();
  for (const frame of frames ?? []) groups.set(frame.group, [...(groups.get(frame.group) ?? []), frame]);
  const key = JSON.stringify([...groups].map(([title, all]) => [title, all.map(({ name }) => name)]));
  state.frames = groups;
  if (state.sliders !== key) {
    state.sliders = key;
    state.box?.remove();
    state.box = document.createElement("div");
    state.box.className = "layerscope-chart-sliders";
    for (const [title, all] of groups) {
      const [label, input, said] = ["label", "input", "output"].map((tag) => document.createElement(tag));
      const at = all.findIndex(({ name }) => name === layout.meta?.sliders?.[title]);
      Object.assign(input, { type: "range", min: 0, max: all.length - 1, step: 1 });
      input.value = Math.max(0, at);
      const tell = () => {
        said.textContent = all[input.value].name;
        input.setAttribute("aria-valuetext", `${title} ${said.textContent}`);
      };
      input.addEventListener("input", () => {
        tell();
        state.moved ??= new Map();
        state.moved.set(title, input.valueAsNumber);
        state.turn ??= requestAnimationFrame(() => {
          state.turn = null;
          move(node, state);
        });
      });
      label.append(`${title} `, input, said);
      state.box.append(label);
      tell();
    }
    node.before(state.box);
  }
  if (state.moved) move(node, state);
}

// What of a layout is to change, by Plotly's names ("shapes[0].x1"): a band that moves costs a third of
// a layout that is given anew.
function differing(now, wanted, path = "") {
  if (wanted === null || typeof wanted !== "object") return now === wanted ? {} : { [path]: wanted };
  const list = Array.isArray(wanted);
  const alike = now && typeof now === "object" && Array.isArray(now) === list && (!list || now.length === wanted.length);
  if (!alike) return { [path]: wanted };
  const parts = Object.entries(wanted).map(([name, value]) =>
    differing(now[name], value, list ? `${path}[${name}]` : path ? `${path}.${name}` : name));
  return Object.assign({}, ...parts);
}

function move(node, state) {
  for (const [title, at] of state.moved) {
    const frame = state.frames.get(title)?.[at];
    if (!frame) continue;
    const change = {};
    frame.data.forEach((trace, i) => {
      for (const [name, value] of Object.entries(trace)) {
        if (name !== "type") (change[name] ??= Array(frame.data.length))[i] = value;
      }
    });
    window.Plotly.update(node, change, differing(node.layout, frame.layout ?? {}), frame.traces);
  }
  (window.__layerscope ??= { frames: 0, sockets: 0, step: null }).frames++;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const node = parentElement.querySelector(".layerscope-chart");
  if (!node || !data) return;
  const state = charts.get(node) ?? begin(node);
  state.bytes = data;
  state.press = setTriggerValue;
  draw(node, state);
  return () => {
    state.gone = true;
    state.observer.disconnect();
    state.sight.disconnect();
    clearTimeout(state.late);
    clearTimeout(state.retry);
    charts.delete(node);
    state.box?.remove();
    window.Plotly?.purge?.(node);
  };
}
