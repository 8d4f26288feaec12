// Axes of a chart: ticks, grid lines and titles. The y title is above the plot, so that no text needs rotating.

const LINE_HEIGHT = 16;

function drawText(parent, text, x, y, attributes = {}) {
  parent.append(svgElement("text", { x: round(x), y: round(y), ...attributes }, text));
}

function drawLine(parent, x1, y1, x2, y2, attributes = {}) {
  parent.append(svgElement("line", { x1: round(x1), y1: round(y1), x2: round(x2), y2: round(y2), ...attributes }));
}

function round(value) {
  return Math.round(value * 10) / 10;
}

function axisTicks({ domain, log, ticks }, count) {
  if (ticks) return ticks;
  return log ? logTicks(domain, count) : linearTicks(domain, count);
}

// x, y: {domain, log?, title, grid?, ticks?: [{value, text}]}. Returns the scales and the edges of the plot.
function drawAxes(svg, { width, height, x, y }) {
  const yTicks = axisTicks(y, Math.max(2, Math.floor(height / 40)));
  const left = Math.ceil(Math.max(8, ...yTicks.map(({ text }) => textWidth(text)))) + 10;
  const top = LINE_HEIGHT + 10;
  const bottom = height - 2 * LINE_HEIGHT - 10;
  const widest = Math.max(...axisTicks(x, 4).map(({ text }) => textWidth(text)), 0);
  const right = width - Math.max(14, Math.ceil(widest / 2) + 2);
  const xTicks = axisTicks(x, Math.max(1, Math.floor((right - left) / Math.max(70, widest * 1.8))));
  const across = makeScale(x.domain, [left, right], x.log);
  const up = makeScale(y.domain, [bottom, top], y.log);

  const axes = svgElement("g", { class: "axes" });
  for (const { value, text } of yTicks) {
    drawLine(axes, left, up(value), right, up(value), { class: "grid" });
    drawText(axes, text, left - 7, up(value) + 4, { class: "tick y-tick", "text-anchor": "end" });
  }
  for (const { value, text } of xTicks) {
    if (x.grid) drawLine(axes, across(value), top, across(value), bottom, { class: "grid" });
    else drawLine(axes, across(value), bottom, across(value), bottom + 4, { class: "axis" });
    drawText(axes, text, across(value), bottom + 18, { class: "tick x-tick", "text-anchor": "middle" });
  }
  drawLine(axes, left, bottom, right, bottom, { class: "axis" });
  const yTitle = fitText(y.title + (y.log ? ", log scale" : ""), width);
  drawText(axes, yTitle, 0, 12, { class: "axis-title y-title" });
  const xTitle = fitText(x.title + (x.log ? ", log scale" : ""), width);
  drawText(axes, xTitle, Math.max(textWidth(xTitle), right), height - 4, {
    class: "axis-title x-title",
    "text-anchor": "end",
  });
  svg.append(axes);
  return { across, up, left, right, top, bottom, titleEnd: textWidth(yTitle) };
}
