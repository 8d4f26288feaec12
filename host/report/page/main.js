// Assembles the page. This file comes last because it runs the rest.

function runSections(run) {
  return [
    curvesSection,
    scheduleSection,
    timeSection,
    classesSection,
    confusionsSection,
    jointSection,
    calibrationSection,
    costSection,
    gallerySection,
    provenanceSection,
  ]
    .map((make) => make(run))
    .filter(Boolean);
}

function singleRun(run) {
  const cards = metricCards(run);
  return [cards && section("results", "Results", cards), analysisNote(run), ...runSections(run)];
}

// The sections of one of several runs, under a box that selects the run.
function chosenRun(runs, onChange) {
  const place = element("div", { class: "run" });
  const show = (index) => {
    const run = runs[index];
    const facts = element(
      "p",
      { class: "facts" },
      runFacts(run).map((fact) => element("span", {}, fact)),
    );
    place.replaceChildren(
      ...[
        facts,
        !isFinished(run) && note(`This run is ${run.state}.`),
        metricCards(run),
        analysisNote(run),
        ...runSections(run),
      ].filter(Boolean),
    );
    onChange();
  };
  const box = selectBox(
    "Run",
    runs.map(({ path }, i) => ({ value: String(i), text: path })),
    "0",
    (value) => show(Number(value)),
  );
  const head = section("run", "One run", box, place);
  return {
    head,
    start: () => show(0),
    choose(index) {
      box.querySelector("select").value = String(index);
      show(index);
      head.scrollIntoView();
    },
  };
}

function buildPage(data, page) {
  document.title = `${data.title} – sla_host report`;
  const header = pageHeader(data);
  const refresh = () => {
    header.querySelector("nav")?.remove();
    header.append(contents(page));
    redrawCharts();
  };
  if (data.runs.length > 1) {
    const chosen = chosenRun(data.runs, refresh);
    page.append(
      ...[
        header,
        resultsSection(data),
        settingsSection(data),
        overlaySection(data),
        groupTimesSection(data),
        runsSection(data, chosen.choose),
        chosen.head,
      ].filter(Boolean),
    );
    chosen.start();
    return;
  }
  page.append(...[header, ...data.runs.flatMap(singleRun)].filter(Boolean));
  refresh();
}

// Print has another width than the window, no pointer and nothing to click.
function preparePrint(page) {
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...page.querySelectorAll("details:not([open])")];
    closed.forEach((details) => {
      details.open = true;
    });
    document.documentElement.classList.add("printing");
    redrawCharts();
  });
  window.addEventListener("afterprint", () => {
    closed.forEach((details) => {
      details.open = false;
    });
    document.documentElement.classList.remove("printing");
    redrawCharts();
  });
}

const page = document.getElementById("page");
buildPage(readData(), page);
preparePrint(page);
// In the next frame: redrawing within the observer's callback would change what it observes.
new ResizeObserver(() => requestAnimationFrame(redrawCharts)).observe(page);
performance.mark("page-ready");
