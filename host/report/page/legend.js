// Colours, dashes and markers by index, and the legend whose entries toggle curves.

const COLOURS = 8;
const DASHES = ["none", "7 3", "2 3", "9 3 2 3", "4 2"];

// Each series has its own colour and dash, for colour-blind readers and for print.
function seriesStyle(index) {
  return `--colour: var(--series-${index % COLOURS})`;
}

function seriesDash(index) {
  return DASHES[(index + Math.floor(index / COLOURS)) % DASHES.length];
}

function markerPath(index, x, y, radius) {
  const r = round(radius);
  const shapes = [
    `m${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
    `m${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
    `m0 ${-r * 1.25}l${r * 1.2} ${r * 2.1}h${-r * 2.4}z`,
    `m0 ${-r * 1.3}l${r * 1.3} ${r * 1.3}l${-r * 1.3} ${r * 1.3}l${-r * 1.3} ${-r * 1.3}z`,
  ];
  return `M${round(x)} ${round(y)}${shapes[index % shapes.length]}`;
}

function lineSwatch({ index, isThin }) {
  const look = isThin ? { class: "curve thin" } : { class: "curve", "stroke-dasharray": seriesDash(index) };
  return svgElement(
    "svg",
    { class: "swatch", width: 24, height: 10, "aria-hidden": "true" },
    svgElement("path", { d: "M0 5h24", ...look }),
  );
}

function markerSwatch({ index }) {
  return svgElement(
    "svg",
    { class: "swatch", width: 12, height: 12, "aria-hidden": "true" },
    svgElement("path", { d: markerPath(index, 6, 6, 4.5), class: "marker" }),
  );
}

function barSwatch() {
  return svgElement(
    "svg",
    { class: "swatch", width: 14, height: 14, "aria-hidden": "true" },
    svgElement("rect", { width: 14, height: 14, class: "bar" }),
  );
}

// entries: [{name, label?, index}], each also given to `swatch`. onToggle(names that are off) is called after each
// change.
function makeLegend(entries, swatch, onToggle) {
  const off = new Set();
  const values = new Map();
  const buttons = entries.map((entry) => {
    const { name, label = name, index } = entry;
    const value = element("span", { class: "legend-value" });
    values.set(name, value);
    const button = element(
      "button",
      {
        type: "button",
        class: "legend-entry",
        "aria-pressed": "true",
        "data-series": name,
        style: seriesStyle(index),
        click: () => {
          if (!off.delete(name)) off.add(name);
          button.setAttribute("aria-pressed", String(!off.has(name)));
          onToggle(off);
        },
      },
      swatch(entry),
      element("span", { class: "legend-name" }, label),
      value,
    );
    return button;
  });
  return {
    node: element("div", { class: "legend" }, buttons),
    setValue: (name, text) => {
      values.get(name).textContent = text;
    },
  };
}
