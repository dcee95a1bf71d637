"use strict";
/* The month on paper: cover, the sentence, the stages' leading KPIs, charts, what to trust. Printed as it stands. */
(() => {
  const { h, say, format, parts, kpis } = raceway;
  const ROWS = 12; // of a stage: its leading KPIs and those with a target always, others while there is room
  const OPEN = 12;
  const LONGEST = 260; // letters of an open point's sentence
  const STATUSES = ["on_track", "at_risk", "off_track"];

  function cover(month, values, i, facts, open) {
    const { shell } = raceway;
    const known = kpis.all().filter((kpi) => kpi.leading).map((kpi) => ({ ...values.cell(kpi.kpi, i), about: kpi }));
    const leading = known.filter((cell) => cell.status);
    const short = ["off_track", "at_risk"].flatMap((status) => leading.filter((cell) => cell.status === status)).slice(0, 10);
    const tally = STATUSES.map((status) => h("li", {}, h("strong", {}, String(leading.filter((cell) => cell.status === status).length)), parts.status(status)));
    return h("section", { class: "sheet cover" },
      h("p", { class: "kicker" }, shell.company), h("h1", {}, say("print_title")), h("p", { class: "month" }, month),
      h("div", { class: "say" }, h("h2", {}, say("holds_question")), raceway.overview.sentence(facts)),
      h("h2", {}, say("print_tally")), h("ul", { class: "verdicts" }, tally, h("li", {}, h("strong", {}, String(known.length - leading.length)), h("span", { class: "soft" }, say("print_without")))),
      short.length ? h("table", { class: "short" }, h("thead", {}, h("tr", {}, ["print_short", "value", "target", "status"].map((title, at) => h("th", { scope: "col", class: at === 1 || at === 2 ? "number" : null }, say(title))))), h("tbody", {}, short.map((cell) => h("tr", {}, h("th", { scope: "row" }, kpis.title(cell.about)), h("td", { class: "number strong" }, format.value(cell.value, cell.about.unit, true)), h("td", { class: "number" }, format.value(cell.target.target, cell.about.unit, true)), h("td", {}, parts.status(cell.status)))))) : null,
      h("p", { class: "soft" }, values.isOver(i) ? "" : say("print_running")),
      h("p", { class: "colophon" }, say("about_version", { as_of: format.date(shell.as_of), published: format.moment(shell.published), version: shell.version }), ". ", open ? say("print_open", { count: open }) : say("trust_all_well")));
  }

  function table(list, values, i) {
    return h("table", {}, h("thead", {}, h("tr", {}, [["kpi"], ["value", "number"], ["target", "number"], ["status"], ["print_before", "number"], ["print_year", "number"]].map(([title, tone]) => h("th", { scope: "col", class: tone || null }, say(title))))),
      h("tbody", {}, list.map((kpi) => {
        const cell = values.cell(kpi.kpi, i);
        const note = [format.isKnown(cell.value) && !cell.complete ? say("provisional") : null, touched(kpi) ? "▲" : null].filter(Boolean).join(" · ");
        return h("tr", { class: kpi.leading ? "leading" : null },
          h("th", { scope: "row" }, kpis.title(kpi), note ? h("span", { class: "soft small" }, ` ${note}`) : null),
          h("td", { class: "number strong" }, format.value(cell.value, kpi.unit, true)),
          h("td", { class: "number" }, cell.target ? format.value(cell.target.target, kpi.unit, true) : "–"),
          h("td", {}, parts.status(cell.status) || "–"),
          h("td", { class: "number" }, parts.change(cell.value, cell.before, kpi)),
          h("td", { class: "number" }, parts.change(cell.value, cell.yearAgo, kpi)));
      })));
  }

  let marked = {};
  const touched = (kpi) => (marked[kpi.kpi] || []).length > 0;

  async function curve(place, kpi, values, i) {
    const from = Math.max(0, i - 12);
    const rows = [];
    for (let at = from; at <= i; at += 1) {
      const cell = values.cell(kpi.kpi, at);
      rows.push({ name: format.period("month", values.axis.start[at], "", true), value: cell.value, mark: cell.target ? cell.target.target : null, light: !cell.complete, tip: "" });
    }
    while (rows.length && !format.isKnown(rows[0].value)) rows.shift();
    place.append(h("h3", {}, kpis.title(kpi)));
    await raceway.figures.columns(place, { rows, unit: kpi.unit, label: kpis.title(kpi), height: 230, bare: true, names: {} });
  }

  const bars = (rows, text) => {
    const most = Math.max(...rows.map((row) => row.value), 1);
    return h("table", { class: "bars" }, h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row.title), h("td", {}, h("span", { class: "bar", "aria-hidden": "true" }, h("span", { style: { width: `${(100 * row.value) / most}%` } }))), h("td", { class: "number" }, text(row.value))))));
  };

  function channels(data, start) {
    const rows = kpis.rows(data.credits).filter((row) => row.month === start && row.model === data.model).sort((a, b) => b.revenue - a.revenue);
    if (!rows.length) return h("p", { class: "soft" }, say("attr_none"));
    return bars(rows.slice(0, 10).map((row) => ({ title: kpis.channelName(row.channel), value: row.revenue })), (value) => format.money(value, true));
  }

  function review(data) {
    const rows = kpis.rows(data.review).filter((row) => kpis.kpi(row.kpi));
    const cycle = (rows.find((row) => row.cycle_end < raceway.shell.as_of) || rows[0])?.cycle_start;
    const shown = rows.filter((row) => row.cycle_start === cycle).slice(0, 8);
    if (!shown.length) return h("p", { class: "soft" }, say("plan_no_review"));
    return [h("p", { class: "soft small" }, format.dates(shown[0].cycle_start, shown[0].cycle_end)), bars(shown.map((row) => ({ title: `${kpis.title(kpis.kpi(row.kpi))} (${format.value(row.actual, kpis.kpi(row.kpi).unit, true)})`, value: row.money_at_stake })), (value) => format.money(value, true))];
  }

  function budget(data, start) {
    const rows = kpis.rows(data.budget).filter((row) => row.month === start).sort((a, b) => (a.channel === "all") - (b.channel === "all") || (b.spend ?? 0) - (a.spend ?? 0));
    if (!rows.length) return h("p", { class: "soft" }, say("plan_no_budget"));
    const money = (value) => (format.isKnown(value) ? format.money(value, true) : "–");
    return h("table", {}, h("thead", {}, h("tr", {}, [["channel"], ["plan_spend", "number"], ["plan_budget", "number"], ["plan_used", "number"]].map(([title, tone]) => h("th", { scope: "col", class: tone || null }, say(title))))),
      h("tbody", {}, rows.map((row) => h("tr", { class: row.channel === "all" ? "leading" : null }, h("th", { scope: "row" }, row.channel === "all" ? say("plan_all") : kpis.channelName(row.channel)), h("td", { class: "number" }, money(row.spend)), h("td", { class: "number" }, money(row.budget)), h("td", { class: "number" }, row.budget > 0 && format.isKnown(row.spend) ? format.value(row.spend / row.budget, "percent") : "–")))));
  }

  function segments(data) {
    const rows = kpis.rows(data.segments).filter((row) => !row.is_small);
    return rows.length ? bars(rows.map((row) => ({ title: `${say(`rfm_${row.segment}`)} (${format.value(row.customers, "count")})`, value: row.net_sales })), (value) => format.money(value, true)) : h("p", { class: "soft" }, say("cust_none"));
  }

  const shortened = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

  function trust(data) {
    const open = kpis.rows(data.open);
    const late = kpis.rows(data.sources).filter((row) => row.days_behind > 7);
    return h("section", { class: "sheet" }, h("h2", {}, say("print_trust")), h("p", {}, open.length ? say("trust_open_count", { count: open.length }) : say("trust_all_well")),
      h("ol", { class: "open" }, open.slice(0, OPEN).map((row) => h("li", {}, h("strong", {}, `${say(`severity_${row.severity}`)}: ${say(`open_${row.kind}`)}`), row.subject ? ` ${row.subject}` : "", h("div", {}, parts.said(row, shortened(raceway.trust.sentence(row)))), row.remedy ? h("div", { class: "soft" }, say("trust_do"), " ", raceway.trust.remedy(row)) : null))),
      open.length > OPEN ? h("p", { class: "soft" }, say("print_more", { count: open.length - OPEN })) : null,
      late.length ? [h("h3", {}, say("print_behind")), h("ul", { class: "plain" }, late.map((row) => h("li", {}, `${row.source}/${row.account}: ${format.date(row.covers_to)}`)))] : null,
      h("h3", {}, say("print_reading")), h("p", { class: "soft" }, say("print_how")));
  }

  /* What runs along the foot of each sheet; a rule of its own, since the margins of a page know no variables. */
  let foot = null;
  function head(text) {
    const sheet = document.styleSheets[0];
    if (foot !== null) sheet.deleteRule(foot);
    foot = sheet.insertRule(`@page{@bottom-left{content:${JSON.stringify(text)};font:9pt system-ui,sans-serif;color:#5c636d}}`, sheet.cssRules.length);
  }

  raceway.tab("print", {
    title: "print_title",
    hidden: true,
    order: 9,
    async draw(page, state) {
      document.documentElement.dataset.theme = "light"; // paper is white
      const [overview, plan, attribution, customers, about, values] = await Promise.all([...["overview", "plan", "attribution", "customers", "trust"].map(raceway.load), kpis.values("month")]);
      if (!(plan && attribution && customers)) { page.append(h("p", { class: "soft empty" }, say("no_such_facts"))); return; }
      marked = about.touched;
      const i = state.at ? values.axis.start.indexOf(state.at) : values.newest();
      if (i < 0) { page.append(h("p", { class: "answer" }, say("print_no_month"))); return; }
      const start = values.axis.start[i];
      const month = format.period("month", start, values.axis.end[i]);
      const paper = h("article", { class: "paper" });
      page.append(h("p", { class: "choices no-print" }, raceway.figures.select("print-month", say("period_month"), values.axis.start.map((one, at) => [one, format.period("month", one, values.axis.end[at])]).reverse(), start, (value) => raceway.go({ at: value })), h("button", { type: "button", class: "print", onclick: () => window.print() }, say("print_now"))), paper);
      head(`${raceway.shell.company} · ${say("print_title")} · ${month}`);
      paper.append(cover(month, values, i, overview.holding_back, about.open.kind.length));
      const stages = raceway.shell.stages.map((stage) => [stage, kpis.ofStage(stage).filter((kpi) => format.isKnown(values.cell(kpi.kpi, i).value)).map((kpi) => [kpi, kpi.leading || values.target(kpi.kpi, i) ? 0 : 1]).sort((a, b) => a[1] - b[1] || b[0].leading - a[0].leading).filter(([, rank], place) => rank === 0 || place < ROWS).map(([kpi]) => kpi)]).filter(([, list]) => list.length);
      const charts = h("section", { class: "sheet" }, h("h2", {}, say("print_course")), h("p", { class: "soft small" }, say("print_course_note")));
      const course = h("div", { class: "course" });
      charts.append(course);
      paper.append(charts);
      for (const name of ["net_sales", "orders", "unique_visitors", "customer_acquisition_cost", "leads", "ad_spend"]) {
        const kpi = kpis.kpi(name);
        if (!kpi || !values.series(name)) continue;
        const place = h("div", {});
        course.append(place);
        await curve(place, kpi, values, i);
      }
      paper.append(h("section", { class: "sheet stages" }, h("h2", {}, say("print_stages")), stages.map(([stage, list]) => h("div", { class: "stage-table scroll", tabindex: "0", role: "region", "aria-label": say(`stage_${stage}`) }, h("h3", {}, say(`stage_${stage}`), h("span", { class: "soft" }, ` ${say(`about_${stage}`)}`)), table(list, values, i)))));
      paper.append(h("section", { class: "sheet flows" }, h("h2", {}, say("print_money")),
        h("div", { class: "halves" }, h("div", {}, h("h3", {}, say("print_channels", { model: say(`model_${attribution.model}`) })), channels(attribution, start)), h("div", {}, h("h3", {}, say("plan_budget_title")), budget(plan, start))),
        h("div", { class: "halves" }, h("div", {}, h("h3", {}, say("plan_review")), review(plan)), h("div", {}, h("h3", {}, say("cust_segments")), segments(customers)))));
      paper.append(trust(about));
      document.title = `${raceway.shell.company} · ${say("print_title")} · ${month}`;
    },
  });
})();
