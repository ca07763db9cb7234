// Saving: what stands on the page as files: a drawn part of it as SVG or PNG, numbers as CSV.

const Saving = (() => {
  const MOST_PIXELS = 16e6; // more, and some browsers give an empty picture
  const RIM = 12; // around what is drawn, in CSS pixels
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const known = new Map();

  /** A colour of the page, however it is written, as [red, green, blue, alpha]. */
  function colour(text) {
    if (!known.has(text)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = "#000";
      pen.fillStyle = text;
      pen.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
      known.set(text, [red, green, blue, +(alpha / 255).toFixed(3)]);
    }
    return known.get(text);
  }

  /** The page's colour behind a node, which everything saved stands on. */
  const ground = (node) => getComputedStyle(node).getPropertyValue("--st-background-color").trim() || "#ffffff";

  /** What a part of the page shows, as boxes, texts, canvases and drawings at their places. */
  function seen(root) {
    const frame = root.getBoundingClientRect();
    const zoom = frame.width / root.offsetWidth || 1;
    const found = [];
    const placed = ({ left, top, width, height }) => ({
      x: (left - frame.left) / zoom, y: (top - frame.top) / zoom, width: width / zoom, height: height / zoom,
    });

    function box(style, place, alpha) {
      const fill = colour(style.backgroundColor);
      const sides = ["Top", "Right", "Bottom", "Left"].filter((side) =>
        style[`border${side}Style`] !== "none" && parseFloat(style[`border${side}Width`]) > 0);
      const line = sides.length ? colour(style[`border${sides[0]}Color`]) : null;
      const wide = sides.length ? parseFloat(style[`border${sides[0]}Width`]) : 0;
      const round = Math.min(parseFloat(style.borderTopLeftRadius) || 0, place.height / 2);
      if (fill[3] || sides.length === 4)
        found.push({ kind: "box", ...place, fill, line: sides.length === 4 ? line : null, wide, round, alpha });
      if (sides.length === 1 && sides[0] !== "Left" && sides[0] !== "Right") {
        const y = sides[0] === "Top" ? place.y : place.y + place.height - wide;
        found.push({ kind: "box", ...place, y, height: wide, fill: line, line: null, round: 0, alpha });
      }
    }

    /** What stands before a text and is no node of its own: a sign, a coloured square, a line. */
    function before(node, alpha) {
      const style = getComputedStyle(node, "::before");
      if (style.content === "none") return;
      const { x, y, height } = placed(node.getBoundingClientRect());
      const sign = style.content.match(/^"(.+?)"/)?.[1];
      const [wide, tall] = [parseFloat(style.width) || 0, parseFloat(style.height) || 0];
      if (sign) line(sign, { x: x + (parseFloat(style.left) || 0), y, width: 0, height }, style, alpha);
      else if (wide) box(style, { x, y: y + (height - tall) / 2, width: wide, height: tall }, alpha);
    }

    function line(text, place, style, alpha) {
      const [size, family] = [parseFloat(style.fontSize), style.fontFamily];
      found.push({ kind: "text", text, ...place, size, family, weight: style.fontWeight, fill: colour(style.color), alpha });
    }

    function words(node, style, alpha) {
      const [range, lines] = [document.createRange(), []];
      for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        const place = placed(range.getBoundingClientRect());
        const last = lines.at(-1);
        if (last && Math.abs(last.place.y - place.y) < 2) {
          last.text += ` ${word}`;
          last.place.width = place.x + place.width - last.place.x;
        } else if (place.width) lines.push({ text: word, place });
      }
      for (const { text, place } of lines) {
        const owner = placed(node.parentElement.getBoundingClientRect());
        const over = style.textOverflow === "ellipsis" && place.x + place.width > owner.x + owner.width + 1;
        if (!over) line(text, place, style, alpha);
        else {
          const width = Math.max(0, owner.x + owner.width - place.x);
          const letters = Math.max(1, Math.floor((text.length * width) / place.width) - 1);
          line(`${text.slice(0, letters)}…`, { ...place, width }, style, alpha);
        }
      }
    }

    function walk(node, around, alpha) {
      if (node.nodeType === Node.TEXT_NODE) return words(node, around, alpha);
      if (node.nodeType !== Node.ELEMENT_NODE || node.dataset.unsaved !== undefined) return;
      const style = getComputedStyle(node);
      if (style.display === "none" || style.visibility === "hidden") return;
      alpha *= Number(style.opacity);
      const place = placed(node.getBoundingClientRect());
      if (node.localName === "canvas") {
        if (node.width && node.height) found.push({ kind: "canvas", node, ...place, crisp: style.imageRendering === "pixelated", alpha });
      } else if (node.localName === "svg") found.push({ kind: "drawing", text: inlined(node, place), ...place, alpha });
      else if (/^(input|select)$/.test(node.localName)) {
        if (node.type === "range") return;
        box(style, place, alpha);
        const { height } = place;
        line(node.value, { ...place, x: place.x + 8, y: place.y, width: 0, height }, style, alpha);
      } else {
        if (place.width && place.height) box(style, place, alpha);
        before(node, alpha);
        for (const child of node.childNodes) walk(child, style, alpha);
      }
    }

    walk(root, getComputedStyle(root), 1);
    const reach = (side, long) => Math.ceil(Math.max(1, ...found.map((one) => one[side] + one[long]))) + 2 * RIM;
    return { found, width: reach("x", "width"), height: reach("y", "height"), ground: colour(ground(root)) };
  }

  /** A drawing of the page with its looks written into it, as a text of SVG. */
  function inlined(node, { width, height }) {
    const copy = node.cloneNode(true);
    const [from, to] = [node, copy].map((one) => [one, ...one.querySelectorAll("*")]);
    from.forEach((one, at) => {
      const style = getComputedStyle(one);
      for (const name of ["fill", "stroke", "color"]) {
        if (style[name] && style[name] !== "none") to[at].setAttribute(name, rgb(colour(style[name])));
        else if (name !== "color") to[at].setAttribute(name, "none");
      }
      for (const name of ["stroke-width", "stroke-dasharray", "stroke-linejoin"])
        to[at].setAttribute(name, style.getPropertyValue(name));
      if (one.localName === "text") for (const name of ["font-size", "font-weight", "font-family"])
        to[at].setAttribute(name, style.getPropertyValue(name));
      to[at].removeAttribute("style");
    });
    for (const link of copy.querySelectorAll("a"))
      for (const { name } of [...link.attributes]) if (/href/.test(name)) link.removeAttribute(name);
    copy.setAttribute("width", width);
    copy.setAttribute("height", height);
    if (!copy.hasAttribute("viewBox")) copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    return new XMLSerializer().serializeToString(copy);
  }

  const rgb = ([red, green, blue, alpha]) => `rgba(${red},${green},${blue},${alpha})`;
  const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, " ");

  /** Where the letters of a line stand, from its box. */
  function baseline({ y, height, size, family, weight }) {
    pen.font = `${weight} ${size}px ${family}`;
    const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = pen.measureText("x");
    return y + (height - up - down) / 2 + up;
  }

  function paint(name, [red, green, blue, strong], alpha) {
    return `${name}="rgb(${red},${green},${blue})" ${name}-opacity="${+(strong * alpha).toFixed(3)}"`;
  }

  const WRITE = {
    box({ x, y, width, height, fill, line, wide, round, alpha }) {
      const edge = line ? `${paint("stroke", line, alpha)} stroke-width="${wide}"` : "";
      const half = line ? wide / 2 : 0;
      return `<rect x="${x + half}" y="${y + half}" width="${Math.max(0, width - 2 * half)}" height="${Math.max(0, height - 2 * half)}" rx="${round}" ${paint("fill", fill, alpha)} ${edge}/>`;
    },
    text(one) {
      const { text, x, width, size, family, weight, fill, alpha } = one;
      const long = width && text.length > 1 ? `textLength="${width.toFixed(2)}" lengthAdjust="spacingAndGlyphs"` : "";
      return `<text x="${x.toFixed(2)}" y="${baseline(one).toFixed(2)}" font-size="${size}" font-weight="${weight}" font-family="${escaped(family)}" ${paint("fill", fill, alpha)} ${long}>${escaped(text)}</text>`;
    },
    canvas({ node, x, y, width, height, crisp, alpha }) {
      return `<image x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none" opacity="${alpha}"${crisp ? ' image-rendering="pixelated"' : ""} href="${node.toDataURL()}"/>`;
    },
    drawing({ text, x, y }) {
      return `<g transform="translate(${x} ${y})">${text}</g>`;
    },
  };

  function asSvg({ found, width, height, ground }) {
    const parts = found.map((one) => WRITE[one.kind](one)).join("\n");
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-RIM} ${-RIM} ${width} ${height}">
<rect x="${-RIM}" y="${-RIM}" width="${width}" height="${height}" fill="${rgb(ground)}"/>
${parts}
</svg>`;
  }

  const PAINT = {
    box(to, { x, y, width, height, fill, line, wide, round }) {
      const half = line ? wide / 2 : 0;
      to.beginPath();
      to.roundRect(x + half, y + half, Math.max(0, width - 2 * half), Math.max(0, height - 2 * half), round);
      to.fillStyle = rgb(fill);
      to.fill();
      if (!line) return;
      [to.strokeStyle, to.lineWidth] = [rgb(line), wide];
      to.stroke();
    },
    text(to, one) {
      to.font = `${one.weight} ${one.size}px ${one.family}`;
      to.fillStyle = rgb(one.fill);
      to.fillText(one.text, one.x, baseline(one));
    },
    canvas(to, { node, x, y, width, height, crisp }) {
      to.imageSmoothingEnabled = !crisp;
      to.drawImage(node, x, y, width, height);
    },
    drawing(to, { image, x, y, width, height }) {
      to.drawImage(image, x, y, width, height);
    },
  };

  async function asPng(whole) {
    const { found, width, height } = whole;
    const scale = Math.min(Math.max(2, devicePixelRatio || 1), Math.sqrt(MOST_PIXELS / (width * height)));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    const to = canvas.getContext("2d");
    to.fillStyle = rgb(whole.ground);
    to.fillRect(0, 0, canvas.width, canvas.height);
    to.setTransform(scale, 0, 0, scale, RIM * scale, RIM * scale);
    // canvases first, all at once: they may go on changing while a drawing is decoded
    const still = found.map((one) => (one.kind === "canvas" ? { ...one, node: copied(one.node) } : one));
    for (const one of still) {
      if (one.kind === "drawing") one.image = await decoded(one.text);
      to.globalAlpha = one.alpha;
      PAINT[one.kind](to, one);
    }
    return new Promise((give, fail) =>
      canvas.toBlob((blob) => (blob ? give(blob) : fail(new Error("it is too large"))), "image/png"));
  }

  function copied(node) {
    const copy = document.createElement("canvas");
    Object.assign(copy, { width: node.width, height: node.height });
    copy.getContext("2d").drawImage(node, 0, 0);
    return copy;
  }

  async function decoded(svg) {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    await image.decode();
    return image;
  }

  /** What a part of the page shows, as a file. */
  async function picture(root, format) {
    const whole = seen(root);
    return format === "png" ? asPng(whole) : new Blob([asSvg(whole)], { type: "image/svg+xml" });
  }

  /** Rows of cells as CSV, its numbers with all their digits. */
  function table(rows) {
    const cell = (one) => {
      if (typeof one === "number") return Number.isFinite(one) ? String(one) : "";
      const text = /^[=+@\t\r-]/.test(one ?? "") ? `'${one}` : String(one ?? ""); // no formula to a spreadsheet
      return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return new Blob([rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n"], { type: "text/csv" });
  }

  /** A file's name from what it shows: the page and the run of the link, and what else is said. */
  function named(...parts) {
    const script = document.querySelector('script[src*="static/js/"]'); // of the app, not of a file
    const under = script ? new URL(script.src.split("static/js/")[0]).pathname.length : 0;
    const page = location.pathname.slice(under).split("/").filter(Boolean).at(-1)?.replace(/\.html$/, "") ?? "train";
    const told = ["layerscope", page, ...parts].filter((part) => part !== undefined && part !== null && part !== "");
    return told.join("-").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 120);
  }

  function file(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  /** A button for each format; `give(format)` makes the file, `name()` what it is called. */
  function buttons(formats, what, give, name) {
    const group = document.createElement("span");
    group.className = "saving";
    group.dataset.unsaved = "";
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", `Save the ${what}`);
    for (const format of formats) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: format.toUpperCase(), title: `Save the ${what} as ${format.toUpperCase()}` });
      button.setAttribute("aria-label", button.title);
      button.addEventListener("click", async () => {
        button.disabled = true;
        try {
          file(await give(format), `${name()}.${format}`);
          button.title = `Save the ${what} as ${format.toUpperCase()}`;
        } catch (error) {
          button.title = `This could not be saved: ${error.message}`;
          button.classList.add("failed");
        } finally {
          button.disabled = false;
          button.focus();
        }
      });
      group.append(button);
    }
    return group;
  }

  return { buttons, colour, ground, inlined, named, picture, table };
})();
