// The images that the model sees, as grids of captioned tiles.

function gallerySection(run) {
  const panels = run.gallery.filter(({ image, tile, columns }) => isPicture(image) && tile && columns > 0);
  if (panels.length === 0) return null;
  return section("gallery", "Gallery", panels.map(galleryPanel));
}

function galleryPanel(panel) {
  const {
    title,
    tile,
    columns,
    image,
    captions = [],
    column_names: columnNames = [],
    row_names: rowNames = [],
  } = panel;
  const size = pngSize(image);
  const rows = size
    ? Math.max(1, Math.floor(size.height / tile[1]))
    : Math.max(1, rowNames.length, Math.ceil(captions.length / columns));
  const head =
    columnNames.length > 0 &&
    element(
      "tr",
      {},
      rowNames.length > 0 && element("td"),
      columnNames.slice(0, columns).map((name) => element("th", { scope: "col" }, name)),
    );
  const lines = Array.from({ length: rows }, (_, row) =>
    element(
      "tr",
      {},
      rowNames.length > 0 && element("th", { scope: "row" }, rowNames[row] ?? ""),
      Array.from({ length: columns }, (_, column) => {
        const caption = captions[row * columns + column] ?? "";
        const about = [rowNames[row], columnNames[column], caption].filter(Boolean).join(", ");
        return element(
          "td",
          {},
          spriteTile(column, row, about || "tile"),
          caption && element("span", { class: "caption" }, caption),
        );
      }),
    ),
  );
  return element(
    "figure",
    { class: "panel" },
    element("figcaption", {}, title ?? ""),
    element(
      "div",
      { class: "tile-box", tabindex: 0, role: "region", "aria-label": title ?? "tiles" },
      element(
        "table",
        { class: "tile-grid", style: spriteStyle({ image, tile, columns }) },
        head && element("thead", {}, head),
        element("tbody", {}, lines),
      ),
    ),
  );
}
