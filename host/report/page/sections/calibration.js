// Whether confidence matches accuracy, and what predictions cost.

function analysedPredictions(run) {
  const predictions = run.analysis?.predictions ?? {};
  const all = predictionNames(run);
  return Object.keys(predictions)
    .sort(compareText)
    .map((name) => ({ name, index: all.indexOf(name), ...predictions[name] }));
}

function calibrationSection(run) {
  const series = analysedPredictions(run)
    .filter(({ calibration }) => calibration?.bins?.length > 0)
    .map(({ name, index, calibration }) => ({
      name,
      index,
      bins: calibration.bins,
      label: isNumber(calibration.error) ? `${name}: calibration error ${formatPercent(calibration.error, 1)}` : name,
    }));
  if (series.length === 0) return null;
  return section("calibration", "Calibration", reliabilityChart({ title: "Accuracy by confidence", series }));
}

function costSection(run) {
  const points = analysedPredictions(run)
    .map(({ name, index, views, images_per_second: speed }) => ({
      name,
      index,
      views,
      x: speed,
      y: run.metrics[`${name}.accuracy`],
    }))
    .filter(({ x, y }) => isNumber(x) && x > 0 && isNumber(y));
  if (points.length === 0) return null;
  return section(
    "cost",
    "Accuracy vs cost",
    labelledPoints({
      title: "Test accuracy vs speed of each prediction",
      points: points.map((point) => ({
        ...point,
        text: `${point.name}: ${formatSignificant(point.x)} images/s, ${formatPercent(point.y)}${viewsText(point.views)}`,
      })),
      xTitle: "images per second",
      yTitle: "test accuracy, %",
    }),
  );
}

function viewsText(views) {
  if (views === "all") return ", sees every transformation of the image";
  return views === "identity" ? ", sees the image alone" : "";
}
