// Where a run comes from: code, libraries, sessions and the experiment as it was run.

function provenanceSection(run) {
  const facts = Object.entries(run.provenance);
  const parts = [
    (facts.length > 0 || run.path) &&
      pairTable("Run", [
        ["path", run.path ?? MISSING],
        ...facts.map(([name, value]) => [name, String(value ?? MISSING)]),
      ]),
    run.sessions.length > 0 && sessionList(run.sessions),
    run.experiment &&
      element("details", {}, element("summary", {}, "Experiment"), element("pre", { tabindex: 0 }, run.experiment)),
  ].filter(Boolean);
  return parts.length > 0 ? section("provenance", "Provenance", parts) : null;
}

function sessionList(sessions) {
  return element(
    "div",
    { class: "sessions" },
    element("h3", {}, "Sessions"),
    element(
      "ol",
      {},
      sessions.map(({ started, ended, exit, command }) =>
        element(
          "li",
          {},
          `${formatDate(started)} to ${formatDate(ended)}: ${exit ?? "no end recorded"}`,
          command && element("code", {}, command),
        ),
      ),
    ),
  );
}
