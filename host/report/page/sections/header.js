// The head of the page: what this is, whether it finished, and what to know before trusting the metrics.

function pageHeader(data) {
  const [run] = data.runs;
  const single = data.runs.length === 1;
  const facts = single ? runFacts(run) : severalFacts(data);
  return element(
    "header",
    {},
    element("h1", {}, data.title),
    element(
      "p",
      { class: "facts" },
      facts.map((fact) => element("span", {}, fact)),
    ),
    element(
      "p",
      { class: "made" },
      `Report made ${formatDate(data.made)}` + (data.host_version ? ` by sla_host ${data.host_version}` : ""),
    ),
    banners(data),
  );
}

function runFacts(run) {
  const started = run.sessions.length > 0 ? run.sessions[0].started : null;
  return [
    isFinished(run) ? "finished" : null,
    isNumber(run.iterations) && iterationsText(run),
    isNumber(run.seconds) && formatDuration(run.seconds),
    isNumber(run.seed) && `seed ${run.seed}`,
    started && `started ${formatDate(started)}`,
    isNumber(run.best_iteration) &&
      `best iteration ${formatCount(run.best_iteration)}` + (run.select ? ` by ${run.select}` : ""),
  ].filter(Boolean);
}

function iterationsText(run) {
  const perEpoch = run.iterations_per_epoch;
  const epochs = isNumber(perEpoch) && perEpoch > 0 ? ` (${formatFixed(run.iterations / perEpoch, 1)} epochs)` : "";
  return plural(run.iterations, "iteration") + epochs;
}

function severalFacts({ runs, groups }) {
  const seconds = runs.map((run) => run.seconds).filter(isNumber);
  return [
    `${plural(runs.length, "run")} in ${plural(groups.length, "group")}`,
    `${formatCount(runs.filter(isFinished).length)} finished`,
    seconds.length > 0 && `${formatDuration(seconds.reduce((sum, value) => sum + value, 0))} in total`,
  ].filter(Boolean);
}

// What several runs share is stated once, with their number.
function banners({ runs, notes }) {
  const loud = collect(runs, (run) => {
    const [wanted, used] = run.replaced_dataset ?? [];
    return wanted
      ? [`The dataset “${wanted}” was replaced by “${used}”: the metrics here mean nothing for “${wanted}”.`]
      : [];
  });
  const quiet = [
    ...collect(runs, (run) => (isFinished(run) ? [] : [`Run is ${run.state}.`])),
    ...collect(runs, (run) => run.protocol.map((text) => `Deviates from the test protocol: ${text}`)),
  ];
  return [
    ...loud.map((text) => element("p", { class: "banner loud", role: "alert" }, text)),
    ...quiet.map((text) => element("p", { class: "banner" }, text)),
    ...notes.map((text) => element("p", { class: "banner" }, text)),
  ];
}

function collect(runs, textsOf) {
  const found = new Map();
  for (const run of runs) {
    for (const text of new Set(textsOf(run))) found.set(text, [...(found.get(text) ?? []), run.path]);
  }
  return [...found].map(([text, paths]) => {
    if (runs.length === 1) return text;
    if (paths.length === runs.length) return `All runs: ${text}`;
    return paths.length > 3 ? `${paths.length} runs: ${text}` : `${paths.join(", ")}: ${text}`;
  });
}

// Links to the sections that this page has.
function contents(place) {
  const links = [...place.querySelectorAll("section > h2")].map((heading) =>
    element("a", { href: `#${heading.parentNode.id}` }, heading.textContent),
  );
  return element("nav", { "aria-label": "Sections" }, links);
}
