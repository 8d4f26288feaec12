// The values of two settings against each other, coloured by the metric that their runs reached.

const GRID_ROW = 34;

// rows, columns: {title, values: [text]}; cells: by row and column {value, text}; range: the worst and the best value;
// format: value -> text.
function gridMap({ title, rows, columns, cells, range, format }) {
  const resting = "Hover over a cell, or use the arrow keys. The more contrast, the better.";
  const readout = readoutLine(resting);
  let layout = null;
  let cursor = null;
  const made = chart({ title, draw, limit: 860, after: [readout] });
  probe(made.svg, { nearest, step, show });

  function draw(svg, width) {
    const widest = Math.max(...rows.values.map((text) => textWidth(text)));
    const left = Math.ceil(Math.min(widest, width * 0.3)) + 10;
    const top = 2 * LINE_HEIGHT + 10;
    const cell = Math.min(120, (width - left) / columns.values.length);
    layout = { left, top, cell };
    drawText(svg, fitText(`${rows.title} ↓, ${columns.title} →`, width), 0, 12, { class: "axis-title" });
    columns.values.forEach((text, column) => {
      const x = left + (column + 0.5) * cell;
      drawText(svg, fitText(text, cell - 4), x, top - 7, { class: "tick", "text-anchor": "middle" });
    });
    rows.values.forEach((text, row) => {
      const y = top + row * GRID_ROW;
      drawText(svg, fitText(text, left - 10), left - 8, y + 21, { class: "tick", "text-anchor": "end" });
      cells[row].forEach(({ value }, column) => drawCell(svg, value, left + column * cell, y, cell));
    });
    cursor = svgElement("rect", { width: cell, height: GRID_ROW, class: "heat-cursor", visibility: "hidden" });
    svg.append(cursor);
    return top + rows.values.length * GRID_ROW + 2;
  }

  function drawCell(svg, value, x, y, cell) {
    const shade = shadeOf(value, range);
    const box = { x: round(x), y, width: round(cell - 1), height: GRID_ROW - 1 };
    svg.append(svgElement("rect", { ...box, class: "heat", style: `--colour: var(--heat-${shade})` }));
    const text = format(value);
    if (textWidth(text, LABEL_SIZE) > cell - 4) return;
    drawText(svg, text, x + cell / 2, y + 21, {
      class: shade >= HEAT_DARK_FROM ? "heat-text strong" : "heat-text",
      "text-anchor": "middle",
    });
  }

  function nearest(x, y) {
    const column = Math.floor((x - layout.left) / layout.cell);
    const row = Math.floor((y - layout.top) / GRID_ROW);
    return cells[row]?.[column] ? [row, column] : null;
  }

  function step(place, dx, dy) {
    const [row, column] = place ?? [0, -dx];
    const within = (i, all) => Math.max(0, Math.min(all.values.length - 1, i));
    return [within(row + dy, rows), within(column + dx, columns)];
  }

  function show(place) {
    cursor.setAttribute("visibility", place ? "visible" : "hidden");
    readout.textContent = resting;
    if (!place) return;
    const [row, column] = place;
    dress(cursor, { x: layout.left + column * layout.cell, y: layout.top + row * GRID_ROW }, []);
    readout.textContent = cells[row][column].text;
  }

  return made.figure;
}
