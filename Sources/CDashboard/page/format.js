// Numbers and times as people read them. Null is a dash: "nothing known" is no zero.

const dash = "–";
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

/** 12,345 */
export const count = (value) => (isNumber(value) ? whole.format(value) : dash);

/** 999, 12.3k, 4.57M: at most five characters. */
export function short(value) {
  if (!isNumber(value)) return dash;
  for (const [size, sign] of [[1e9, "G"], [1e6, "M"], [1e4, "k"]]) {
    if (Math.abs(value) >= size) return fine.format(value / (sign === "k" ? 1e3 : size)) + sign;
  }
  return Math.abs(value) >= 100 ? whole.format(value) : fine.format(value);
}

/** Requests per second. */
export const rate = (value) => (isNumber(value) ? short(value) : dash);

/** 0.42 ms, 12.3 ms, 840 ms, 1.24 s */
export function milliseconds(value) {
  if (!isNumber(value)) return dash;
  return value >= 1000 ? `${fine.format(value / 1000)} s` : `${fine.format(value)} ms`;
}

/** Of a value that is in per cent already. */
export function percent(value) {
  if (!isNumber(value)) return dash;
  if (value > 0 && value < 0.01) return "< 0.01 %";
  return `${fine.format(value)} %`;
}

/** 45 s, 12 min 5 s, 3 h 20 min, 2 d 4 h */
export function duration(seconds) {
  if (!isNumber(seconds)) return dash;
  const total = Math.max(0, Math.round(seconds));
  if (total < 60) return seconds < 10 && seconds % 1 ? `${fine.format(seconds)} s` : `${total} s`;
  const parts = [
    [Math.floor(total / 86400), "d"], [Math.floor(total / 3600) % 24, "h"],
    [Math.floor(total / 60) % 60, "min"], [total % 60, "s"],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  return parts.slice(first, first + 2).filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`).join(" ");
}

/** 1:05, 1:02:05: does not change its width with each second. */
export function clock(seconds) {
  if (!isNumber(seconds)) return dash;
  const total = Math.max(0, Math.floor(seconds));
  const two = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(total / 3600);
  const rest = `${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`;
  return hours ? `${hours}:${rest}` : rest.replace(/^0/, "");
}

const sameDay = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
const sameYear = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
});
const other = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" });

/** 14:05 today, 3 Nov, 14:05 this year, 3 Nov 2025 before. */
export function time(text) {
  if (!text) return dash;
  const [date, now] = [new Date(text), new Date()];
  if (date.toDateString() === now.toDateString()) return sameDay.format(date);
  return (date.getFullYear() === now.getFullYear() ? sameYear : other).format(date);
}

/** With the day, the second and the zone. */
export const exactTime = (text) => (text ? exact.format(new Date(text)) : "");

/** just now, 5 min ago, 3 h ago, 2 d ago; `now` in milliseconds. */
export function ago(text, now = Date.now()) {
  if (!text) return dash;
  const seconds = (now - Date.parse(text)) / 1000;
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} d ago`;
}

/** 3 users, 1 user */
export const plural = (amount, one, many = `${one}s`) =>
  `${count(amount)} ${amount === 1 ? one : many}`;
