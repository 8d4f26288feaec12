// Curves over iterations, with a legend that toggles them, a log scale, smoothing and a readout of the values.

// Makes the slider fine where smoothing is light: settings 0 to 10 range from none to a tenth of the run.
function smoothingReach(setting, span) {
  return span * 0.1 * (setting / 10) ** 2;
}

function pathOf(xs, ys, frame, log) {
  let path = "";
  let pen = "M";
  for (let i = 0; i < xs.length; i += 1) {
    const y = ys[i];
    if (!isNumber(y) || !isNumber(xs[i]) || (log && y <= 0)) {
      pen = "M";
      continue;
    }
    path += `${pen}${round(frame.across(xs[i]))} ${round(frame.up(y))}`;
    pen = "L";
  }
  return path;
}

// The index of the point nearest to x; -1 if there are none.
function nearestIndex(xs, x) {
  let low = 0;
  let high = xs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low > 0 && x - xs[low - 1] < xs[low] - x ? low - 1 : low < xs.length ? low : -1;
}

function lastIndex(ys) {
  let at = ys.length - 1;
  while (at >= 0 && !isNumber(ys[at])) at -= 1;
  return at;
}

// series: [{name, label?, index, isThin?, curves: [{xs, ys, thin?}]}], isThin for the legend; the readout shows a
// series' last curve. format: value -> text. log: offer a log scale. smoothing: the slider's initial setting, null for no
// slider. marked: {x, text}? a vertical line. perEpoch: iterations per epoch, if known.
function lineChart({ title, series, yTitle, format, limits, log = false, smoothing = null, marked, perEpoch }) {
  const state = { log: false, setting: smoothing ?? 0, off: new Set() };
  const stops = [...new Set(series.flatMap(({ curves }) => curves.flatMap(({ xs }) => xs)))].sort((a, b) => a - b);
  const span = stops.length ? stops[stops.length - 1] - stops[0] : 0;
  let frame = null;
  let shown = [];
  let cursor = null;

  const made = chart({ title, about: `${title}: ${series.map(({ name }) => name).join(", ")}`, draw });
  const resting = stops.length > 1 ? "Values at the last iteration." : "";
  const readout = readoutLine(resting);
  const legend = makeLegend(series, lineSwatch, (off) => {
    state.off = off;
    made.redraw();
  });
  made.area.before(controls(), legend.node);
  made.figure.append(readout);
  probe(made.svg, { nearest: (x) => stops[nearestIndex(stops, frame.across.invert(x))] ?? null, step, show });

  function controls() {
    const reachText = () =>
      state.setting > 0
        ? `${formatCount(Math.max(1, Math.round(smoothingReach(state.setting, span))))} iterations`
        : "off";
    const amount = element("output", {}, reachText());
    const slider = element("input", {
      type: "range",
      min: 0,
      max: 10,
      step: 0.5,
      value: state.setting,
      name: "smoothing",
      "aria-label": "Smoothing",
      input: () => {
        state.setting = Number(slider.value);
        amount.textContent = reachText();
        made.redraw();
      },
    });
    return element(
      "div",
      { class: "controls" },
      log &&
        checkBox("Log scale", "log", (on) => {
          state.log = on;
          made.redraw();
        }),
      smoothing !== null &&
        span > 0 &&
        element("label", { class: "control" }, element("span", {}, "Smoothing"), slider, amount),
    );
  }

  function draw(svg, width) {
    const height = width < 480 ? 240 : 280;
    const reach = smoothingReach(state.setting, span);
    shown = series.map((one) => ({
      ...one,
      curves: one.curves.map((curve) => ({ ...curve, smoothed: smooth(curve.xs, curve.ys, reach) })),
    }));
    const values = shown
      .filter(({ name }) => !state.off.has(name))
      .flatMap(({ curves }) => curves.flatMap(({ ys }) => ys));
    const xTitle = isNumber(perEpoch) ? `iteration (${Number.isInteger(perEpoch) ? formatCount(perEpoch) : formatSignificant(perEpoch)} per epoch)` : "iteration";
    frame = drawAxes(svg, {
      width,
      height,
      x: { domain: span > 0 ? [stops[0], stops[stops.length - 1]] : padDomain(stops), title: xTitle },
      y: { domain: padDomain(values, { log: state.log, limits }), log: state.log, title: yTitle },
    });
    if (marked && isNumber(marked.x)) drawMark(svg);
    for (const one of shown) svg.append(drawSeries(one, reach));
    cursor = svgElement("g", { class: "cursor" });
    svg.append(cursor);
    show(null);
    return height;
  }

  function drawMark(svg) {
    const x = frame.across(marked.x);
    if (x < frame.left - 1 || x > frame.right + 1) return;
    drawLine(svg, x, frame.top - 4, x, frame.bottom, { class: "mark" });
    const half = textWidth(marked.text) / 2;
    const middle = Math.max(frame.titleEnd + 12 + half, Math.min(x, frame.right + 10 - half));
    drawText(svg, marked.text, middle, 12, { class: "mark-text", "text-anchor": "middle" });
  }

  function drawSeries({ name, index, curves }, reach) {
    const group = svgElement("g", { "data-series": name, style: seriesStyle(index), hidden: state.off.has(name) });
    const dash = seriesDash(index);
    for (const { xs, ys, smoothed, thin: isThin } of curves) {
      if (reach > 0 && !isThin) {
        group.append(svgElement("path", { d: pathOf(xs, ys, frame, state.log), class: "curve raw" }));
      }
      const kind = isThin ? "curve thin" : "curve";
      const attributes = { d: pathOf(xs, smoothed, frame, state.log), class: kind };
      if (!isThin) attributes["stroke-dasharray"] = dash;
      group.append(svgElement("path", attributes));
      if (xs.length <= 12) {
        xs.forEach((x, i) => drawDot(group, x, smoothed[i], isThin ? 1.5 : 2.5));
      }
    }
    return group;
  }

  function drawDot(parent, x, y, r) {
    if (!isNumber(y) || (state.log && y <= 0)) return;
    parent.append(svgElement("circle", { cx: round(frame.across(x)), cy: round(frame.up(y)), r, class: "marker" }));
  }

  function step(x, dx) {
    if (x === null) return stops[stops.length - 1] ?? null;
    return stops[Math.max(0, Math.min(stops.length - 1, nearestIndex(stops, x) + dx))];
  }

  function show(x) {
    cursor.replaceChildren();
    const epoch = isNumber(perEpoch) && x !== null ? `, epoch ${formatFixed(x / perEpoch, 1)}` : "";
    readout.textContent = x === null ? resting : `Iteration ${formatCount(x)}${epoch}`;
    if (x !== null)
      drawLine(cursor, frame.across(x), frame.top, frame.across(x), frame.bottom, { class: "cursor-line" });
    for (const { name, index, curves } of shown) {
      const { xs, smoothed } = curves[curves.length - 1];
      const at = x === null ? lastIndex(smoothed) : nearestIndex(xs, x);
      legend.setValue(name, state.off.has(name) ? "" : format(smoothed[at]));
      if (x === null || state.off.has(name)) continue;
      const group = svgElement("g", { style: seriesStyle(index) });
      drawDot(group, xs[at], smoothed[at], 3.5);
      cursor.append(group);
    }
  }

  return made.figure;
}
