// Reads the report's data and answers the questions that several sections share.

// Fills in optional keys, so that the sections need not check for each.
function readData() {
  const data = JSON.parse(document.getElementById("data").textContent);
  fill(data, { title: "Report", notes: [], differences: [], runs: [], groups: [] });
  for (const run of data.runs) {
    fill(run, {
      state: "unfinished",
      series: {},
      times: {},
      metrics: {},
      protocol: [],
      published: [],
      provenance: {},
      sessions: [],
      gallery: [],
    });
  }
  for (const group of data.groups) fill(group, { metrics: {}, settings: {}, runs: [] });
  return data;
}

function fill(object, defaults) {
  for (const [key, value] of Object.entries(defaults)) object[key] = object[key] ?? value;
}

function isFinished(run) {
  return run.state === "finished";
}

// "validation.aggregated.top5_accuracy" -> split, prediction and metric; "train.loss.joint" -> split and metric.
function seriesParts(name) {
  const first = name.indexOf(".");
  const split = name.slice(0, first);
  const rest = name.slice(first + 1);
  if (split === "train") return { split, prediction: null, metric: rest };
  return { split, ...metricParts(rest) };
}

// "aggregated.accuracy" -> prediction and metric.
function metricParts(name) {
  const last = name.lastIndexOf(".");
  return { prediction: name.slice(0, Math.max(0, last)), metric: name.slice(last + 1) };
}

// The names of the series that hold at least one value.
function seriesNames(run) {
  return Object.keys(run.series).filter((name) => (run.series[name]?.[1] ?? []).some(isNumber));
}

function curveOf(run, name) {
  const [xs, ys] = run.series[name];
  return { xs, ys };
}

// Every prediction that any run has, always in the same order, so that each keeps its colour throughout the page.
function predictionNames(run) {
  const names = new Set(Object.keys(run.analysis?.predictions ?? {}));
  for (const name of Object.keys(run.metrics)) names.add(metricParts(name).prediction);
  for (const name of seriesNames(run)) names.add(seriesParts(name).prediction);
  return [...names].filter(Boolean).sort(compareText);
}

const collator = new Intl.Collator("en", { numeric: true });

function compareText(left, right) {
  return collator.compare(left, right);
}

// An exponential moving average with a memory of `reach` iterations, so that dense and sparse curves are smoothed
// alike. Its weights sum to one from the first point on; a missing value stays missing.
function smooth(xs, ys, reach) {
  if (!(reach > 0)) return ys;
  let sum = 0;
  let weight = 0;
  let before = null;
  return ys.map((y, i) => {
    if (!isNumber(y)) return null;
    const keep = before === null ? 0 : Math.exp(-(xs[i] - before) / reach);
    before = xs[i];
    sum = sum * keep + y;
    weight = weight * keep + 1;
    return sum / weight;
  });
}

// The mean of several curves at the iterations where all of them have a value.
function meanCurve(curves) {
  const totals = new Map();
  for (const { xs, ys } of curves) {
    xs.forEach((x, i) => {
      if (!isNumber(ys[i])) return;
      const total = totals.get(x) ?? { sum: 0, count: 0 };
      total.sum += ys[i];
      total.count += 1;
      totals.set(x, total);
    });
  }
  const shared = [...totals].filter(([, total]) => total.count === curves.length).sort((a, b) => a[0] - b[0]);
  return { xs: shared.map(([x]) => x), ys: shared.map(([, total]) => total.sum / total.count) };
}
