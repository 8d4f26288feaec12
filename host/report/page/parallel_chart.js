// Parallel coordinates: one line per run through the values of its settings to the metric that it reached. The axes
// lie below each other, so that names and values of any length can be read on a phone.

const PARALLEL_ROW = 64;
// The palest colours would vanish on the page's ground.
const PALEST_LINE = 2;

// The colour of a value among those from `worst` to `best`.
function shadeOf(value, [worst, best], palest = 0) {
  const part = worst === best ? 1 : (value - worst) / (best - worst);
  return palest + Math.round(part * (HEAT_STEPS.length - 1 - palest));
}

// axes: [{title, values: [text]}]; lines: [{places: [on each axis, the index of its value], value, text}], the worst
// first. The value has an axis of its own, the last one.
function parallelChart({ title, axes, lines, valueTitle }) {
  const resting = "Hover over a line, or use the arrow keys. The more contrast, the better.";
  const readout = readoutLine(resting);
  const range = [lines[0].value, lines[lines.length - 1].value];
  let paths = [];
  let cursor = null;
  const made = chart({ title, draw, limit: 860, after: [readout] });
  probe(made.svg, { nearest, step, show });

  function heightOf(row) {
    return row * PARALLEL_ROW + LINE_HEIGHT + 8;
  }

  function draw(svg, width) {
    const domain = padDomain(range);
    const across = makeScale(domain, [14, width - 14]);
    const xs = axes.map((axis, row) => positions(axis, row, width));
    paths = lines.map(({ value }, i) =>
      [...xs.map((of) => of[i]), across(value)].map((x, row) => [x, heightOf(row)]),
    );
    lines.forEach(({ value }, i) => {
      const style = `--colour: var(--heat-${shadeOf(value, range, PALEST_LINE)})`;
      svg.append(svgElement("path", { d: pathThrough(paths[i]), class: "curve", style }));
      const [x, y] = paths[i][axes.length];
      svg.append(svgElement("circle", { cx: round(x), cy: round(y), r: 3.5, class: "marker", style }));
    });
    cursor = svgElement("path", { class: "chosen-line", visibility: "hidden" });
    svg.append(cursor);
    axes.forEach((axis, row) => drawValues(svg, axis, heightOf(row), width));
    drawNumbers(svg, domain, across, heightOf(axes.length), width);
    return heightOf(axes.length) + LINE_HEIGHT + 8;
  }

  // Lines of the same value lie beside each other, so that none hides another.
  function positions({ values }, row, width) {
    const room = width / values.length;
    const used = values.map(() => 0);
    const counts = values.map((_, place) => lines.filter(({ places }) => places[row] === place).length);
    return lines.map(({ places }) => {
      const place = places[row];
      used[place] += 1;
      return room * (place + 0.15 + (0.7 * used[place]) / (counts[place] + 1));
    });
  }

  function drawValues(svg, { title: name, values }, y, width) {
    const room = width / values.length;
    const every = Math.ceil(28 / room);
    drawText(svg, fitText(name, width), 0, y - 8, { class: "axis-title on-lines" });
    values.forEach((text, place) => {
      drawLine(svg, room * (place + 0.15), y, room * (place + 0.85), y, { class: "axis" });
      if (place % every > 0) return;
      const label = fitText(text, room * every - 6);
      drawText(svg, label, room * (place + 0.5), y + 16, { class: "tick on-lines", "text-anchor": "middle" });
    });
  }

  function drawNumbers(svg, domain, across, y, width) {
    drawText(svg, fitText(valueTitle, width), 0, y - 8, { class: "axis-title on-lines" });
    drawLine(svg, 0, y, width, y, { class: "axis" });
    for (const { value, text } of linearTicks(domain, Math.max(2, Math.floor(width / 90)))) {
      drawText(svg, text, across(value), y + 17, { class: "tick", "text-anchor": "middle" });
    }
  }

  // The line that passes nearest to the pointer, at its height.
  function nearest(x, y) {
    const position = (y - heightOf(0)) / PARALLEL_ROW;
    const row = Math.max(0, Math.min(axes.length - 1, Math.floor(position)));
    const part = Math.max(0, Math.min(1, position - row));
    const distances = paths.map((path) => Math.abs(path[row][0] * (1 - part) + path[row + 1][0] * part - x));
    return distances.indexOf(Math.min(...distances));
  }

  function step(i, dx, dy) {
    const best = lines.length - 1;
    return i === null ? best : Math.max(0, Math.min(best, i + (dx || -dy)));
  }

  function show(i) {
    cursor.setAttribute("visibility", i === null ? "hidden" : "visible");
    readout.textContent = i === null ? resting : lines[i].text;
    if (i !== null) cursor.setAttribute("d", pathThrough(paths[i]));
  }

  return made.figure;
}

function pathThrough(points) {
  return points.map(([x, y], i) => `${i ? "L" : "M"}${round(x)} ${round(y)}`).join("");
}
