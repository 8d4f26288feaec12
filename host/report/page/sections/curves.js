// Accuracy and loss over the iterations of one run.

// Training images that each validation scores without augmentation.
const TRAINING_SAMPLE = "training_sample";

const MANY_POINTS = 150;

function curvesSection(run) {
  const names = seriesNames(run);
  const measured = names.filter((name) => seriesParts(name).split !== "train");
  const metrics = [...new Set(measured.map((name) => seriesParts(name).metric))];
  const accuracies = metrics.filter((metric) => metric.endsWith("accuracy")).sort(compareText);
  const others = metrics.filter((metric) => !metric.endsWith("accuracy") && metric !== "loss");
  const charts = [
    accuracies.length > 0 &&
      chooser(
        "Metric",
        accuracies.map((metric) => ({ value: metric, text: formatMetric(metric) })),
        accuracies[0],
        (metric) => metricChart(run, metric),
      ),
    lossChart(run, names),
    ...others.map((metric) => metricChart(run, metric)),
  ].filter(Boolean);
  return charts.length > 0 ? section("curves", "Curves", element("div", { class: "pair" }, charts)) : null;
}

// One curve per prediction; names the split if there are several.
function measuredSeries(run, metric) {
  const names = seriesNames(run).filter(
    (name) => seriesParts(name).split !== "train" && seriesParts(name).metric === metric,
  );
  const splits = new Set(names.map((name) => seriesParts(name).split));
  const predictions = predictionNames(run);
  return names
    .map((name) => {
      const { split, prediction } = seriesParts(name);
      const label = splits.size > 1 ? `${formatMetric(split)}, ${prediction}` : prediction;
      const isThin = split === TRAINING_SAMPLE;
      const curves = [{ ...curveOf(run, name), thin: isThin }];
      return { name: label, index: predictions.indexOf(prediction), isThin, curves };
    })
    .sort((a, b) => compareText(a.name, b.name));
}

function markOf(run) {
  return isNumber(run.best_iteration) ? { x: run.best_iteration, text: "best" } : undefined;
}

function metricChart(run, metric) {
  const isAccuracy = metric.endsWith("accuracy");
  const hasSample = seriesNames(run).some((name) => seriesParts(name).split === TRAINING_SAMPLE);
  return lineChart({
    title: `${hasSample ? "Training and validation" : "Validation"} ${formatMetric(metric)}`,
    series: measuredSeries(run, metric),
    yTitle: formatMetric(metric) + (isAccuracy ? ", %" : ""),
    format: isAccuracy ? (value) => formatPercent(value) : formatSignificant,
    limits: isAccuracy ? [0, 100] : undefined,
    log: !isAccuracy,
    smoothing: 0,
    marked: markOf(run),
    perEpoch: run.iterations_per_epoch,
  });
}

function lossChart(run, names) {
  const series = measuredSeries(run, "loss");
  const hasTraining = names.includes("train.loss");
  // Training is not a prediction: it gets the colour after theirs.
  if (hasTraining)
    series.unshift({ name: "training", index: predictionNames(run).length, curves: [curveOf(run, "train.loss")] });
  if (series.length === 0) return null;
  return lineChart({
    title: hasTraining ? "Training and validation loss" : "Validation loss",
    series,
    yTitle: "loss",
    format: formatSignificant,
    log: true,
    smoothing: hasTraining && run.series["train.loss"][0].length > MANY_POINTS ? 2 : 0,
    marked: markOf(run),
    perEpoch: run.iterations_per_epoch,
  });
}
