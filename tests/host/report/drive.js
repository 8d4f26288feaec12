// Appended to a finished report page: drives it as a reader would and writes what failed into <pre id="outcome">.
(() => {
  "use strict";
  const failures = [];
  const collator = new Intl.Collator("en", { numeric: true });
  const every = (selector, root = document) => [...root.querySelectorAll(selector)];

  function expect(truth, what) {
    if (!truth) failures.push(what);
  }

  function nameOf(node) {
    return node.querySelector("figcaption, caption")?.textContent ?? "a chart";
  }

  // A curve is hidden by its legend entry and comes back.
  function driveLegend(figure) {
    const curve = (name) => every("g[data-series]", figure).find((group) => group.dataset.series === name);
    const isOff = (group) => group.hasAttribute("hidden") || group.classList.contains("is-off");
    for (const entry of every("button.legend-entry", figure)) {
      const name = entry.dataset.series;
      const where = `${nameOf(figure)}, legend entry ${name}`;
      expect(entry.getAttribute("aria-pressed") === "true", `${where}: is not pressed at first`);
      expect(curve(name) && !isOff(curve(name)), `${where}: has no curve to see at first`);
      entry.click();
      expect(entry.getAttribute("aria-pressed") === "false", `${where}: stays pressed`);
      expect(curve(name) && isOff(curve(name)), `${where}: does not hide its curve`);
      expect(curve(name) && curve(name).getClientRects().length === 0, `${where}: its hidden curve is still drawn`);
      entry.click();
      expect(curve(name) && !isOff(curve(name)), `${where}: does not bring its curve back`);
    }
  }

  // Rows in the order that the column promises; cells without a value last in either order.
  function isSorted(values, descending) {
    const present = values.filter((value) => value !== "");
    if (values.slice(0, present.length).includes("")) return false;
    const numeric = present.every((value) => Number.isFinite(Number(value)));
    return present.slice(1).every((value, i) => {
      const order = numeric ? Number(present[i]) - Number(value) : collator.compare(present[i], value);
      return descending ? order >= 0 : order <= 0;
    });
  }

  function driveTable(table) {
    const headers = every("thead th", table);
    headers.forEach((header, column) => {
      const where = `${nameOf(table)}, column ${header.textContent}`;
      const before = every("tbody tr", table).length;
      for (let turn = 0; turn < 2; turn += 1) {
        header.querySelector("button").click();
        const order = header.getAttribute("aria-sort");
        const values = every("tbody tr", table).map((row) => row.cells[column].dataset.value ?? "");
        expect(["ascending", "descending"].includes(order), `${where}: aria-sort is ${order}`);
        expect(isSorted(values, order === "descending"), `${where}: is not sorted, though ${order}`);
      }
      expect(headers.filter((other) => other.getAttribute("aria-sort") !== "none").length === 1, `${where}: sorts alone`);
      expect(every("tbody tr", table).length === before, `${where}: loses rows`);
    });
  }

  function driveLogScale(figure) {
    const box = figure.querySelector("input[name=log]");
    if (!box) return;
    const labels = () => every(".axes text", figure).map((text) => text.textContent).join("|");
    const before = labels();
    box.click();
    expect(labels() !== before, `${nameOf(figure)}: a log scale leaves the axis labels as they are`);
    expect(!/NaN|Infinity|undefined/.test(figure.innerHTML), `${nameOf(figure)}: a log scale draws no numbers`);
    box.click();
    expect(labels() === before, `${nameOf(figure)}: the linear scale does not come back`);
  }

  function driveSmoothing(figure) {
    const slider = figure.querySelector("input[name=smoothing]");
    if (!slider) return;
    for (const value of [slider.max, slider.value]) {
      slider.value = value;
      slider.dispatchEvent(new Event("input"));
      expect(value === "0" || every("path.raw", figure).length > 0, `${nameOf(figure)}: smoothing hides the raw curve`);
    }
  }

  function driveReadout(svg) {
    const readout = svg.closest("figure").querySelector(".readout");
    const resting = readout.textContent;
    svg.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", cancelable: true }));
    expect(readout.textContent !== resting, `${nameOf(svg.closest("figure"))}: an arrow key shows no value`);
    for (const key of ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"]) {
      svg.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
    }
    svg.dispatchEvent(new FocusEvent("blur"));
  }

  // Every choice of every select box: another run, prediction or metric.
  function driveSelects() {
    for (const select of every("select")) {
      const before = select.value;
      for (const value of every("option", select).map((option) => option.value).concat(before)) {
        select.value = value;
        select.dispatchEvent(new Event("change"));
        checkLayout(`with ${value}`);
      }
    }
  }

  function checkLayout(when) {
    const width = document.documentElement.scrollWidth;
    expect(width <= window.innerWidth, `${when}: the page is ${width} wide in a window of ${window.innerWidth}`);
    for (const svg of every(".chart svg")) {
      const box = svg.getBoundingClientRect();
      for (const text of every("text", svg)) {
        const { left, right, top, bottom } = text.getBoundingClientRect();
        const inside = left >= box.left - 1 && right <= box.right + 1 && top >= box.top - 1 && bottom <= box.bottom + 1;
        expect(inside, `${when}: "${text.textContent}" leaves its drawing`);
      }
    }
    for (const title of every(".axis-title")) {
      expect(!title.textContent.startsWith("–"), `${when}: an axis has no name: ${title.textContent}`);
    }
    expect(!/NaN|Infinity|undefined/.test(document.querySelector("main").textContent), `${when}: a value is no text`);
    expect(every("path[d*=NaN], [x*=NaN], [width*=NaN]").length === 0, `${when}: a drawing has no numbers`);
  }

  let outcome = null;
  function writeOutcome() {
    const ready = performance.getEntriesByName("page-ready")[0];
    expect(outcome || ready, "the page never became ready");
    outcome = outcome ?? document.body.appendChild(document.createElement("pre"));
    outcome.id = "outcome";
    const sections = every("section[id]").map((section) => section.id);
    const settings = document.querySelector("#settings figcaption")?.textContent ?? null;
    const readyMs = ready ? Math.round(ready.startTime) : null;
    outcome.textContent = JSON.stringify({ failures, sections, settings, ready_ms: readyMs });
  }

  // These may come after the drive itself, and what the policy stopped may have come before it: written anew each time.
  function fail(what) {
    failures.push(what);
    writeOutcome();
  }
  window.addEventListener("error", (event) => fail(`error: ${event.message ?? event.target}`), true);
  const blocked = (reports) => reports.forEach(({ body }) => fail(`policy violated: ${body.effectiveDirective}`));
  new ReportingObserver(blocked, { types: ["csp-violation"], buffered: true }).observe();

  checkLayout("at first");
  for (const figure of every("figure.chart")) {
    driveLegend(figure);
    driveLogScale(figure);
    driveSmoothing(figure);
    every(".chart-area > svg[tabindex]", figure).forEach(driveReadout);
  }
  every("table.sortable").forEach(driveTable);
  driveSelects();
  for (const url of performance.getEntriesByType("resource").map(({ name }) => name)) {
    expect(url.startsWith("data:"), `the page asks the network for ${url}`);
  }
  writeOutcome();
})();
