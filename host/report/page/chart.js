// The frame that all charts share: a <figure> with a drawing made for its actual width, so that text keeps its size,
// and a line of text that describes what is under the pointer.

const charts = new Set();

// draw(svg, width) fills the empty svg and returns its height.
function chart({ title, about = title, before = [], after = [], draw, limit = Infinity }) {
  const svg = svgElement("svg", { role: "img", "aria-label": about });
  const area = element("div", { class: "chart-area" }, svg);
  const figure = element(
    "figure",
    { class: "chart" },
    title && element("figcaption", {}, title),
    ...before,
    area,
    ...after,
  );
  const made = { figure, svg, area, width: 0 };
  made.redraw = () => {
    const width = Math.min(limit, Math.floor(area.clientWidth));
    if (width <= 0) return;
    made.width = width;
    svg.replaceChildren();
    const height = Math.ceil(draw(svg, width));
    dress(svg, { width, height, viewBox: `0 0 ${width} ${height}` }, []);
  };
  made.fits = () => made.width === Math.min(limit, Math.floor(area.clientWidth));
  charts.add(made);
  return made;
}

// Draws the charts that are new or have changed width, and forgets those that left the page.
function redrawCharts() {
  for (const made of [...charts]) {
    if (!made.figure.isConnected) charts.delete(made);
    else if (!made.fits()) made.redraw();
  }
}

function readoutLine(resting) {
  return element("p", { class: "readout", "aria-live": "polite" }, resting);
}

// Pointer and arrow keys select a place in the chart: nearest(x, y) returns the place under the pointer, step(place,
// dx, dy) the one next to it, show(place) shows it; null means none.
function probe(svg, { nearest, step, show }) {
  let place = null;
  const go = (next) => {
    place = next;
    show(place);
  };
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const follow = (event) => {
    const box = svg.getBoundingClientRect();
    go(nearest(event.clientX - box.left, event.clientY - box.top));
  };
  dress(
    svg,
    {
      tabindex: 0,
      pointermove: follow,
      pointerdown: follow,
      pointerleave: (event) => event.pointerType === "mouse" && go(null),
      blur: () => go(null),
      keydown: (event) => {
        if (!(event.key in moves)) return;
        event.preventDefault();
        go(step(place, ...moves[event.key]));
      },
    },
    [],
  );
}
