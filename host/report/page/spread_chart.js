// Groups of runs below each other: for each prediction its mean, standard deviation, single runs and published value.

const SPREAD_LINE = 18;

// groups: [{name, rows: [{name, index, mean, sd, points: [{value, text}], published: [{value, text}]}]}], where a row
// is a prediction; predictions: [{name, index}], in percent.
function spreadChart({ title, groups, predictions, xTitle }) {
  const quotes = groups.some(({ rows }) => rows.some(({ published }) => published.length > 0));
  const readout = readoutLine(
    `Large: mean over seeds, with its standard deviation; small: single runs${quotes ? "; hollow: published" : ""}.`,
  );
  let places = [];
  let off = new Set();
  const made = chart({ title, draw, limit: 860, after: [readout] });
  made.area.before(
    makeLegend(predictions, markerSwatch, (names) => {
      off = names;
      made.redraw();
    }).node,
  );
  probePoints(made.svg, readout, () => places);

  function draw(svg, width) {
    const lines = groups.reduce((sum, { rows }) => sum + rows.length + 1.5, 0);
    const values = groups.flatMap(({ rows }) =>
      rows.flatMap(({ mean, sd, points, published }) => [
        mean - (sd ?? 0),
        mean + (sd ?? 0),
        ...[...points, ...published].map(({ value }) => value),
      ]),
    );
    const height = lines * SPREAD_LINE + 4 * LINE_HEIGHT;
    const frame = drawAxes(svg, {
      width,
      height,
      x: { domain: padDomain(values, { limits: [0, 100] }), title: xTitle, grid: true },
      y: { domain: [0, 1], title: "", ticks: [] },
    });
    places = [];
    let y = frame.top;
    for (const { name, rows } of groups) {
      y += SPREAD_LINE;
      drawText(svg, fitText(name, frame.right - frame.left), frame.left, y - 4, { class: "point-name" });
      for (const row of rows) {
        drawRow(svg, frame, row, y + SPREAD_LINE / 2, name);
        y += SPREAD_LINE;
      }
      y += SPREAD_LINE / 2;
    }
    return height;
  }

  function drawRow(svg, { across }, { name, index, mean, sd, points, published }, y, group) {
    const isOff = off.has(name);
    const part = svgElement("g", { "data-series": name, style: seriesStyle(index), hidden: isOff });
    const mark = (value, radius, shape, text) => {
      part.append(svgElement("path", { d: markerPath(index, across(value), y, radius), class: shape }));
      if (!isOff) places.push({ x: across(value), y, radius, text });
    };
    const end = (value) => across(Math.max(0, Math.min(100, value)));
    if (isNumber(sd)) drawLine(part, end(mean - sd), y, end(mean + sd), y, { class: "spread" });
    for (const { value, text } of points) mark(value, 2.5, "marker see-through", text);
    for (const { value, text } of published) mark(value, 5, "marker hollow", text);
    const deviation = isNumber(sd) ? ` ± ${formatFixed(sd, 2)}` : "";
    mark(mean, 5, "marker", `${group}, ${name}: ${formatFixed(mean, 2)}${deviation} %`);
    svg.append(part);
  }

  return made.figure;
}
