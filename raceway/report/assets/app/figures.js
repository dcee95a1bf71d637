"use strict";
/* Parts of the pages of plan, attribution, customers and trust: cards, choices, bars, maps of cells. */
raceway.figures = (() => {
  const { h, say, format } = raceway;

  /* A card with a heading, a sentence that says how to read it, and what is in it. */
  const card = (title, note, ...children) =>
    h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", {}, title), note ? h("p", { class: "soft small" }, note) : null), children);

  /* One of a few: pressed at once, no list to open. */
  const segments = (name, label, options, value, choose) =>
    h("div", { class: "choice" }, h("span", { class: "soft small" }, label),
      h("div", { class: "segments", role: "group", "aria-label": label }, options.map(([key, text]) =>
        h("button", { type: "button", "data-choice": `${name}-${key}`, "aria-pressed": String(key === value), onclick: () => choose(key) }, text))));

  const select = (name, label, options, value, choose) =>
    h("label", { class: "picker shown-label" }, h("span", {}, label),
      h("select", { "data-choice": name, onchange: (event) => choose(event.target.value) },
        options.map(([key, text]) => h("option", { value: key, selected: key === value }, text))));

  /* A part of a page that is drawn anew when one of its choices changes; the focus stays where it was. */
  function drawn(draw) {
    const place = h("div", { class: "drawn" });
    let asked = 0;
    async function again() {
      const mine = ++asked;
      const held = document.activeElement?.dataset?.choice;
      const next = h("div", { class: "drawn" });
      await draw(next, again);
      if (mine !== asked) return;
      place.replaceChildren(...next.childNodes);
      if (held) place.querySelector(`[data-choice="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
      place.dataset.shown = String(mine);
    }
    return { place, again };
  }

  const tiles = (list) => h("dl", { class: "tiles" }, list.map(({ label, value, note }) =>
    h("div", {}, h("dt", {}, label), h("dd", {}, h("span", { class: "value" }, value), note ? h("span", { class: "soft small" }, note) : null))));

  /* A number behind a bar of its size. */
  const barred = (value, most, text, tone = "") => (format.isKnown(value)
    ? h("span", { class: "barred" }, h("span", { class: `bar ${tone}`, "aria-hidden": "true" }, h("span", { style: { width: `${most > 0 ? Math.min(100, (100 * Math.abs(value)) / most) : 0}%` } })), h("span", {}, text))
    : null);

  /* A map: rows × columns of cells, the darker the more. cell(row, column) is null or {value, text, note, light}; `light`
     is not final yet. Values become a shade between the least (0) and the most. */
  function map({ corner, columns, rows, title, cell, caption, most = null }) {
    const cells = rows.map((row) => columns.map((column) => cell(row, column)));
    const known = cells.flat().filter((one) => one && format.isKnown(one.value)).map((one) => one.value);
    const top = most ?? Math.max(...known, 0);
    const shade = (one) => (one && format.isKnown(one.value) && top > 0 ? `${Math.round((46 * Math.max(0, Math.min(one.value, top))) / top)}%` : null);
    return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
      h("table", { class: "map" }, h("caption", { class: "unseen" }, caption),
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, corner), columns.map((column) => h("th", { scope: "col", class: "number" }, column.title)))),
        h("tbody", {}, rows.map((row, i) => h("tr", {}, h("th", { scope: "row" }, title(row)), columns.map((column, j) => {
          const one = cells[i][j];
          const strength = shade(one);
          return h("td", { class: `number${strength ? " shaded" : ""}${one?.light ? " provisional" : ""}`, title: one?.note || null, style: strength ? { "--shade": strength } : {} }, one ? one.text : "");
        }))))));
  }

  /* How far something is: done of whole, and where it should be by now. */
  const meter = (value, due, whole, tone) => {
    const place = (one) => `${Math.max(0, Math.min(100, (100 * one) / whole))}%`;
    return whole > 0 && format.isKnown(value)
      ? h("span", { class: `meter ${tone || ""}`, "aria-hidden": "true" }, h("span", { class: "done", style: { width: place(value) } }), format.isKnown(due) && due < whole ? h("span", { class: "due", style: { left: place(due) } }) : null)
      : null;
  };

  /* A chart of columns over names, with a mark where each should be. rows: {name, value, mark, tip}. */
  async function columns(element, { rows, unit, label, height = 220, names, extra = [], bare = false }) {
    const numbers = rows.flatMap((row) => [row.value, row.mark]).filter(format.isKnown);
    if (!numbers.length) { element.append(h("p", { class: "soft pad" }, say("no_values"))); return; }
    const ticks = raceway.chart.ticks(Math.min(0, ...numbers), Math.max(...numbers, 0));
    await raceway.chart.draw(element, {
      spec: "columns", rows, label, height,
      params: { y_values: ticks, y_labels: format.ticks(ticks, unit), y_from: ticks[0], y_to: ticks.at(-1) },
      table: bare ? null : () => raceway.table([
        { title: names.name, text: (row) => row.name, sort: (row) => rows.indexOf(row) },
        { title: names.value, number: true, text: (row) => (format.isKnown(row.value) ? format.value(row.value, unit) : ""), sort: (row) => row.value },
        ...(names.mark ? [{ title: names.mark, number: true, text: (row) => (format.isKnown(row.mark) ? format.value(row.mark, unit) : ""), sort: (row) => row.mark }] : []),
        ...extra,
      ], rows, { caption: label }),
    });
  }

  const sum = (rows, name) => rows.reduce((total, row) => total + row[name], 0);

  return { card, segments, select, drawn, tiles, barred, map, meter, columns, sum };
})();
