// Rows of stacked bars on one scale, with a legend that toggles their parts.

const STACK_LINE = 40;

// parts: [{name, label, index}]; rows: [{name, values: {part: value}}]; format: value -> text.
function stackedBars({ title, parts, rows, format, resting }) {
  const readout = readoutLine(resting);
  let off = new Set();
  let places = [];
  let cursor = null;
  const made = chart({ title, draw, after: [readout] });
  const legend = makeLegend(parts, barSwatch, (names) => {
    off = names;
    made.redraw();
  });
  made.area.before(legend.node);
  probe(made.svg, { nearest, step, show });

  const valueOf = ({ values }, { name }) => (off.has(name) || !isNumber(values[name]) ? 0 : values[name]);
  const totalOf = (row) => parts.reduce((sum, part) => sum + valueOf(row, part), 0);

  function draw(svg, width) {
    const groups = new Map(
      parts.map(({ name, index }) => [
        name,
        svgElement("g", { "data-series": name, style: seriesStyle(index), hidden: off.has(name) }),
      ]),
    );
    const most = Math.max(...rows.map(totalOf)) || 1;
    places = [];
    rows.forEach((row, i) => {
      const y = i * STACK_LINE;
      const total = format(totalOf(row));
      drawText(svg, fitText(row.name, width - textWidth(total) - 12), 0, y + 12, { class: "point-name" });
      drawText(svg, total, width, y + 12, { class: "value", "text-anchor": "end" });
      let x = 0;
      for (const part of parts) {
        const length = (width * valueOf(row, part)) / most;
        if (length === 0) continue;
        const box = { x: round(x), y: y + 17, width: round(Math.max(0.5, length - 1)), height: 16 };
        groups.get(part.name).append(svgElement("rect", { ...box, class: "bar" }));
        places.push({ row, part, box, end: x + length });
        x += length;
      }
    });
    cursor = svgElement("rect", { class: "bar-cursor", visibility: "hidden" });
    svg.append(...groups.values(), cursor);
    show(null);
    return rows.length * STACK_LINE;
  }

  function nearest(x, y) {
    const row = rows[Math.min(rows.length - 1, Math.max(0, Math.floor(y / STACK_LINE)))];
    const own = places.filter((place) => place.row === row);
    return own.find(({ end }) => x < end) ?? own[own.length - 1] ?? null;
  }

  function step(place, dx, dy) {
    const next = places.indexOf(place) + (dx || dy);
    return places[Math.max(0, Math.min(places.length - 1, next))] ?? null;
  }

  function show(place) {
    cursor.setAttribute("visibility", place ? "visible" : "hidden");
    // The legend shows the shares of the row in question.
    const row = place?.row ?? (rows.length === 1 ? rows[0] : null);
    const share = (part) => formatPercent((100 * valueOf(row, part)) / totalOf(row), 1);
    for (const part of parts) legend.setValue(part.name, row && valueOf(row, part) > 0 ? share(part) : "");
    readout.textContent = resting;
    if (!place) return;
    dress(cursor, place.box, []);
    const value = format(valueOf(row, place.part));
    readout.textContent = `${row.name}, ${place.part.label}: ${value}, ${share(place.part)} of ${format(totalOf(row))}`;
  }

  return made.figure;
}
