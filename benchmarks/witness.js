// What a benchmark's page knows of itself: when Train was pressed, what arrived, what was drawn.
(() => {
  const nothing = { called: null, heard: null, drawn: null };
  const witness = (window.__witness = { messages: 0, newest: null, pressed: null, ...nothing });
  const drawn = () => window.__layerscope?.frames ?? 0;

  const pressed = ({ target }) => {
    if (target.closest?.("button")?.innerText.trim().endsWith("Train"))
      Object.assign(witness, { pressed: performance.now(), ...nothing });
  };
  addEventListener("click", pressed, true);

  const firstPicture = () => {
    witness.heard = performance.now();
    const before = drawn();
    const look = () => {
      if (drawn() > before) witness.drawn = performance.now();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  };

  window.WebSocket = class extends WebSocket {
    constructor(address, ...more) {
      super(address, ...more);
      if (!new URL(address, location.href).pathname.includes("/live/")) return;
      if (witness.pressed !== null) witness.called ??= performance.now();
      this.addEventListener("message", ({ data }) => {
        witness.messages++;
        witness.newest = data;
        if (witness.pressed !== null && witness.heard === null) firstPicture();
      });
    }
  };

  /** How many pictures came and were drawn until now, and the clock in seconds. */
  witness.count = () => ({
    seconds: performance.now() / 1000,
    messages: witness.messages,
    drawn: drawn(),
    step: window.__layerscope?.step ?? 0,
  });

  /** The names of the planes in the newest live message. */
  witness.planes = () => {
    if (!witness.newest) return [];
    const length = new DataView(witness.newest).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(witness.newest, 4, length)));
    return Object.keys(header.frames[0].scales);
  };

  /** Move a slider to and fro, a place in every picture of the screen; pictures drawn and seconds. */
  witness.scrub = (slider, milliseconds) =>
    new Promise((resolve) => {
      const [low, high, step] = [slider.min, slider.max, slider.step || 1].map(Number);
      const [last, before, start] = [Math.round((high - low) / step), drawn(), performance.now()];
      let turns = 0;
      const move = (now) => {
        if (now - start >= milliseconds)
          return resolve({ drawn: drawn() - before, turns, seconds: (now - start) / 1000 });
        const place = ++turns % (2 * last);
        slider.value = low + step * (place > last ? 2 * last - place : place);
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        requestAnimationFrame(move);
      };
      requestAnimationFrame(move);
    });
})();
