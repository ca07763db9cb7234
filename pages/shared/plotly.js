// Plotly, found and loaded once a page, whoever asks for it first.

const pause = 10000; // milliseconds before a script that did not load is tried again

// The folder the app is served from, with any base path: Streamlit's own scripts lie in static/js/ in it.
function appRoot() {
  const script = document.querySelector('script[src*="static/js/"]');
  const cut = script ? script.src.indexOf("static/js/") : -1;
  return cut > 0 ? script.src.slice(0, cut) : new URL("./", document.baseURI).href;
}

// Plotly, loaded once a page for all charts on it.
function plotly(path) {
  if (window.Plotly?.react) return Promise.resolve(window.Plotly);
  window.layerscopePlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(path, appRoot()).href;
    script.onload = () => (window.Plotly?.react ? resolve(window.Plotly) : reject(new Error()));
    script.onerror = () => reject(new Error());
    document.head.append(script);
  }).catch((error) => {
    setTimeout(() => delete window.layerscopePlotly, pause);
    throw error;
  });
  return window.layerscopePlotly;
}
