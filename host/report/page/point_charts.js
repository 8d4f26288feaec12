// Charts of points: the reliability diagram and labelled points.

// One readout for both charts: the point nearest to the pointer is circled and described.
function probePoints(svg, readout, places) {
  probe(svg, {
    nearest(x, y) {
      let best = null;
      places().forEach((place, i) => {
        const distance = Math.hypot(place.x - x, place.y - y);
        if (distance < 40 && (best === null || distance < best.distance)) best = { i, distance };
      });
      return best && best.i;
    },
    step: (i, dx, dy) => Math.max(0, Math.min(places().length - 1, (i ?? -1) + (dx || dy))),
    show(i) {
      svg.querySelectorAll(".ring").forEach((ring) => ring.remove());
      const place = i === null ? null : places()[i];
      if (!place) return;
      svg.append(svgElement("circle", { cx: round(place.x), cy: round(place.y), r: place.radius + 3, class: "ring" }));
      readout.textContent = place.text;
    },
  });
}

// series: [{name, label, index, bins: [[confidence, accuracy, count]]}], all in percent.
function reliabilityChart({ title, series }) {
  const readout = readoutLine(
    "Below the diagonal a prediction is overconfident; point size shows the number of images.",
  );
  let places = [];
  let off = new Set();
  const made = chart({ title, draw, limit: 460, after: [readout] });
  made.area.before(
    makeLegend(series, markerSwatch, (names) => {
      off = names;
      made.redraw();
    }).node,
  );
  probePoints(made.svg, readout, () => places);

  function draw(svg, width) {
    const height = width;
    const frame = drawAxes(svg, {
      width,
      height,
      x: { domain: [0, 100], title: "mean confidence, %" },
      y: { domain: [0, 100], title: "accuracy, %" },
    });
    drawLine(svg, frame.left, frame.bottom, frame.right, frame.top, { class: "diagonal" });
    const most = Math.max(1, ...series.flatMap(({ bins }) => bins.map(([, , count]) => count)));
    places = [];
    for (const { name, index, bins } of series) {
      const group = svgElement("g", { "data-series": name, style: seriesStyle(index), hidden: off.has(name) });
      const points = bins
        .filter(([confidence, accuracy]) => isNumber(confidence) && isNumber(accuracy))
        .map(([confidence, accuracy, count]) => ({
          x: frame.across(confidence),
          y: frame.up(accuracy),
          radius: 2.5 + 7 * Math.sqrt(count / most),
          text: `${name}: confidence ${formatPercent(confidence, 1)}, accuracy ${formatPercent(accuracy, 1)}, ${plural(count, "image")}`,
        }));
      group.append(
        svgElement("path", {
          d: points.map(({ x, y }, i) => `${i ? "L" : "M"}${round(x)} ${round(y)}`).join(""),
          class: "curve thin",
        }),
      );
      for (const { x, y, radius } of points) {
        group.append(svgElement("path", { d: markerPath(index, x, y, radius), class: "marker see-through" }));
      }
      if (!off.has(name)) places.push(...points);
      svg.append(group);
    }
    return height;
  }

  return made.figure;
}

// points: [{name, index, x, y, text}], each with its name next to it; x on a logarithmic axis.
function labelledPoints({ title, points, xTitle, yTitle }) {
  const readout = readoutLine("Hover over a prediction for its numbers.");
  let places = [];
  const made = chart({ title, draw, limit: 620, after: [readout] });
  probePoints(made.svg, readout, () => places);

  function draw(svg, width) {
    const height = Math.min(360, Math.max(260, width * 0.7));
    const frame = drawAxes(svg, {
      width,
      height,
      x: {
        domain: padDomain(
          points.map(({ x }) => x),
          { log: true },
        ),
        log: true,
        title: xTitle,
        grid: true,
      },
      y: {
        domain: padDomain(
          points.map(({ y }) => y),
          { limits: [0, 100] },
        ),
        title: yTitle,
      },
    });
    places = points.map(({ x, y, text }) => ({ x: frame.across(x), y: frame.up(y), radius: 5, text }));
    // A label avoids all points and the labels placed before it.
    const taken = places.map(({ x, y }) => ({ left: x - 7, right: x + 7, top: y - 7, bottom: y + 7 }));
    points.forEach(({ name, index }, i) => {
      const { x, y } = places[i];
      svg.append(svgElement("path", { d: markerPath(index, x, y, 5), class: "marker", style: seriesStyle(index) }));
      const text = fitText(name, width * 0.4);
      const box = labelBox(x, y, textWidth(text), frame, taken);
      taken.push(box);
      drawText(svg, text, box.left, box.bottom - 4, { class: "point-name" });
    });
    return height;
  }

  return made.figure;
}

// The first free place next to a point: right, left, above, below; if none is free, right, kept inside the plot.
function labelBox(x, y, width, frame, taken) {
  const inside = (left) => Math.max(frame.left, Math.min(frame.right - width, left));
  const boxAt = (left, top) => ({ left, right: left + width, top, bottom: top + LINE_HEIGHT });
  const middle = inside(x - width / 2);
  const tries = [
    boxAt(x + 10, y - 8),
    boxAt(x - 10 - width, y - 8),
    boxAt(middle, y - 25),
    boxAt(middle, y + 9),
    boxAt(middle, y - 41),
    boxAt(middle, y + 25),
  ];
  const free = (box) =>
    box.left >= frame.left &&
    box.right <= frame.right + 10 &&
    box.top >= frame.top - 8 &&
    box.bottom <= frame.bottom &&
    !taken.some(
      (other) => box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top,
    );
  return tries.find(free) ?? boxAt(inside(x + 10), y - 8);
}
