// Creates elements. Data only ever becomes text nodes and attribute values, never markup.

function dress(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// element("button", {class: "legend-entry", click: toggle}, "name"): a function is an event listener.
function element(tag, attributes = {}, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

function svgElement(tag, attributes = {}, ...children) {
  return dress(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function section(id, title, ...children) {
  return element(
    "section",
    { id, "aria-labelledby": `${id}-title` },
    element("h2", { id: `${id}-title` }, title),
    ...children,
  );
}

function note(...children) {
  return element("p", { class: "note" }, ...children);
}

// A <select> with its label. options: [{value, text}]
function selectBox(label, options, chosen, onChoose) {
  const select = element(
    "select",
    { change: () => onChoose(select.value) },
    options.map(({ value, text }) => element("option", { value, selected: value === chosen }, text)),
  );
  return element("label", { class: "control" }, element("span", {}, label), select);
}

// A select box above content that depends on the choice. With one option the box is omitted.
function chooser(label, options, chosen, build) {
  const place = element("div", { class: "chosen" });
  const show = (value) => {
    place.replaceChildren(build(value));
    redrawCharts();
  };
  place.append(build(chosen));
  if (options.length < 2) return place;
  return element("div", { class: "chooser" }, selectBox(label, options, chosen, show), place);
}

function checkBox(label, name, onChange) {
  const box = element("input", { type: "checkbox", name, change: () => onChange(box.checked) });
  return element("label", { class: "control" }, box, element("span", {}, label));
}
