"use strict";
/* Small parts that several pages use: a status, a change, a mark. */
raceway.parts = (() => {
  const { h, say, format } = raceway;
  const SIGNS = { on_track: "●", at_risk: "▲", off_track: "■" };

  /* Shape, word and colour together. */
  const status = (name) => name
    ? h("span", { class: `status ${name}` }, h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[name]), say(name))
    : null;

  /* A change with the direction that is good: the arrow says up or down, the colour good or bad. */
  function change(now, before, kpi, label) {
    const text = format.distance(now, before, kpi.unit);
    if (!text) return label ? h("span", { class: "change soft" }, h("span", { title: say("unknown") }, "–"), ` ${label}`) : h("span", { class: "change soft", title: say("unknown") }, "–");
    const up = now > before;
    const same = now === before || !/[1-9]/.test(text);
    const tone = same || kpi.good === "neutral" ? "soft" : up === (kpi.good === "up") ? "good" : "bad";
    const spoken = tone === "good" ? say("better") : tone === "bad" ? say("worse") : "";
    return h("span", { class: `change ${tone}` },
      same ? null : [h("span", { class: "arrow", "aria-hidden": "true" }, up ? "↑" : "↓"), h("span", { class: "unseen" }, `${say(up ? "up_by" : "down_by")} `)],
      text, spoken ? h("span", { class: "unseen" }, ` (${spoken})`) : null, label ? h("span", { class: "soft" }, ` ${label}`) : null);
  }

  const value = (given, unit, compact = false) => format.isKnown(given)
    ? h("span", { title: compact ? format.value(given, unit) : null }, format.value(given, unit, compact))
    : h("span", { class: "soft", title: say("unknown") }, "–", h("span", { class: "unseen" }, say("unknown")));

  /* What is to be known before the number is believed: signs in a list (`short`), else words. */
  function marks(cell, short = false) {
    const found = [];
    const mark = (sign, word, why, tone) => found.push(h("span", { class: `mark${tone}${short ? " short" : ""}`, title: short ? `${word}. ${why}` : why },
      h("span", { "aria-hidden": "true" }, short ? sign : `${sign} `), h("span", { class: short ? "unseen" : null }, word)));
    if (format.isKnown(cell.value) && !cell.complete) mark("○", say("provisional"), say("provisional_why"), "");
    const warnings = raceway.kpis.warningsOf(cell.kpi);
    if (warnings.length) mark("▲", say("touched", { count: warnings.length }), warnings.map((one) => raceway.name(one.message, one.claim_vi)).join("\n"), " warn");
    return found;
  }

  /* What a check says. In Vietnamese what it claims goes before; the sentence is evidence and stays as it was said. */
  const said = (row, sentence) => (raceway.language === "vi" && row.claim_vi
    ? [h("span", { class: "claim" }, `${row.claim_vi[0].toUpperCase()}${row.claim_vi.slice(1)}.`), " ", h("q", { lang: "en", class: "soft" }, sentence)]
    : h("span", { lang: "en" }, sentence));

  return { status, change, value, marks, said };
})();
