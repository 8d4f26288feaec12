// Scales, ticks and text sizes: the arithmetic behind every chart.

// Maps values of `domain` to pixels of `range`, logarithmically if asked.
function makeScale(domain, range, log = false) {
  const bend = log ? Math.log10 : (value) => value;
  const unbend = log ? (value) => 10 ** value : (value) => value;
  const low = bend(domain[0]);
  const span = bend(domain[1]) - low || 1;
  const scale = (value) => range[0] + ((bend(value) - low) / span) * (range[1] - range[0]);
  scale.invert = (pixel) => unbend(low + ((pixel - range[0]) / (range[1] - range[0])) * span);
  return scale;
}

// The minimum and maximum value with some margin, clamped to `limits`. Never empty, never a single point.
function padDomain(values, { log = false, limits = [-Infinity, Infinity] } = {}) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!isNumber(value) || (log && value <= 0)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return log ? [0.1, 1] : [0, 1];
  // Means of equal numbers may differ in their last bits.
  if (high - low <= 1e-9 * Math.max(Math.abs(low), Math.abs(high))) low = high;
  if (log) return low === high ? [low / 2, high * 2] : [low / (high / low) ** 0.05, high * (high / low) ** 0.05];
  const room = low === high ? Math.abs(low) * 0.1 || 0.5 : (high - low) * 0.05;
  return [Math.max(low - room, limits[0]), Math.min(high + room, limits[1])];
}

function linearTicks([low, high], count) {
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i += 1) found.push(i * step + 0); // never -0
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return found.map((value) => ({
    value,
    text: decimals > 4 ? formatSignificant(value) : formatFixed(value, decimals),
  }));
}

function logTicks([low, high], count) {
  const powers = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) powers.push(power);
  const candidates = [[1, 2, 5], [1, 3], [1]].map((factors) =>
    powers
      .flatMap((power) => factors.map((factor) => factor * 10 ** power))
      .filter((value) => value >= low * 0.999 && value <= high * 1.001),
  );
  const fitting = candidates.find((values) => values.length <= count + 1) ?? thin(candidates[2], count);
  // Within less than a decade, round factors may be too few to read values from.
  if (fitting.length < 3 && high / low < 10) return linearTicks([low, high], count);
  return fitting.map((value) => ({ value, text: tidyPower(value) }));
}

function tidyPower(value) {
  return value >= 0.001 && value < 1e6
    ? formatFixed(value, Math.max(0, -Math.floor(Math.log10(value) + 1e-9)))
    : formatSignificant(value);
}

function thin(values, count) {
  const step = Math.ceil(values.length / Math.max(1, count));
  return values.filter((_, i) => i % step === 0);
}

const TEXT_SIZE = 12;
const ruler = document.createElement("canvas").getContext("2d");

function textWidth(text, size = TEXT_SIZE) {
  ruler.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  return ruler.measureText(text).width;
}

// The text, cut with an ellipsis if it is wider than `width`.
function fitText(text, width, size = TEXT_SIZE) {
  if (textWidth(text, size) <= width) return text;
  let length = Math.max(1, Math.floor((text.length * width) / textWidth(text, size)));
  while (length > 1 && textWidth(`${text.slice(0, length)}…`, size) > width) length -= 1;
  return `${text.slice(0, length).trimEnd()}…`;
}
