// Bars: a list of horizontal ones, one stacked bar, and a histogram of many values.

// rows: [{name, value, text}]; `most` is the value of a full bar.
function barList({ title, rows, most, index = 0 }) {
  const rowHeight = 24;
  function draw(svg, width) {
    const names = Math.ceil(Math.min(width * 0.4, Math.max(...rows.map(({ name }) => textWidth(name)))));
    const texts = Math.ceil(Math.max(...rows.map(({ text }) => textWidth(text))));
    const full = Math.max(10, width - names - texts - 20);
    rows.forEach(({ name, value, text }, i) => {
      const y = i * rowHeight;
      const length = isNumber(value) && most > 0 ? Math.max(0, (full * value) / most) : 0;
      drawText(svg, fitText(name, names), names, y + 16, { "text-anchor": "end" });
      svg.append(
        svgElement("rect", { x: names + 10, y: y + 4, width: full, height: rowHeight - 8, class: "bar-ground" }),
      );
      svg.append(
        svgElement("rect", {
          x: names + 10,
          y: y + 4,
          width: round(length),
          height: rowHeight - 8,
          class: "bar",
          style: seriesStyle(index),
        }),
      );
      drawText(svg, text, width, y + 16, { class: "value", "text-anchor": "end" });
    });
    return rows.length * rowHeight;
  }
  return chart({ title, draw }).figure;
}

// parts: [{name, value}] in percent, drawn end to end; the legend shows the numbers.
function stackedBar({ title, parts }) {
  const legend = element(
    "ul",
    { class: "key-list" },
    parts.map(({ name, value, index }) =>
      element(
        "li",
        { style: seriesStyle(index) },
        barSwatch(),
        element("span", { class: "legend-name" }, name),
        element("span", { class: "legend-value" }, formatPercent(value, 1)),
      ),
    ),
  );
  function draw(svg, width) {
    const total = parts.reduce((sum, { value }) => sum + (isNumber(value) ? value : 0), 0) || 1;
    let x = 0;
    for (const { value, index } of parts) {
      const length = isNumber(value) ? (width * value) / total : 0;
      svg.append(
        svgElement("rect", {
          x: round(x),
          y: 2,
          width: round(Math.max(0, length - 1)),
          height: 30,
          class: "bar",
          style: seriesStyle(index),
        }),
      );
      x += length;
    }
    return 34;
  }
  return chart({
    title,
    about: `${title}: ${parts.map(({ name, value }) => `${name} ${formatPercent(value, 1)}`).join(", ")}`,
    draw,
    after: [legend],
  }).figure;
}

// bars: [{name, value}], drawn in the order given; the readout names the bar under the pointer.
function histogram({ title, bars, xTitle, yTitle }) {
  const readout = readoutLine("Hover over a bar, or use the arrow keys.");
  let frame = null;
  let cursor = null;
  const made = chart({ title, draw, after: [readout] });
  const last = bars.length - 1;
  probe(made.svg, {
    nearest: (x) => Math.max(0, Math.min(last, Math.floor(frame.across.invert(x)))),
    step: (place, dx) => Math.max(0, Math.min(last, (place ?? -1) + dx)),
    show,
  });

  function draw(svg, width) {
    const height = 200;
    const most = Math.max(1, ...bars.map(({ value }) => value ?? 0));
    frame = drawAxes(svg, {
      width,
      height,
      x: { domain: [0, bars.length], title: xTitle, ticks: [] },
      y: { domain: [0, most], title: yTitle },
    });
    const gap = (frame.right - frame.left) / bars.length > 4 ? 1 : 0;
    const path = bars
      .map(({ value }, i) => {
        const x = frame.across(i);
        const y = frame.up(value ?? 0);
        return `M${round(x)} ${frame.bottom}V${round(y)}H${round(frame.across(i + 1) - gap)}V${frame.bottom}z`;
      })
      .join("");
    svg.append(svgElement("path", { d: path, class: "bar", style: seriesStyle(0) }));
    cursor = svgElement("rect", { class: "bar-cursor", visibility: "hidden" });
    svg.append(cursor);
    return height;
  }

  function show(place) {
    cursor.setAttribute("visibility", place === null ? "hidden" : "visible");
    if (place === null) return;
    const x = frame.across(place);
    dress(cursor, { x, y: frame.top, width: frame.across(place + 1) - x, height: frame.bottom - frame.top }, []);
    readout.textContent = `${bars[place].name}: ${formatCount(bars[place].value)}`;
  }

  return made.figure;
}
