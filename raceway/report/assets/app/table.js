"use strict";
/* A table: columns are {title, text(row), number, sort(row), cell(row)}; rows are any objects. A head that is pressed
   sorts by its column. It scrolls sideways on a narrow screen, by keyboard too. */
raceway.table = (columns, rows, { caption, empty = "nothing", limit = 0, sorted = null } = {}) => {
  const { h, say } = raceway;
  const scroll = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption || say("table") });
  let by = sorted;
  let down = true;
  let all = !limit;

  function ordered() {
    if (by === null) return rows;
    const key = columns[by].sort || columns[by].text;
    return [...rows].sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      const unknown = (v) => v === null || v === undefined || v === "";
      if (unknown(x) || unknown(y)) return unknown(x) - unknown(y);
      const order = typeof x === "number" ? x - y : String(x).localeCompare(String(y), raceway.format.locale());
      return down ? -order : order;
    });
  }

  function head(column, index) {
    const state = by === index ? (down ? "descending" : "ascending") : null;
    return h("th", { scope: "col", class: column.number ? "number" : null, "aria-sort": state },
      h("button", { type: "button", class: "sort", onclick: () => { down = by === index ? !down : true; by = index; draw(index); } },
        column.title, h("span", { class: "arrow", "aria-hidden": "true" }, state ? (down ? " ↓" : " ↑") : "")));
  }

  function draw(focus = null) {
    const shown = all ? ordered() : ordered().slice(0, limit);
    const table = h("table", {},
      caption ? h("caption", { class: "unseen" }, caption) : null,
      h("thead", {}, h("tr", {}, columns.map(head))),
      h("tbody", {}, shown.map((row) => h("tr", { class: row.highlighted ? "highlighted" : null }, columns.map((column, index) => {
        const content = column.cell ? column.cell(row) : column.text(row);
        return h(index === 0 ? "th" : "td", { scope: index === 0 ? "row" : null, class: column.number ? "number" : null },
          content === null || content === undefined || content === "" ? h("span", { title: say("unknown") }, "–") : content);
      })))));
    scroll.replaceChildren(rows.length ? table : h("p", { class: "soft pad" }, say(empty)));
    if (!all && rows.length > limit) {
      scroll.append(h("button", { type: "button", class: "more", onclick: () => { all = true; draw(); } }, say("show_all", { count: rows.length })));
    }
    if (focus !== null) scroll.querySelectorAll("th button")[focus]?.focus();
  }

  draw();
  return scroll;
};
