// A matrix of counts, coloured by share of the row. One path per colour keeps 10,000 cells cheap.

// Lower bound of each colour in percent of the row: fine where confusions are, coarse where the diagonal is.
const HEAT_STEPS = [0, 1, 2, 5, 10, 20, 40, 70];
const HEAT_DARK_FROM = 4;
const LABEL_SIZE = 11;

function heatStep(percent) {
  let step = 0;
  while (step + 1 < HEAT_STEPS.length && percent >= HEAT_STEPS[step + 1]) step += 1;
  return step;
}

function heatLegend() {
  const entries = HEAT_STEPS.map((from, step) =>
    element(
      "span",
      { class: "heat-key", style: `--colour: var(--heat-${step})` },
      step + 1 < HEAT_STEPS.length ? `${from}–${HEAT_STEPS[step + 1]}` : `${from}–100`,
    ),
  );
  return element("p", { class: "heat-legend" }, element("span", {}, "% of the row:"), entries);
}

// names: of both rows and columns. cells: nonzero [[row, column, count]]. rowTitle, columnTitle: what rows and columns
// are.
function heatMap({ title, names, cells, rowTitle, columnTitle, limit = 620 }) {
  const size = names.length;
  const counts = new Map(cells.map(([row, column, count]) => [row * size + column, count]));
  const totals = new Array(size).fill(0);
  for (const [row, , count] of cells) totals[row] += count;
  const readout = readoutLine("Hover over a cell, or use the arrow keys.");
  const made = chart({ title, draw, limit, after: [readout, heatLegend()] });
  let layout = null;
  let cursor = null;
  probe(made.svg, { nearest, step, show });

  function share(row, column) {
    return totals[row] > 0 ? (100 * (counts.get(row * size + column) ?? 0)) / totals[row] : 0;
  }

  function draw(svg, width) {
    const widest = Math.max(0, ...names.map((name) => textWidth(name, LABEL_SIZE)));
    const label = Math.ceil(Math.min(widest, width * 0.24)) + 8;
    const room = width - label - 8;
    const cell = room >= 4 * size ? Math.min(56, Math.floor(room / size)) : room / size;
    const left = label;
    const top = LINE_HEIGHT + 4;
    layout = { cell, left, top };
    const side = cell * size;
    svg.append(svgElement("rect", { x: left, y: top, width: side, height: side, class: "heat-ground" }));
    const paths = HEAT_STEPS.map(() => "");
    for (const [row, column] of cells) {
      paths[heatStep(share(row, column))] +=
        `M${round(left + column * cell)} ${round(top + row * cell)}h${cell}v${cell}h${-cell}z`;
    }
    paths.forEach(
      (d, step) => d && svg.append(svgElement("path", { d, class: "heat", style: `--colour: var(--heat-${step})` })),
    );
    if (cell >= 34) drawShares(svg);
    drawNames(svg, label - 8);
    drawText(svg, fitText(`${rowTitle} ↓, ${columnTitle} →`, width), 0, 12, { class: "axis-title" });
    cursor = svgElement("rect", { width: cell, height: cell, class: "heat-cursor", visibility: "hidden" });
    svg.append(cursor);
    return top + side + label + 4;
  }

  function drawShares(svg) {
    const { cell, left, top } = layout;
    for (const [row, column] of cells) {
      const percent = share(row, column);
      drawText(
        svg,
        formatFixed(percent, percent < 10 && percent > 0 ? 1 : 0),
        left + (column + 0.5) * cell,
        top + (row + 0.5) * cell + 4,
        { class: heatStep(percent) >= HEAT_DARK_FROM ? "heat-text strong" : "heat-text", "text-anchor": "middle" },
      );
    }
  }

  // If cells are smaller than text, only every n-th name is shown; the readout names the rest.
  function drawNames(svg, room) {
    const { cell, left, top } = layout;
    const every = Math.ceil(14 / cell);
    for (let i = 0; i < size; i += every) {
      const text = fitText(names[i], room, LABEL_SIZE);
      const middle = (i + 0.5) * cell;
      drawText(svg, text, left - 5, top + middle + 4, { class: "name", "text-anchor": "end" });
      const x = left + middle + 4;
      const y = top + size * cell + 6;
      drawText(svg, text, x, y, {
        class: "name",
        "text-anchor": "end",
        transform: `rotate(-90 ${round(x)} ${round(y)})`,
      });
    }
  }

  function nearest(x, y) {
    const column = Math.floor((x - layout.left) / layout.cell);
    const row = Math.floor((y - layout.top) / layout.cell);
    return row >= 0 && row < size && column >= 0 && column < size ? [row, column] : null;
  }

  function step(place, dx, dy) {
    const [row, column] = place ?? [0, -dx];
    const within = (i) => Math.max(0, Math.min(size - 1, i));
    return [within(row + dy), within(column + dx)];
  }

  function show(place) {
    cursor.setAttribute("visibility", place ? "visible" : "hidden");
    if (!place) return;
    const [row, column] = place;
    dress(cursor, { x: layout.left + column * layout.cell, y: layout.top + row * layout.cell }, []);
    const count = counts.get(row * size + column) ?? 0;
    readout.textContent =
      `${names[row]} → ${names[column]}: ${formatCount(count)} of ${formatCount(totals[row])}` +
      ` (${formatPercent(share(row, column), 1)})`;
  }

  return made.figure;
}
