// Several runs: group results, overlaid curves, and the runs themselves.

function accuracyNames(metricSets) {
  const names = new Set(metricSets.flatMap((metrics) => Object.keys(metrics)));
  return [...names].filter((name) => metricParts(name).metric === "accuracy").sort(compareText);
}

function resultsSection({ groups, differences, runs }) {
  const accuracies = accuracyNames(groups.map(({ metrics }) => metrics));
  const best = new Map(
    accuracies.map((name) => [name, Math.max(...groups.map(({ metrics }) => metrics[name]?.mean ?? -Infinity))]),
  );
  const selected = [...new Set(runs.map(({ select }) => select).filter(isSplitMetric))];
  const columns = [
    { title: "group", value: ({ name }) => name, cell: (group) => groupName(group, runs) },
    { title: "runs", numeric: true, value: (group) => group.runs.length },
    ...selected.map((select) => ({
      title: `selected by ${select}`,
      numeric: true,
      value: (group) => selectedBy(select, group, runs).mean,
      cell: (group) => meanCell(selectedBy(select, group, runs), null),
    })),
    ...accuracies.map((name) => ({
      title: `${metricParts(name).prediction},\u00a0%`,
      numeric: true,
      value: ({ metrics }) => metrics[name]?.mean ?? null,
      cell: ({ metrics }) => meanCell(metrics[name], best.get(name)),
    })),
    ...differences.map((key) => ({
      title: key,
      value: ({ settings }) => settingValue(settings[key]),
      cell: ({ settings }) => formatSetting(settings[key]),
    })),
  ];
  return section(
    "results",
    "Results",
    accuracies.length > 0 && accuracyChart(groups, runs, accuracies),
    sortableTable({
      caption: "Test accuracy of each prediction, mean ± standard deviation over seeds",
      columns,
      rows: groups,
    }),
    accuracies.length > 0 && groups.length > 1 && note("The best mean of each column is bold."),
  );
}

// Whether a checkpoint was chosen by a metric, not by being the last.
function isSplitMetric(select) {
  return Boolean(select) && select !== "last";
}

// The metric that chose the checkpoints of a group: its mean and standard deviation over the runs.
function selectedBy(select, group, runs) {
  const values = group.runs
    .map((i) => runs[i])
    .filter((run) => run?.select === select && isNumber(run.best_value))
    .map(({ best_value: value }) => value);
  if (values.length === 0) return { mean: null, sd: null };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : null };
}

function accuracyChart(groups, runs, accuracies) {
  const predictions = accuracies.map((name, index) => ({ name: metricParts(name).prediction, index }));
  const rowOf = (group, metric, index) => {
    const members = group.runs.map((i) => runs[i]).filter(Boolean);
    const published = new Map(
      members.flatMap((run) => run.published.filter((entry) => entry.metric === metric)).map((e) => [e.source, e]),
    );
    return {
      ...predictions[index],
      ...group.metrics[metric],
      points: members
        .filter(({ metrics }) => isNumber(metrics[metric]))
        .map(({ metrics, path }) => ({ value: metrics[metric], text: `${path}: ${formatPercent(metrics[metric])}` })),
      published: [...published.values()].map(({ value, source }) => ({
        value,
        text: `published: ${formatPercent(value)}, ${source ?? ""}`,
      })),
    };
  };
  return spreadChart({
    title: "Test accuracy of each group",
    xTitle: "test accuracy, %",
    predictions,
    groups: groups
      .map((group) => ({
        name: group.name,
        rows: accuracies.map((metric, i) => rowOf(group, metric, i)).filter(({ mean }) => isNumber(mean)),
      }))
      .filter(({ rows }) => rows.length > 0),
  });
}

// The sort key of a setting: numbers sort by value, so that 0.05 comes before 0.1 and 1e-3 before both.
function settingValue(toml) {
  if (toml === null || toml === undefined) return null;
  const number = Number(String(toml).replace(/_/g, ""));
  return toml !== "" && Number.isFinite(number) ? number : formatSetting(toml);
}

