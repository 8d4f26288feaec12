// Test accuracy of each prediction of one run, next to published values.

function metricCards(run) {
  const names = predictionNames(run).filter(
    (name) => isNumber(run.metrics[`${name}.accuracy`]) || otherMetrics(run, name).length > 0,
  );
  if (names.length === 0) return null;
  return element(
    "div",
    { class: "cards" },
    names.map((name) => metricCard(run, name)),
  );
}

function metricCard(run, name) {
  const accuracy = run.metrics[`${name}.accuracy`];
  const interval = run.metrics[`${name}.accuracy_ci95`];
  const published = run.published.filter(({ metric }) => metric === `${name}.accuracy`);
  return element(
    "div",
    { class: "card", style: seriesStyle(predictionNames(run).indexOf(name)) },
    element("h3", {}, name),
    element(
      "p",
      { class: "metric" },
      formatPercent(accuracy),
      isNumber(interval) && element("span", { class: "interval" }, ` ± ${formatFixed(interval, 2)}`),
    ),
    element("p", { class: "caption" }, isNumber(interval) ? "test accuracy, 95% interval" : "test accuracy"),
    published.map(({ value, source }) =>
      element(
        "p",
        { class: "published" },
        `${formatPercent(value)} published`,
        isNumber(accuracy) && ` (${formatSigned(accuracy - value)} here)`,
        element("span", { class: "source" }, source ?? ""),
      ),
    ),
    element(
      "dl",
      {},
      otherMetrics(run, name).map((metric) =>
        element(
          "div",
          {},
          element("dt", {}, formatMetric(metric)),
          element("dd", {}, formatMetricValue(metric, run.metrics[`${name}.${metric}`])),
        ),
      ),
    ),
  );
}

function otherMetrics(run, name) {
  return Object.keys(run.metrics)
    .filter((key) => isNumber(run.metrics[key]))
    .map(metricParts)
    .filter(({ prediction, metric }) => prediction === name && metric !== "accuracy" && !metric.endsWith("_ci95"))
    .map(({ metric }) => metric);
}

function formatMetricValue(metric, value) {
  return metric.endsWith("accuracy") ? formatPercent(value) : formatSignificant(value);
}

// Stated in one line, so that nobody looks for sections that this run cannot have.
function analysisNote(run) {
  if (run.analysis) return null;
  return element(
    "p",
    { class: "note", id: "analysis-note" },
    "This run has no analysis: it is unfinished, or was made before analyses were kept. ",
    element("code", {}, `sla_host eval ${run.path ?? "RUN"} --analyse`),
    " adds it.",
  );
}
