// Formats numbers, durations and dates. Missing values become a dash, never "null" or "NaN".

const MISSING = "–";

function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}

function formatFixed(value, decimals) {
  if (!isNumber(value)) return MISSING;
  const text = value.toLocaleString("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return text.replace("-", "−");
}

function formatCount(value) {
  return formatFixed(value, 0);
}

function formatPercent(value, decimals = 2) {
  return isNumber(value) ? `${formatFixed(value, decimals)}%` : MISSING;
}

function formatSigned(value, decimals = 2) {
  if (!isNumber(value)) return MISSING;
  return (value > 0 ? "+" : "") + formatFixed(value, decimals);
}

// About four significant digits, for losses, learning rates and other measurements.
function formatSignificant(value) {
  if (!isNumber(value)) return MISSING;
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1e7 || size < 1e-3) {
    return value
      .toExponential(2)
      .replace(/\.?0+e/, "e")
      .replace("e+", "e")
      .replace(/-/g, "−");
  }
  return formatFixed(value, Math.max(0, 3 - Math.floor(Math.log10(size))));
}

function formatDuration(seconds) {
  if (!isNumber(seconds)) return MISSING;
  const whole = Math.round(seconds);
  if (whole < 60) return `${formatFixed(seconds, seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// "2026-11-25T11:00:00Z" as "25 Nov 2026, 11:00 UTC"; text that is not a date stays unchanged.
function formatDate(text) {
  const date = new Date(text ?? NaN);
  if (Number.isNaN(date.getTime())) return text ? String(text) : MISSING;
  const day = date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  const time = date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
  return `${day}, ${time} UTC`;
}

// A TOML string without its quotes; any other TOML value unchanged.
function formatSetting(toml) {
  if (toml === null || toml === undefined) return MISSING;
  const text = String(toml);
  const quoted = /^"(.*)"$/s.exec(text) ?? /^'(.*)'$/s.exec(text);
  return quoted ? quoted[1] : text;
}

function formatMetric(name) {
  return name.replace(/_/g, " ").replace("top5", "top-5");
}

function plural(count, noun) {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}
