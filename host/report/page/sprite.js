// Tiles of an image that holds many, shown individually with background-position.

const TILE_WIDTH = 64;
const WIDEST_TILE = 96;

function isPicture(image) {
  return typeof image === "string" && /^data:image\/[a-z]+;base64,[A-Za-z0-9+/=]+$/.test(image);
}

// The size in pixels from a PNG's header; null for anything else.
function pngSize(image) {
  const base64 = /^data:image\/png;base64,([A-Za-z0-9+/]{44})/.exec(image);
  if (!base64) return null;
  const bytes = Uint8Array.from(atob(base64[1]), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

// The image is set once, on an element around the tiles that share it, because it may be long.
function spriteStyle({ image, tile, columns }) {
  return `--sprite: url("${image}"); --columns: ${columns}; --full-width: ${tileWidth(tile)}px; --aspect: ${tile[0] / tile[1]}`;
}

// Integer multiples of the tile's size, as far as they fit, keep its pixels square.
function tileWidth([width]) {
  if (width >= TILE_WIDTH) return Math.min(width, WIDEST_TILE);
  return width * Math.floor(TILE_WIDTH / Math.max(1, width));
}

function spriteTile(column, row, about) {
  return element("span", {
    class: "tile",
    role: "img",
    "aria-label": about,
    style: `background-position: calc(var(--tile-width) * ${-column}) calc(var(--tile-height) * ${-row})`,
  });
}
