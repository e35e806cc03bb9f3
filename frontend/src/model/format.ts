import type { Money } from "~/api/types";

/** Numbers and times as people read them. Amounts stay text throughout: no binary floating point near money. */

const MINUS = "−";

/** "1240.5" → "1,240.50": two places at least, thousands grouped, a real minus sign. */
export function formatDecimal(amount: string): string {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(amount.trim());
  if (match === null) return amount;
  const [, sign, whole = "0", fraction = ""] = match;
  const grouped = whole.replace(/^0+(?=\d)/, "").replace(/\B(?=(\d{3})+$)/g, ",");
  const places = fraction.replace(/0+$/, "").padEnd(2, "0");
  return `${sign === "-" ? MINUS : ""}${grouped}.${places}`;
}

export function formatMoney(money: Money): string {
  return `${formatDecimal(money.amount)} ${money.currency}`.trim();
}

/** "<1 ms", "12 ms", "1.2 s", "2 min 5 s", "1 h 4 min", "3 d 2 h". */
export function formatDuration(ms: number): string {
  if (ms < 0.5) return "<1 ms";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60)
    return `${seconds < 10 ? (Math.floor(seconds * 10) / 10).toFixed(1) : Math.floor(seconds * 10) / 10} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const localeOf = (language: string): string => (language.startsWith("en") ? "en-GB" : language);

function format(iso: string, language: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(localeOf(language), { hourCycle: "h23", ...options }).format(new Date(iso));
}

/** "21 Nov 2026, 14:02:11" in the reader's own time zone. */
export function formatDateTime(iso: string, language = "en"): string {
  return format(iso, language, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}

/** "14:02:11" */
export function formatTime(iso: string, language = "en"): string {
  return format(iso, language, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** "14:02" */
export function formatClock(iso: string, language = "en"): string {
  return format(iso, language, { hour: "2-digit", minute: "2-digit" });
}

/** "14:02" today, "20 Nov, 14:02" before. */
export function formatShort(iso: string, now: number, language = "en"): string {
  const sameDay = new Date(iso).toDateString() === new Date(now).toDateString();
  if (sameDay) return formatClock(iso, language);
  return format(iso, language, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

/** Whole seconds as a rhythm: "30 seconds", "minute", "5 minutes", "hour", "2 days". */
export function formatSpan(seconds: number): string {
  const units: [number, string][] = [
    [86_400, "day"],
    [3600, "hour"],
    [60, "minute"],
    [1, "second"],
  ];
  const [size, word] = units.find(([unit]) => seconds % unit === 0 && seconds >= unit) ?? [1, "second"];
  const count = seconds / size;
  return count === 1 ? word : `${count} ${word}s`;
}

/** "now", "38 s", "6 min", "4 h", "2 d": how long ago, in one unit. */
export function formatAge(iso: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
