// Tables whose rows can be sorted by column.

// columns: [{title, value(row), cell?(row), numeric?, first?}]; a column sorts by value, null always last. sorted:
// {column, descending}? the initial order.
function sortableTable({ caption, columns, rows, sorted = null }) {
  let order = sorted;
  const body = element("tbody");
  const lines = rows.map((row) => ({
    row,
    line: element(
      "tr",
      {},
      columns.map((column) => tableCell(column, row)),
    ),
  }));
  const headers = columns.map((column, i) =>
    element(
      "th",
      { scope: "col", class: column.numeric && "numeric", "aria-sort": "none" },
      element("button", { type: "button", click: () => sortBy(i) }, breakable(column.title)),
    ),
  );

  function sortBy(i) {
    const descending = order && order.column === i ? !order.descending : Boolean(columns[i].numeric);
    order = { column: i, descending };
    arrange();
  }

  function arrange() {
    if (order) {
      const { value } = columns[order.column];
      lines.sort((a, b) => compareValues(value(a.row), value(b.row), order.descending));
      headers.forEach((header, i) =>
        header.setAttribute("aria-sort", i !== order.column ? "none" : order.descending ? "descending" : "ascending"),
      );
    }
    body.append(...lines.map(({ line }) => line));
  }

  arrange();
  return element(
    "div",
    { class: "table-box", tabindex: 0, role: "region", "aria-label": caption },
    element(
      "table",
      { class: "sortable" },
      tableCaption(caption),
      element("thead", {}, element("tr", {}, headers)),
      body,
    ),
  );
}

function tableCaption(text) {
  return element("caption", {}, element("span", {}, text));
}

function compareValues(left, right, descending) {
  const missing = (value) => value === null || value === undefined || value === "";
  if (missing(left) || missing(right)) return Number(missing(left)) - Number(missing(right));
  const order = isNumber(left) && isNumber(right) ? left - right : compareText(String(left), String(right));
  return descending ? -order : order;
}

function tableCell(column, row) {
  const value = column.value(row);
  const content = column.cell ? column.cell(row) : (value ?? MISSING);
  const shown = typeof content === "string" && !column.numeric ? breakable(content) : content;
  return element("td", { class: column.numeric && "numeric", "data-value": value ?? "" }, shown);
}

// Long names may break after a dot, a dash, a slash or an underscore.
function breakable(text) {
  return text.split(/(?<=[._/-])/).flatMap((part) => [part, element("wbr")]);
}

// A table of names and values that needs no sorting.
function pairTable(caption, pairs) {
  return element(
    "table",
    { class: "pairs" },
    tableCaption(caption),
    element(
      "tbody",
      {},
      pairs.map(([name, value]) => element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, value))),
    ),
  );
}
