// What the joint labels show: class and transformation together.

function jointSection(run) {
  const transformations = run.analysis?.transformations;
  if (!transformations) return null;
  const { names = [], accuracy, joint, confusion } = transformations;
  const charts = [
    confusion &&
      confusion.length > 0 &&
      heatMap({
        title: "Transformation confusion, % of the row",
        names,
        cells: matrixCells(confusion),
        rowTitle: "true",
        columnTitle: "predicted",
        limit: 460,
      }),
    accuracy &&
      accuracy.length > 0 &&
      barList({
        title: "Class accuracy by transformation",
        most: 100,
        rows: accuracy.map((value, i) => ({ name: names[i] ?? String(i), value, text: formatPercent(value, 1) })),
      }),
  ].filter(Boolean);
  if (charts.length === 0 && !joint) return null;
  return section(
    "joint",
    "Joint labels",
    joint &&
      stackedBar({
        title: "Class and transformation of every test image under every transformation",
        parts: [
          { name: "both correct", value: joint.right, index: 2 },
          { name: "class wrong", value: joint.class_error, index: 1 },
          { name: "transformation wrong", value: joint.transformation_error, index: 0 },
          { name: "both wrong", value: joint.both_errors, index: 6 },
        ],
      }),
    charts.length > 0 && element("div", { class: "pair" }, charts),
  );
}

function matrixCells(matrix) {
  return matrix
    .flatMap((counts, row) => counts.map((count, column) => [row, column, count]))
    .filter(([, , count]) => count > 0);
}
