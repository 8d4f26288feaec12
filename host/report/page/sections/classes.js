// Which classes a prediction gets right, and which it confuses.

function classesSection(run) {
  const { class_names: names = [], class_counts: counts, predictions = {} } = run.analysis ?? {};
  const known = Object.keys(predictions)
    .filter((name) => predictions[name].confusion || predictions[name].class_accuracy)
    .sort(compareText);
  if (names.length === 0 || known.length === 0) return null;
  // The prediction that uses the most views is the most interesting one.
  const first = known.find((name) => predictions[name].views === "all") ?? known[0];
  const trained = (counts ?? []).filter((count) => count > 0);
  // Random splits are slightly uneven too.
  const histogramShown = Math.max(...trained) > 2 * Math.min(...trained);
  return section(
    "classes",
    "Classes",
    chooser(
      "Prediction",
      known.map((name) => ({ value: name, text: name })),
      first,
      (name) => classCharts(predictions[name], names, counts),
    ),
    histogramShown && classHistogram(names, counts),
  );
}

function classCharts({ confusion, class_accuracy: accuracy }, names, counts) {
  return element(
    "div",
    { class: "pair wide-first" },
    confusion &&
      heatMap({
        title: "Confusion matrix",
        names,
        cells: confusion,
        rowTitle: "true class",
        columnTitle: "predicted class",
      }),
    accuracy && classTable(names, counts, accuracy),
  );
}

function classTable(names, counts, accuracy) {
  const rows = names.map((name, i) => ({ name, count: counts?.[i] ?? null, accuracy: accuracy[i] ?? null }));
  return sortableTable({
    caption: "Accuracy by class",
    columns: [
      { title: "class", value: ({ name }) => name },
      counts && {
        title: "training images",
        numeric: true,
        value: ({ count }) => count,
        cell: ({ count }) => formatCount(count),
      },
      { title: "accuracy", numeric: true, value: (row) => row.accuracy, cell: (row) => barCell(row.accuracy) },
    ].filter(Boolean),
    rows,
    sorted: { column: counts ? 2 : 1, descending: false },
  });
}

function barCell(percent) {
  if (!isNumber(percent)) return MISSING;
  return [
    element("span", { class: "bar-number" }, formatPercent(percent, 1)),
    svgElement(
      "svg",
      { class: "cell-bar", width: 64, height: 10, "aria-hidden": "true" },
      svgElement("rect", { width: 64, height: 10, class: "bar-ground" }),
      svgElement("rect", { width: round(0.64 * percent), height: 10, class: "bar" }),
    ),
  ];
}

function classHistogram(names, counts) {
  const bars = names.map((name, i) => ({ name, value: counts[i] ?? 0 })).sort((a, b) => b.value - a.value);
  return histogram({
    title: "Training images per class",
    bars,
    xTitle: "classes, most frequent first",
    yTitle: "training images",
  });
}

function confusionsSection(run) {
  const { class_names: names = [], examples } = run.analysis ?? {};
  const pairs = (examples?.pairs ?? []).filter(({ image }) => isPicture(image));
  if (pairs.length === 0) return null;
  return section(
    "confusions",
    "Worst confusions",
    note(`Test images that “${examples.prediction}” misclassifies, the most frequent confusions first.`),
    element(
      "div",
      { class: "confusions" },
      pairs.map((pair) => confusionCard(pair, examples.tile, names)),
    ),
  );
}

function confusionCard({ right, predicted, count, image, tiles }, tile, names) {
  const rightName = names[right] ?? `class ${right}`;
  const predictedName = names[predicted] ?? `class ${predicted}`;
  return element(
    "figure",
    { class: "confusion" },
    element(
      "figcaption",
      {},
      element("strong", {}, rightName),
      ` predicted as `,
      element("strong", {}, predictedName),
      element("span", { class: "caption" }, plural(count, "time")),
    ),
    element(
      "div",
      { class: "tiles", style: spriteStyle({ image, tile, columns: tiles }) },
      Array.from({ length: tiles }, (_, i) =>
        spriteTile(i, 0, `${rightName} predicted as ${predictedName}, example ${i + 1}`),
      ),
    ),
  );
}
