"use strict";
/* Everything of the report's scripts hangs on this one name. */
const raceway = { tabs: [], sections: {}, language: "en", shell: JSON.parse(document.getElementById("shell").textContent) };

/* Numbers, dates and money as the reader's language writes them. What is unknown is a dash, never 0. */
raceway.format = (() => {
  const made = new Map();
  const DAY = 86400000;
  const DECIMALS = { count: 0, percent: 1, score: 1, ratio: 2 };
  const LASTS = { days: "day", months: "month", hours: "hour", minutes: "minute", seconds: "second", milliseconds: "millisecond" };

  const locale = () => (raceway.language === "vi" ? "vi-VN" : "en-GB");

  function intl(kind, options) {
    const key = raceway.language + kind + JSON.stringify(options);
    if (!made.has(key)) made.set(key, new Intl[kind](locale(), options));
    return made.get(key);
  }

  const isKnown = (value) => value !== null && value !== undefined && !Number.isNaN(value);

  function number(value, decimals) {
    return intl("NumberFormat", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);
  }

  function money(value, compact = false) {
    const minor = raceway.shell.minor_unit;
    // amounts below ten lose too much at a whole unit (a cost per click)
    const decimals = value === 0 || Math.abs(value) >= 10 ? minor : Math.max(minor, 2);
    const options = { style: "currency", currency: raceway.shell.currency, currencyDisplay: "narrowSymbol" };
    return compact && Math.abs(value) >= 10000
      ? intl("NumberFormat", { ...options, notation: "compact", maximumSignificantDigits: 3 }).format(value)
      : intl("NumberFormat", { ...options, minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);
  }

  /* A KPI's value in its unit. */
  function value(given, unit, compact = false) {
    if (!isKnown(given)) return "–";
    if (unit === "money") return money(given, compact);
    if (unit === "percent") {
      const decimals = given !== 0 && Math.abs(given) < 0.01 ? 2 : 1;
      return intl("NumberFormat", { style: "percent", minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(given);
    }
    if (LASTS[unit]) {
      return intl("NumberFormat", { style: "unit", unit: LASTS[unit], unitDisplay: "short", maximumFractionDigits: 1 }).format(given);
    }
    if (compact && Math.abs(given) >= 10000) {
      return intl("NumberFormat", { notation: "compact", maximumSignificantDigits: 3 }).format(given);
    }
    const decimals = DECIMALS[unit] ?? 1;
    return number(given, Math.abs(given) < 10 && decimals === 0 && !Number.isInteger(given) ? 1 : decimals);
  }

  /* An axis' numbers in their unit: all of one kind, with as many decimals as they need. */
  function ticks(values, unit) {
    const scale = unit === "percent" ? 100 : 1;
    const decimals = [0, 1, 2, 3].find((places) => values.every((one) => Math.abs(one * scale - Number((one * scale).toFixed(places))) < 1e-9)) ?? 4;
    const kind = unit === "percent" ? { style: "percent" }
      : unit === "money" ? { style: "currency", currency: raceway.shell.currency, currencyDisplay: "narrowSymbol" }
        : LASTS[unit] ? { style: "unit", unit: LASTS[unit], unitDisplay: "short" } : {};
    const size = unit !== "percent" && Math.max(...values.map(Math.abs)) >= 10000
      ? { notation: "compact", maximumSignificantDigits: 3 } : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    const text = (one) => intl("NumberFormat", { ...kind, ...(one ? size : { maximumFractionDigits: 0 }) }).format(one);
    return raceway.chart.labels(values, text);
  }

  /* A numerator or denominator: whole numbers whole, all others with up to six places. */
  function exact(given) {
    return isKnown(given) ? intl("NumberFormat", { maximumFractionDigits: 6 }).format(given) : "–";
  }

  function signed(given, decimals, options = {}) {
    return intl("NumberFormat", {
      ...options, signDisplay: "exceptZero", minimumFractionDigits: decimals, maximumFractionDigits: decimals,
    }).format(given);
  }

  /* The change from one value to another: rates in points, scores as they are, all else in percent; "" if unknown. */
  function change(now, before, unit) {
    if (!isKnown(now) || !isKnown(before)) return "";
    if (unit === "percent") return `${signed((now - before) * 100, 1)} ${raceway.say("points")}`;
    if (unit === "score") return signed(now - before, 1);
    if (!(before > 0)) return "";
    const part = now / before - 1;
    return signed(part, Math.abs(part) < 10 ? 1 : 0, { style: "percent" });
  }

  /* The same without its sign, for where an arrow says it. */
  const distance = (now, before, unit) => change(now, before, unit).replace(/^[+\-−]/, "");

  const utc = (text) => Date.parse(`${text}T00:00:00Z`);

  const date = (text, options = { day: "numeric", month: "short", year: "numeric" }) =>
    text ? intl("DateTimeFormat", { ...options, timeZone: "UTC" }).format(utc(text)) : "–";

  const dates = (from, to) =>
    intl("DateTimeFormat", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).formatRange(utc(from), utc(to));

  /* What a period is called. */
  function period(kind, start, end, short = false) {
    if (kind === "month") return date(start, { month: short ? "short" : "long", year: short ? "2-digit" : "numeric" });
    if (kind === "day") return short ? date(start, { day: "numeric", month: "short" }) : date(start, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
    if (short) return date(start, kind === "week" ? { day: "numeric", month: "short" } : { month: "short", year: "2-digit" });
    return dates(start, end);
  }

  const moment = (text) => intl("DateTimeFormat", { dateStyle: "medium", timeStyle: "short", timeZone: raceway.shell.zone }).format(new Date(text));

  function market(code) {
    if (code === "all") return raceway.say("all_markets");
    try {
      return new Intl.DisplayNames([locale()], { type: "region" }).of(code) || code;
    } catch {
      return code;
    }
  }

  return { value, ticks, exact, number, money, signed, change, distance, date, dates, period, moment, market, isKnown, utc, locale, DAY };
})();

/* A text of the page in the reader's language; `{name}` is filled from `given`. */
raceway.say = (key, given = {}) => {
  const both = raceway.shell.texts[key];
  const text = both ? both[raceway.language === "vi" ? 1 : 0] : key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in given ? given[name] : whole));
};

/* A name in the reader's language, where it has one. */
raceway.name = (name, nameVi) => (raceway.language === "vi" && nameVi ? nameVi : name);

/* An element: attributes (`on…` are listeners, `class` a name), then children. Texts are texts, never HTML. */
raceway.h = (tag, attributes = {}, ...children) => {
  const element = tag === "svg" || tag === "path" || tag === "circle" || tag === "line"
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [key, set] of Object.entries(value)) element.style.setProperty(key, set);
    else element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
};
