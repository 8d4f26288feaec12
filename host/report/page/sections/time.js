// What runs spend their time on.

const ACTIVITIES = {
  data: "waiting for data",
  transformations: "transformations",
  forward: "forward pass and loss",
  backward: "backward pass",
  exchange: "exchange between processes",
  update: "update",
  step: "steps",
  validation: "validation",
  saving: "saving and log",
};

function timeSection(run) {
  return timeChart("time", "Time", [{ name: "this run", values: run.times }]);
}

// The mean over the runs of each group. Unfinished runs would make it too short, so it excludes them if there are
// finished ones.
function groupTimesSection({ runs, groups }) {
  const rows = groups.map((group) => {
    const known = group.runs.map((i) => runs[i]).filter((run) => run && hasTimes(run.times));
    const finished = known.filter(isFinished);
    return { name: group.name, values: meanTimes(finished.length > 0 ? finished : known) };
  });
  return timeChart("group-times", "Time of all groups", rows);
}

function hasTimes(times) {
  return Object.values(times).some(isNumber);
}

function meanTimes(runs) {
  const totals = {};
  for (const { times } of runs) {
    for (const [name, seconds] of Object.entries(times)) totals[name] = (totals[name] ?? 0) + seconds / runs.length;
  }
  return totals;
}

function timeChart(id, title, rows) {
  const timed = rows.filter(({ values }) => hasTimes(values));
  if (timed.length === 0) return null;
  const parts = Object.entries(ACTIVITIES)
    .filter(([name]) => timed.some(({ values }) => isNumber(values[name])))
    .map(([name, label], index) => ({ name, label, index }));
  return section(
    id,
    title,
    stackedBars({
      title: "Where the time of training went",
      parts,
      rows: timed,
      format: formatDuration,
      resting: "Hover over a bar, or use the arrow keys.",
    }),
    parts.some(({ name }) => name === "step") &&
      note("The parts of a step on a GPU are not told apart: that would take waiting for it."),
  );
}
