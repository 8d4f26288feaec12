// Which settings of a sweep lead to the best values of the metric that selects its checkpoints.

// What tells groups apart without being a setting.
function isCode(key) {
  return key.startsWith("plugin ") || ["host", "LibTorch", "test split"].includes(key);
}

function settingsSection({ runs, groups, differences }) {
  const scored = runs.filter(({ select, best_value: value }) => isSplitMetric(select) && isNumber(value));
  const metrics = [...new Set(scored.map(({ select }) => select))].sort(compareText);
  const charts = metrics
    .map((metric) => ({ metric, sweep: sweepBy(metric, scored, groups, differences) }))
    .filter(({ sweep }) => sweep.axes.length > 0);
  if (charts.length === 0) return null;
  return section(
    "settings",
    "Settings",
    chooser(
      "Metric",
      charts.map(({ metric }) => ({ value: metric, text: metric })),
      charts[0].metric,
      (chosen) => sweepChart(chosen, charts.find(({ metric }) => metric === chosen).sweep),
    ),
  );
}

// The runs whose checkpoints a metric has selected, the worst first, and the settings in which they differ.
function sweepBy(metric, scored, groups, differences) {
  const better = metricParts(metric).metric === "loss" ? -1 : 1;
  const runs = scored
    .filter(({ select }) => select === metric)
    .map((run) => ({ path: run.path, value: run.best_value, settings: groups[run.group].settings }))
    .sort((a, b) => better * (a.value - b.value));
  const axes = differences
    .filter((key) => !isCode(key))
    .map((key) => settingAxis(key, runs))
    .filter(({ values }) => values.length > 1);
  return { runs, axes };
}

// The different values of a setting in order, and which of them a run has.
function settingAxis(key, runs) {
  const valueOf = ({ settings }) => settings[key] ?? null;
  const different = [...new Set(runs.map(valueOf))];
  different.sort((a, b) => compareValues(settingValue(a), settingValue(b), false));
  return {
    title: key,
    values: different.map(formatSetting),
    placeOf: (run) => different.indexOf(valueOf(run)),
  };
}

function sweepChart(metric, sweep) {
  return (sweep.axes.length === 2 && sweepGrid(metric, sweep)) || sweepLines(metric, sweep);
}

function formatSelected(metric, value) {
  return formatMetricValue(metricParts(metric).metric, value);
}

function settingsText(run, axes) {
  return axes.map((axis) => `${axis.title} = ${axis.values[axis.placeOf(run)]}`).join(", ");
}

// Two settings against each other, if there are runs of all combinations.
function sweepGrid(metric, { runs, axes }) {
  const [rows, columns] = axes;
  const cells = rows.values.map((_, row) =>
    columns.values.map((__, column) => {
      const own = runs.filter((run) => rows.placeOf(run) === row && columns.placeOf(run) === column);
      if (own.length === 0) return null;
      const value = own.reduce((sum, run) => sum + run.value, 0) / own.length;
      const text = `${settingsText(own[0], axes)}: ${formatSelected(metric, value)}, ${plural(own.length, "run")}`;
      return { value, text };
    }),
  );
  if (!cells.flat().every(Boolean)) return null;
  const values = cells.flat().map(({ value }) => value);
  const range = [Math.min(...values), Math.max(...values)];
  return gridMap({
    title: `Best ${metric}, mean over runs`,
    rows,
    columns,
    cells,
    range: runs[0].value <= runs[runs.length - 1].value ? range : range.reverse(),
    format: (value) => formatSelected(metric, value),
  });
}

function sweepLines(metric, { runs, axes }) {
  return parallelChart({
    title: `Settings and best ${metric} of each run`,
    axes,
    valueTitle: `best ${metric}${metric.endsWith("accuracy") ? ", %" : ""}`,
    lines: runs.map((run) => ({
      places: axes.map(({ placeOf }) => placeOf(run)),
      value: run.value,
      text: `${run.path}: ${formatSelected(metric, run.value)} with ${settingsText(run, axes)}`,
    })),
  });
}
