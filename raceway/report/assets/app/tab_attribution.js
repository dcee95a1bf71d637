"use strict";
/* Attribution: who earned the orders under seven models, what platforms claim, the ways that lead to orders. */
(() => {
  const { h, say, format, kpis } = raceway;
  const MODELS = ["first", "last", "last_non_direct", "linear", "position", "time_decay", "data_driven"];
  const UNITS = { orders: "count", revenue: "money", cost_per_order: "money", return: "ratio" };
  const UNCLICKED = ["store", "marketplace", "direct"];
  const chosen = { measure: "revenue", months: "3", model: null };

  /* What is shown of a channel under a model: null where it cannot be known. */
  function worth(measure, credit, spend) {
    if (measure === "orders" || measure === "revenue") return credit ? credit[measure] : 0;
    if (spend === null) return null;
    if (measure === "cost_per_order") return credit && credit.orders > 0 ? spend / credit.orders : null;
    return credit ? credit.revenue / spend : 0;
  }

  /* The first days of that many months up to the day before the report's, the newest first; none before `from`. */
  function lastMonths(count, from = "") {
    const end = new Date(format.utc(raceway.shell.as_of) - format.DAY);
    const all = Array.from({ length: count }, (_, i) => new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() - i, 1)).toISOString().slice(0, 10));
    return new Set(all.filter((month) => month >= from));
  }

  function credits(data, months) {
    const found = new Map();
    for (const row of kpis.rows(data.credits)) {
      if (!months.has(row.month)) continue;
      const key = `${row.channel}|${row.model}`;
      const held = found.get(key) || { orders: 0, revenue: 0, fallback_orders: 0 };
      for (const name of Object.keys(held)) held[name] += row[name];
      found.set(key, held);
    }
    const spends = new Map();
    for (const row of kpis.rows(data.spend)) if (months.has(row.month)) spends.set(row.channel, (spends.get(row.channel) || 0) + row.spend);
    return { found, spends };
  }

  async function models(element, data, months) {
    const { found, spends } = credits(data, months);
    const { measure, model } = chosen;
    const unit = UNITS[measure];
    const text = (value) => (format.isKnown(value) ? format.value(value, unit, true) : "–");
    // a channel that costs and earns nothing stands there with its nothing
    const earning = [...found.keys()].map((key) => key.split("|")[0]);
    const rows = [...new Set(measure === "return" ? [...earning, ...spends.keys()] : earning)].map((channel) => {
      const spend = spends.has(channel) ? spends.get(channel) : null;
      const values = Object.fromEntries(MODELS.map((name) => [name, worth(measure, found.get(`${channel}|${name}`), spend)]));
      return { channel, title: kpis.channelName(channel), values, spend };
    }).filter((row) => MODELS.some((name) => format.isKnown(row.values[name])));
    rows.sort((a, b) => (b.values[model] ?? -1) - (a.values[model] ?? -1));
    if (!rows.length) { element.append(h("p", { class: "soft pad" }, say(measure === "orders" || measure === "revenue" ? "no_values" : "attr_no_spend"))); return; }
    const clicked = rows.filter((row) => !UNCLICKED.includes(row.channel));
    const points = clicked.flatMap((row) => {
      const known = MODELS.filter((name) => format.isKnown(row.values[name]));
      const all = known.map((name) => row.values[name]);
      return known.map((name) => ({ name: row.title, value: row.values[name], low: Math.min(...all), high: Math.max(...all), chosen: name === model, tip: `${row.title}\n${say(`model_${name}`)}: ${format.value(row.values[name], unit)}` }));
    });
    if (points.length) {
      const ticks = raceway.chart.ticks(0, Math.max(...points.map((point) => point.value)), window.innerWidth < 640 ? 2 : 5);
      element.append(h("ul", { class: "legend" }, h("li", { class: "is-chosen" }, say(`model_${model}`)), h("li", { class: "is-other" }, say("attr_other_models"))));
      await raceway.chart.draw(element, {
        spec: "spread", rows: points, label: say("attr_models"), height: 40 + 28 * clicked.length,
        params: { x_values: ticks, x_labels: format.ticks(ticks, unit), x_from: 0, x_to: 1.03 * Math.max(...points.map((point) => point.value)) },
      });
    }
    const most = Math.max(...rows.filter((row) => !UNCLICKED.includes(row.channel)).flatMap((row) => MODELS.map((name) => row.values[name] ?? 0)), 0);
    element.append(raceway.figures.map({
      corner: say("channel"), columns: MODELS.map((name) => ({ name, title: say(`model_${name}`) })), rows, title: (row) => row.title, caption: say("attr_models"), most,
      cell: (row, column) => ({ value: row.values[column.name], text: text(row.values[column.name]), note: format.isKnown(row.values[column.name]) ? format.value(row.values[column.name], unit) : say("attr_no_spend") }),
    }));
    const lost = MODELS.includes("data_driven") ? [...found].filter(([key]) => key.endsWith("|data_driven")).reduce((sum, [, one]) => sum + one.fallback_orders, 0) : 0;
    if (lost > 0) element.append(h("p", { class: "soft small" }, say("attr_fallback", { orders: format.number(lost, 0) })));
  }

  const platform = (source) => (raceway.shell.texts[`platform_${source}`] ? say(`platform_${source}`) : source);

  function claims(data, months) {
    const bySource = new Map();
    for (const row of kpis.rows(data.claims)) {
      if (row.model !== chosen.model || !months.has(row.month)) continue;
      const held = bySource.get(row.source) || { source: row.source, days: 0, claimed_orders: 0, claimed_revenue: 0, attributed_orders: 0, attributed_revenue: 0 };
      for (const name of ["days", "claimed_orders", "attributed_orders", "attributed_revenue"]) held[name] += row[name];
      held.claimed_revenue = held.claimed_revenue === null || row.claimed_revenue === null ? null : held.claimed_revenue + row.claimed_revenue;
      bySource.set(row.source, held);
    }
    const rows = [...bySource.values()].sort((a, b) => b.claimed_orders - a.claimed_orders);
    const most = Math.max(...rows.flatMap((row) => [row.claimed_orders, row.attributed_orders]), 1);
    const number = (name, unit) => ({ number: true, text: (row) => (format.isKnown(row[name]) ? format.value(row[name], unit) : ""), sort: (row) => row[name], cell: (row) => (format.isKnown(row[name]) ? format.value(row[name], unit, true) : null) });
    return raceway.table([
      { title: say("attr_platform"), text: (row) => platform(row.source) },
      { title: say("attr_claimed"), number: true, text: (row) => format.value(row.claimed_orders, "count"), sort: (row) => row.claimed_orders, cell: (row) => raceway.figures.barred(row.claimed_orders, most, format.value(row.claimed_orders, "count"), "pale") },
      { title: say("attr_observed"), number: true, text: (row) => format.value(row.attributed_orders, "count"), sort: (row) => row.attributed_orders, cell: (row) => raceway.figures.barred(row.attributed_orders, most, format.value(row.attributed_orders, "count")) },
      { title: say("attr_ratio"), number: true, text: (row) => (row.attributed_orders > 0 ? `${format.number(row.claimed_orders / row.attributed_orders, 1)}×` : ""), sort: (row) => (row.attributed_orders > 0 ? row.claimed_orders / row.attributed_orders : null) },
      { title: say("attr_claimed_revenue"), ...number("claimed_revenue", "money") },
      { title: say("attr_observed_revenue"), ...number("attributed_revenue", "money") },
      { title: say("attr_days"), ...number("days", "count") },
    ], rows, { caption: say("attr_claims"), empty: "attr_no_claims" });
  }

  function paths(data) {
    const rows = kpis.rows(data.paths);
    const most = Math.max(...rows.filter((row) => row.path).map((row) => row.orders), 1);
    const way = (row) => (row.path === null
      ? h("span", { class: "soft" }, say("attr_other_ways", { count: format.number(row.paths, 0) }))
      : h("span", { class: "way" }, row.path.split(" > ").map((channel, i) => [i ? h("span", { class: "soft", "aria-hidden": "true" }, "→") : null, h("span", { class: "chip" }, kpis.channelName(channel))])));
    return raceway.table([
      { title: say("attr_way"), text: (row) => row.path || "", cell: way },
      { title: say("attr_orders"), number: true, text: (row) => format.value(row.orders, "count"), sort: (row) => row.orders, cell: (row) => (row.path ? raceway.figures.barred(row.orders, most, format.value(row.orders, "count")) : format.value(row.orders, "count")) },
      { title: say("attr_revenue"), number: true, text: (row) => format.value(row.revenue, "money"), sort: (row) => row.revenue, cell: (row) => format.value(row.revenue, "money", true) },
      { title: say("attr_touches"), number: true, text: (row) => format.number(row.touches, 1), sort: (row) => row.touches },
    ], rows, { caption: say("attr_paths"), limit: 12 });
  }

  raceway.tab("attribution", {
    title: "attribution",
    order: 1,
    async draw(page) {
      const data = await raceway.load("attribution");
      if (!data) { page.append(h("p", { class: "soft empty" }, say("no_such_facts"))); return; }
      chosen.model ??= data.model;
      const known = [...new Set(data.credits.month)].sort();
      page.append(h("h1", { class: "unseen" }, say("attribution")));
      if (!known.length) { page.append(h("p", { class: "soft empty" }, say("attr_none"))); return; }
      const { figures } = raceway;
      const part = figures.drawn(async (element, again) => {
        const months = lastMonths(Number(chosen.months));
        const [last, first] = [[...months][0], [...months].at(-1)];
        const span = first === last ? format.period("month", last, "") : `${format.period("month", first, "", true)} – ${format.period("month", last, "", true)}`;
        const pick = (name) => (value) => { chosen[name] = value; again(); };
        element.append(h("div", { class: "choices" },
          figures.segments("measure", say("attr_measure"), Object.keys(UNITS).map((name) => [name, say(`attr_${name}`)]), chosen.measure, pick("measure")),
          figures.select("model", say("attr_model"), MODELS.map((name) => [name, say(`model_${name}`)]), chosen.model, pick("model")),
          figures.select("months", say("range"), ["1", "3", "6", "12", "24"].filter((n, i, all) => i < 2 || lastMonths(Number(all[i - 1])).size < lastMonths(24, known[0]).size).map((n) => [n, say("last_month", { count: n })]), chosen.months, pick("months"))));
        const seven = figures.card(say("attr_models"), `${say("attr_models_note", { days: data.lookback_days })} ${span}.`);
        await models(seven, data, months);
        element.append(seven, figures.card(say("attr_claims"), say("attr_claims_note", { model: say(`model_${chosen.model}`) }), claims(data, months)));
      });
      page.append(part.place, figures.card(say("attr_paths"), say("attr_paths_note", { days: data.lookback_days }), paths(data)));
      await part.again();
    },
  });
})();
