// Saving, under a figure of Streamlit's or of ours: the chart or diagram that stands in the same frame.

/** Plotly's own picture of a chart, on the page's ground and in a typeface that every machine has. */
async function chartPicture(node, script, format, ground) {
  const Plotly = await plotly(script);
  const { width, height } = node._fullLayout;
  const layout = structuredClone(node.layout);
  Object.assign(layout, { width, height, autosize: false, paper_bgcolor: ground });
  layout.font = { ...layout.font, family: "Arial, Helvetica, sans-serif" };
  const figure = { data: node.data, layout };
  const text = await Plotly.toImage(figure, { format, width, height, scale: format === "png" ? 2 : 1 });
  return (await fetch(text)).blob();
}

export default function ({ data, parentElement }) {
  const frame = parentElement.closest('[class*="st-key-figure-"]');
  if (!frame || !data) return;
  const give = (format) => {
    const chart = frame.querySelector(".js-plotly-plot");
    if (chart?._fullLayout) return chartPicture(chart, data.script, format, Saving.ground(parentElement));
    const svg = frame.querySelector('[data-testid="stGraphVizChart"] svg');
    if (!svg) throw new Error("it is not drawn yet");
    return Saving.picture(svg.parentElement, format);
  };
  parentElement.querySelector(".saving")?.remove();
  parentElement.append(Saving.buttons(["png", "svg"], "picture", async (format) => give(format), () => data.name));
}