function groupName(group, runs) {
  const finished = group.runs.filter((i) => runs[i] && isFinished(runs[i])).length;
  if (finished === group.runs.length) return group.name;
  const state = finished === 0 ? "unfinished" : `${group.runs.length - finished} unfinished`;
  return [...breakable(group.name), " ", element("span", { class: "tag" }, state)];
}

function meanCell(statistic, best) {
  if (!statistic || !isNumber(statistic.mean)) return MISSING;
  const deviation = isNumber(statistic.sd)
    ? element("span", { class: "interval" }, ` ± ${formatFixed(statistic.sd, 2)}`)
    : null;
  const mean = formatFixed(statistic.mean, 2);
  return [statistic.mean === best ? element("strong", {}, mean) : mean, deviation];
}

function overlaySection({ runs, groups }) {
  const names = [...new Set(runs.flatMap(seriesNames))].sort(compareText);
  if (names.length === 0) return null;
  // Of the metrics that chose checkpoints, the one that most runs can be compared by.
  const holders = (name) => runs.filter((run) => seriesNames(run).includes(name)).length;
  const first =
    names
      .filter((name) => runs.some(({ select }) => select === name))
      .sort((a, b) => holders(b) - holders(a))[0] ??
    names.find((name) => seriesParts(name).split === "validation" && name.endsWith(".accuracy")) ??
    names[0];
  return section(
    "overlay",
    "Curves of all runs",
    chooser(
      "Metric",
      names.map((name) => ({ value: name, text: name })),
      first,
      (name) => overlayChart(name, runs, groups),
    ),
  );
}

function overlayChart(name, runs, groups) {
  const isAccuracy = name.endsWith("accuracy");
  const series = groups
    .map((group, index) => ({ name: group.name, index, curves: groupCurves(group, name, runs) }))
    .filter(({ curves }) => curves.length > 0);
  const several = series.some(({ curves }) => curves.length > 1);
  return lineChart({
    title: several ? `${name}; thin: runs, thick: group mean` : name,
    series,
    yTitle: formatMetric(seriesParts(name).metric) + (isAccuracy ? ", %" : ""),
    format: isAccuracy ? (value) => formatFixed(value, 2) : formatSignificant,
    limits: isAccuracy ? [0, 100] : undefined,
    log: !isAccuracy,
    smoothing: 0,
  });
}

// Each run's own curve and, last, the group's mean. Unfinished runs would cut the mean short, so it excludes them if
// there are finished ones.
function groupCurves(group, name, runs) {
  const known = group.runs.map((i) => runs[i]).filter((run) => run && seriesNames(run).includes(name));
  const curves = known.map((run) => curveOf(run, name));
  if (curves.length < 2) return curves;
  const finished = curves.filter((_, i) => isFinished(known[i]));
  const mean = meanCurve(finished.length > 0 ? finished : curves);
  return [...curves.map((curve) => ({ ...curve, thin: true })), mean];
}

function runsSection({ runs, groups }, choose) {
  const accuracies = accuracyNames(runs.map(({ metrics }) => metrics));
  const columns = [
    {
      title: "run",
      value: ({ path }) => path,
      cell: (run) =>
        element(
          "button",
          { type: "button", class: "link", click: () => choose(runs.indexOf(run)) },
          breakable(run.path),
        ),
    },
    { title: "group", value: (run) => groups[run.group]?.name ?? null },
    { title: "seed", numeric: true, value: ({ seed }) => seed ?? null },
    { title: "state", value: ({ state }) => state },
    ...accuracies.map((name) => ({
      title: `${metricParts(name).prediction},\u00a0%`,
      numeric: true,
      value: ({ metrics }) => metrics[name] ?? null,
      cell: ({ metrics }) => formatFixed(metrics[name], 2),
    })),
    {
      title: "time",
      numeric: true,
      value: ({ seconds }) => seconds ?? null,
      cell: ({ seconds }) => formatDuration(seconds),
    },
  ];
  return section("runs", "Runs", sortableTable({ caption: "Each run, with its test accuracy", columns, rows: runs }));
}
