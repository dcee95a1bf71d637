"use strict";
/* Customers: cohorts, RFM, what they are worth, churn, segments, NPS. Groups, never a person. */
(() => {
  const { h, say, format, kpis } = raceway;
  const chosen = { cohort: "rate", rfm: "customers" };
  const SMALL = () => say("cust_small", { fewest: raceway.fewest });
  const told = (row, name, unit, compact = true) => (row.is_small ? h("span", { class: "soft" }, SMALL()) : format.isKnown(row[name]) ? format.value(row[name], unit, compact) : null);
  const share = (value) => format.value(value, "percent");

  function cohorts(data) {
    const { figures } = raceway;
    const rows = kpis.rows(data.cohorts);
    const part = figures.drawn((element, again) => {
      element.append(h("div", { class: "choices" }, figures.segments("cohort", say("cust_shown"), [["rate", say("cust_rate")], ["revenue", say("cust_cohort_revenue")]], chosen.cohort, (value) => { chosen.cohort = value; again(); })));
      if (!rows.length) { element.append(h("p", { class: "soft pad" }, say("cust_no_cohorts"))); return; }
      const byCohort = new Map();
      for (const row of rows) { if (!byCohort.has(row.cohort)) byCohort.set(row.cohort, new Map()); byCohort.get(row.cohort).set(row.months_since, row); }
      const last = Math.max(...rows.map((row) => row.months_since));
      const from = chosen.cohort === "rate" ? 1 : 0;
      const list = [...byCohort].reverse();
      const columns = [{ title: say("cust_customers"), size: true }, ...Array.from({ length: last - from + 1 }, (_, i) => ({ title: `+${i + from}`, at: i + from }))];
      element.append(figures.map({
        corner: say("cust_cohort"), columns, rows: list, title: ([cohort]) => format.period("month", cohort, "", true), caption: say("cust_cohorts"),
        cell: ([cohort, months], column) => {
          const row = months.get(column.size ? 0 : column.at);
          if (!row) return null;
          if (row.is_small) return { value: null, text: SMALL(), note: say("cust_small_why") };
          if (column.size) return { value: null, text: format.value(row.customers, "count") };
          const value = row[chosen.cohort];
          if (!format.isKnown(value)) return { value: null, text: "·", note: say("cust_few_came", { fewest: raceway.fewest }) };
          return { value, text: chosen.cohort === "rate" ? share(value) : format.money(value, true), light: !row.is_complete, note: `${format.period("month", cohort, "")} +${column.at}: ${chosen.cohort === "rate" ? share(value) : format.money(value)}${row.is_complete ? "" : ` (${say("provisional")})`}` };
        },
      }));
    });
    return part;
  }

  function rfm(data) {
    const { figures } = raceway;
    const rows = kpis.rows(data.rfm);
    const at = new Map(rows.map((row) => [`${row.r_score}|${row.f_score}`, row]));
    return figures.drawn((element, again) => {
      element.append(h("div", { class: "choices" }, figures.segments("rfm", say("cust_shown"), [["customers", say("cust_customers")], ["net_sales", say("cust_net_sales")], ["m_score", say("cust_m_score")]], chosen.rfm, (value) => { chosen.rfm = value; again(); })));
      const unit = { customers: "count", net_sales: "money", m_score: "score" }[chosen.rfm];
      element.append(figures.map({
        corner: say("cust_recency"), columns: [1, 2, 3, 4, 5].map((f) => ({ f, title: `F ${f}` })), rows: [5, 4, 3, 2, 1], title: (r) => `R ${r}`, caption: say("cust_rfm"),
        cell: (r, { f }) => {
          const row = at.get(`${r}|${f}`);
          if (!row) return null;
          if (row.is_small) return { value: null, text: SMALL(), note: say("cust_small_why") };
          return { value: row[chosen.rfm], text: format.value(row[chosen.rfm], unit, true), note: `R ${r}, F ${f}: ${format.value(row.customers, "count")} ${say("cust_customers").toLowerCase()}, ${format.money(row.net_sales)}` };
        },
      }));
    });
  }

  function segments(data) {
    const rows = kpis.rows(data.segments);
    const most = Math.max(...rows.map((row) => row.net_sales ?? 0), 1);
    return raceway.table([
      { title: say("cust_segment"), text: (row) => say(`rfm_${row.segment}`) },
      { title: say("cust_customers"), number: true, text: (row) => row.customers, sort: (row) => row.customers, cell: (row) => told(row, "customers", "count") },
      { title: say("cust_net_sales"), number: true, text: (row) => row.net_sales, sort: (row) => row.net_sales, cell: (row) => (row.is_small ? h("span", { class: "soft" }, SMALL()) : raceway.figures.barred(row.net_sales, most, format.money(row.net_sales, true))) },
      { title: say("cust_clv"), number: true, text: (row) => row.clv_12m, sort: (row) => row.clv_12m, cell: (row) => told(row, "clv_12m", "money") },
      { title: say("cust_again"), number: true, text: (row) => row.probability_90d, sort: (row) => row.probability_90d, cell: (row) => told(row, "probability_90d", "percent") },
    ], rows, { caption: say("cust_segments") });
  }

  function churn(data) {
    const rows = kpis.rows(data.churn);
    const most = Math.max(...rows.map((row) => row.customers ?? 0), 1);
    return raceway.table([
      { title: say("cust_band"), text: (row) => say(`churn_${row.band}`) },
      { title: say("cust_customers"), number: true, text: (row) => row.customers, sort: (row) => row.customers, cell: (row) => (row.is_small ? h("span", { class: "soft" }, SMALL()) : raceway.figures.barred(row.customers, most, format.value(row.customers, "count"), row.band === "high" ? "bad" : row.band === "medium" ? "warn" : "")) },
      { title: say("cust_risk"), number: true, text: (row) => row.risk, sort: (row) => row.risk, cell: (row) => (row.band === "one_purchase" ? null : told(row, "risk", "percent")) },
      { title: say("cust_clv"), number: true, text: (row) => row.clv_12m, sort: (row) => row.clv_12m, cell: (row) => told(row, "clv_12m", "money") },
      { title: say("cust_net_sales"), number: true, text: (row) => row.net_sales, sort: (row) => row.net_sales, cell: (row) => told(row, "net_sales", "money") },
    ], rows, { caption: say("cust_churn") });
  }

  async function worth(element, data) {
    const rows = kpis.rows(data.clv).map((row) => {
      const name = row.to_value === null ? `> ${format.money(row.from_value, true)}` : format.money(row.from_value, true);
      const span = row.to_value === null ? name : `${format.money(row.from_value, true)} – ${format.money(row.to_value, true)}`;
      return { name, value: row.customers, mark: null, tip: `${span}\n${row.is_small ? SMALL() : format.value(row.customers, "count")} ${say("cust_customers").toLowerCase()}` };
    });
    await raceway.figures.columns(element, { rows, unit: "count", label: say("cust_clv_spread"), names: { name: say("cust_from"), value: say("cust_customers") } });
  }

  async function cameTrue(element, data) {
    const rows = kpis.rows(data.came_true);
    if (!rows.length) { element.append(h("p", { class: "soft pad" }, say("cust_not_judged"))); return; }
    const shown = rows.map((row) => ({ name: String(row.tenth), value: row.came, mark: row.expected, tip: `${say("cust_tenth", { tenth: row.tenth })}\n${say("cust_came")}: ${format.number(row.came, 2)}\n${say("cust_expected")}: ${format.number(row.expected, 2)}` }));
    const all = (name) => raceway.figures.sum(rows.map((row) => ({ n: row[name] * row.customers })), "n");
    element.append(h("ul", { class: "legend" }, h("li", { class: "is-column" }, say("cust_came")), h("li", { class: "is-mark" }, say("cust_expected"))));
    await raceway.figures.columns(element, { rows: shown, unit: "ratio", label: say("cust_came_true"), names: { name: say("cust_tenths"), value: say("cust_came"), mark: say("cust_expected") } });
    element.append(h("p", { class: "soft small" }, say("cust_came_note", { day: format.date(rows[0].month_end), expected: format.number(all("expected"), 0), came: format.number(all("came"), 0) })));
  }

  async function nps(card, data) {
    const rows = kpis.rows(data.nps);
    if (!rows.length) { card.append(h("p", { class: "soft pad" }, say("cust_no_nps"))); return; }
    const [element, words] = [h("div", {}), h("div", {})];
    card.append(h("div", { class: "answers" }, element, words));
    const count = (name) => ({ title: say(`cust_${name}`), number: true, text: (row) => row[name], sort: (row) => row[name] });
    await raceway.figures.columns(element, {
      rows: rows.map((row) => ({ ...row, name: format.period("month", row.month, "", true), value: row.score, mark: null, light: row.month >= raceway.shell.as_of.slice(0, 7), tip: `${format.period("month", row.month, "")}\n${row.is_small ? SMALL() : `${say("cust_score")}: ${format.value(row.score, "score")}\n${row.promoters} / ${row.passives} / ${row.detractors}`}` })),
      unit: "score", label: say("cust_nps"), names: { name: say("period_month"), value: say("cust_score") }, extra: ["answers", "promoters", "passives", "detractors"].map(count),
    });
    const said = kpis.rows(data.comments);
    words.append(h("h3", {}, say("cust_comments")), h("p", { class: "soft small" }, say("cust_comments_note", { fewest: data.fewest })));
    if (!said.length) words.append(h("p", { class: "soft pad" }, say("cust_no_comments")));
    const quotes = (list) => h("ul", { class: "quotes" }, list.map((one) => h("li", { class: one.kind }, h("q", {}, one.comment), h("span", { class: "soft small" }, `${say(`nps_${one.kind}`)} · ${format.period("month", one.month, "", true)}${one.times > 1 ? ` · ${one.times}×` : ""}`))));
    if (said.length) words.append(quotes(said.slice(0, 9)));
    if (said.length > 9) words.append(h("details", {}, h("summary", {}, say("show_all", { count: said.length })), quotes(said.slice(9))));
  }

  function marketing(data) {
    const rows = kpis.rows(data.marketing_segments);
    const months = [...new Set(rows.map((row) => row.month))].sort();
    const month = months.filter((one) => rows.some((row) => row.month === one && row.is_complete)).at(-1) || months.at(-1);
    const now = rows.filter((row) => row.month === month);
    const number = (name, title, unit) => ({ title: say(title), number: true, text: (row) => row[name], sort: (row) => row[name], cell: (row) => told(row, name, unit) });
    const name = (row) => (row.segment === "none" ? say("cust_no_segment") : row.segment);
    return raceway.figures.card(say("cust_marketing"), month ? say("cust_marketing_note", { month: format.period("month", month, "") }) : null, raceway.table([
      { title: say("cust_segment"), text: name },
      number("customers", "cust_customers", "count"), number("purchase_rate", "cust_purchase_rate", "percent"),
      number("net_sales", "cust_net_sales", "money"), number("revenue_per_customer", "cust_per_customer", "money"), number("repeat_rate", "cust_repeat", "percent"),
    ], now, { caption: say("cust_marketing"), empty: "cust_no_segments" }));
  }

  raceway.tab("customers", {
    title: "customers",
    order: 2,
    async draw(page) {
      const data = await raceway.load("customers");
      const { figures } = raceway;
      if (!data) { page.append(h("p", { class: "soft empty" }, say("no_such_facts"))); return; }
      raceway.fewest = data.fewest;
      page.append(h("h1", { class: "unseen" }, say("customers")));
      const worths = kpis.rows(data.worth)[0];
      const high = kpis.rows(data.churn).find((row) => row.band === "high");
      const persons = kpis.rows(data.stages);
      if (worths) {
        page.append(figures.tiles([
          { label: say("cust_known_worth"), value: format.value(worths.customers, "count"), note: worths.without ? say("cust_without", { count: format.number(worths.without, 0) }) : null },
          { label: say("cust_total_clv"), value: worths.total === null ? "–" : format.money(worths.total, true), note: worths.fitted_on ? say("cust_fitted_on", { day: format.date(worths.fitted_on) }) : say("cust_no_fit") },
          { label: say("cust_mean_clv"), value: worths.mean === null ? "–" : format.money(worths.mean, true), note: worths.median === null ? null : `${say("cust_median")} ${format.money(worths.median, true)}` },
          { label: say("churn_high"), value: !high ? "–" : high.is_small ? SMALL() : format.value(high.customers, "count"), note: high && !high.is_small && format.isKnown(high.clv_12m) ? `${say("cust_clv")} ${format.money(high.clv_12m, true)}` : null },
          { label: say("cust_advocates"), value: persons.filter((one) => one.stage === "advocacy").map((one) => (one.is_small ? SMALL() : format.value(one.persons, "count")))[0] || "–", note: say("cust_of_persons", { count: format.number(persons.reduce((sum, one) => sum + (one.persons || 0), 0), 0) }) },
        ]));
      } else page.append(h("p", { class: "soft" }, say("cust_none")));
      const retention = cohorts(data);
      const scores = rfm(data);
      page.append(figures.card(say("cust_cohorts"), say("cust_cohorts_note"), retention.place));
      page.append(h("div", { class: "pair" }, figures.card(say("cust_rfm"), say("cust_rfm_note"), scores.place), figures.card(say("cust_segments"), say("cust_segments_note"), segments(data))));
      const spread = figures.card(say("cust_clv_spread"), say("cust_clv_note"));
      const judged = figures.card(say("cust_came_true"), say("cust_came_true_note"));
      page.append(h("div", { class: "pair" }, spread, judged));
      page.append(h("div", { class: "pair" }, figures.card(say("cust_churn"), say("cust_churn_note"), churn(data)), marketing(data)));
      const answers = figures.card(say("cust_nps"), say("cust_nps_note"));
      page.append(answers);
      await Promise.all([retention.again(), scores.again(), worth(spread, data), cameTrue(judged, data), nps(answers, data)]);
    },
  });
})();
