// Training beyond accuracy: learning rate, parts of the loss, throughput and anything else it reports.

const PART_OF_LOSS = "train.loss.";
const LEARNING_RATE = "train.learning_rate";

function scheduleSection(run) {
  const names = seriesNames(run).filter((name) => seriesParts(name).split === "train" && name !== "train.loss");
  const parts = names.filter((name) => name.startsWith(PART_OF_LOSS));
  const others = names.filter((name) => !parts.includes(name));
  others.sort((a, b) => Number(b === LEARNING_RATE) - Number(a === LEARNING_RATE));
  const charts = others.map((name) => trainingChart(run, name));
  if (parts.length > 0) charts.splice(1, 0, partsChart(run, parts));
  return charts.length > 0 ? section("schedule", "Schedule", element("div", { class: "pair" }, charts)) : null;
}

function trainingChart(run, name) {
  const title = formatMetric(seriesParts(name).metric);
  return lineChart({
    title: title[0].toUpperCase() + title.slice(1),
    series: [{ name: title, index: 0, curves: [curveOf(run, name)] }],
    yTitle: title,
    format: formatSignificant,
    log: true,
    perEpoch: run.iterations_per_epoch,
  });
}

function partsChart(run, names) {
  return lineChart({
    title: "Parts of the loss",
    series: names.map((name, index) => ({
      name: formatMetric(name.slice(PART_OF_LOSS.length)),
      index,
      curves: [curveOf(run, name)],
    })),
    yTitle: "loss",
    format: formatSignificant,
    log: true,
    smoothing: run.series[names[0]][0].length > MANY_POINTS ? 2 : 0,
    perEpoch: run.iterations_per_epoch,
  });
}
