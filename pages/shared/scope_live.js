// Scope, part 4 of 7: the line to the server on which live pictures arrive.

/** The server's address of a path of ours, under whatever path the app is served. */
function socketAddress(path) {
  const script = document.querySelector('script[src*="static/js/"]');
  const base = script ? script.src.split("static/js/")[0] : location.origin + "/";
  const address = new URL(path.replace(/^\//, ""), base);
  address.protocol = address.protocol.replace("http", "ws");
  return address.href;
}

/**
 * A WebSocket that calls again when it breaks. `state` is "idle", "connecting" or "open".
 * `heard` gets every message, `told` "failed" when none comes through and "open" once one does
 * again, `changed` is called when the state changes.
 */
class Line {
  constructor({ heard, told, changed }) {
    Object.assign(this, { heard, told, changed, path: null, state: "idle", failures: 0 });
  }

  /** Listen at `path`, or hang up without one. The same path keeps the line that stands. */
  call(path, stays = false) {
    if (stays && path && path === this.path && this.state !== "idle") return;
    clearTimeout(this.timer);
    const { socket } = this;
    Object.assign(this, { socket: null, path: path ?? null, failures: 0, joined: false });
    if (!stays) this.failed = false;
    socket?.close();
    this.state = path ? "connecting" : "idle";
    if (path) this.dial();
  }

  dial() {
    const socket = (this.socket = new WebSocket(socketAddress(this.path)));
    socket.binaryType = "arraybuffer";
    let [opened, spoke] = [false, false];
    SHOWN.sockets++;
    socket.onopen = () => (opened = true);
    socket.onmessage = ({ data }) => {
      if (this.socket !== socket) return;
      if (!spoke) this.join();
      spoke = true;
      this.heard(data);
    };
    socket.onclose = ({ code }) => {
      SHOWN.sockets--;
      if (this.socket !== socket) return;
      this.socket = null;
      this.state = opened && code === 1000 ? "idle" : "connecting"; // 1000: the run has ended
      if (this.state === "connecting") this.again();
      this.changed();
    };
  }

  join() {
    Object.assign(this, { state: "open", failures: 0, joined: true });
    if (this.failed) this.told("open");
    this.failed = false;
    this.changed();
  }

  /** Call again a little later; say so where it never worked or stays away. */
  again() {
    this.failures++;
    if (!this.failed && (!this.joined || this.failures === 5)) {
      this.failed = true;
      this.told("failed");
    }
    this.timer = setTimeout(() => this.dial(), Math.min(10000, 250 * 2 ** this.failures));
  }
}
