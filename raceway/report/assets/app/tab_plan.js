"use strict";
/* On the page of the stage Plan: pacing against targets, budget against spend, the 90-day review, initiatives. */
(() => {
  const { h, say, format, parts, kpis } = raceway;
  const chosen = { period: null, month: null, cycle: null };
  const TONES = { on_track: "good", at_risk: "warn", off_track: "bad" };
  const where = (row) => [row.channel === "all" ? null : kpis.channelName(row.channel), row.market === "all" ? null : format.market(row.market)].filter(Boolean).join(", ");
  const name = (row) => [kpis.title(kpis.kpi(row.kpi)), where(row) ? h("span", { class: "soft" }, ` ${where(row)}`) : null];

  const key = (row) => `${row.period}|${row.period_start}`;

  function pacing(data) {
    const { figures } = raceway;
    const rows = kpis.rows(data.pacing).filter((row) => kpis.kpi(row.kpi));
    const periods = [...new Map(rows.map((row) => [key(row), row])).values()];
    return figures.drawn((element, again) => {
      if (!rows.length) { element.append(h("p", { class: "soft pad" }, say("plan_no_targets"))); return; }
      const now = periods.find((row) => key(row) === chosen.period) || periods[0];
      const place = (row) => { const at = ["off_track", "at_risk", "on_track"].indexOf(row.status); return at < 0 ? 3 : at; };
      const shown = rows.filter((row) => key(row) === key(now)).sort((a, b) => place(a) - place(b) || (a.attainment ?? 9) - (b.attainment ?? 9));
      element.append(h("div", { class: "choices" }, figures.select("period", say("period"), periods.map((row) => [key(row), `${format.period(row.period, row.period_start, row.period_end)}${row.runs ? ` (${say("plan_days", { over: row.days_over, days: row.days })})` : ""}`]), key(now), (value) => { chosen.period = value; again(); })));
      const tally = ["on_track", "at_risk", "off_track"].map((status) => [status, shown.filter((row) => row.status === status).length]);
      const silent = shown.filter((row) => !row.status).length;
      element.append(h("p", { class: "tally" }, tally.map(([status, n]) => h("span", {}, parts.status(status), ` ${n}`)), silent ? h("span", { class: "soft" }, say("plan_without_status", { count: silent })) : null));
      const unit = (row) => kpis.kpi(row.kpi).unit;
      const value = (field) => (row) => (format.isKnown(row[field]) ? format.value(row[field], unit(row), true) : null);
      element.append(raceway.table([
        { title: say("kpi"), text: (row) => kpis.title(kpis.kpi(row.kpi)), cell: (row) => h("a", { href: raceway.link({ tab: row.stage, kpi: row.kpi, period: row.period, at: row.period_start, channel: row.channel, market: row.market }) }, name(row)) },
        { title: say("value"), number: true, text: (row) => (format.isKnown(row.value) ? format.value(row.value, unit(row)) : ""), sort: (row) => row.attainment, cell: value("value") },
        { title: say("plan_way"), text: (row) => row.attainment, cell: (row) => figures.meter(row.value, row.paced_target, Math.max(row.target, format.isKnown(row.value) && kpis.kpi(row.kpi).good === "down" ? row.value : 0), TONES[row.status]) || " " },
        { title: say("plan_due"), number: true, text: (row) => (format.isKnown(row.paced_target) ? format.value(row.paced_target, unit(row)) : ""), sort: (row) => row.paced_target, cell: value("paced_target") },
        { title: say("target"), number: true, text: (row) => format.value(row.target, unit(row)), sort: (row) => row.target, cell: value("target") },
        { title: say("plan_attained"), number: true, text: (row) => (format.isKnown(row.attainment) ? format.value(row.attainment, "percent") : ""), sort: (row) => row.attainment },
        { title: say("status"), text: (row) => (row.status ? say(row.status) : ""), sort: (row) => ["off_track", "at_risk", "on_track"].indexOf(row.status), cell: (row) => parts.status(row.status) || h("span", { class: "soft" }, say(row.runs ? "not_due" : "plan_neutral")) },
      ], shown, { caption: say("plan_pacing"), limit: 16 }));
    });
  }

  /* From nothing to the most that may come: what is in, the range that holds the end with 80 %, the target. */
  function interval(row) {
    const most = Math.max(row.high, row.target ?? 0) || 1;
    const place = (value) => `${Math.max(0, Math.min(100, (100 * value) / most))}%`;
    return h("span", { class: "meter", "aria-hidden": "true" },
      h("span", { class: "range", style: { left: place(row.low), width: place(row.high - row.low) } }), h("span", { class: "done", style: { width: place(row.actual_to_date) } }),
      format.isKnown(row.target) ? h("span", { class: "due", style: { left: place(row.target) } }) : null);
  }

  function ends(data) {
    if (data.forecast === null) return h("p", { class: "soft pad" }, say("plan_no_forecast"));
    const order = (row) => `${kpis.title(kpis.kpi(row.kpi))} ${row.period_start}`;
    const rows = kpis.rows(data.forecast).filter((row) => kpis.kpi(row.kpi)).sort((a, b) => order(a).localeCompare(order(b), format.locale()));
    const value = (field) => ({ number: true, text: (row) => (format.isKnown(row[field]) ? format.value(row[field], row.unit) : ""), sort: (row) => row[field], cell: (row) => (format.isKnown(row[field]) ? format.value(row[field], row.unit, true) : null) });
    return raceway.table([
      { title: say("kpi"), text: (row) => kpis.title(kpis.kpi(row.kpi)) },
      { title: say("period"), text: (row) => row.period_start, cell: (row) => format.period(row.period, row.period_start, row.period_end) },
      { title: say("plan_in"), ...value("actual_to_date") },
      { title: say("plan_interval"), text: (row) => row.expected, cell: (row) => (format.isKnown(row.expected) ? interval(row) : h("span", { class: "soft" }, raceway.name(row.reason, row.reason_vi) || say("unknown"))) },
      { title: say("plan_expected"), ...value("expected") },
      { title: say("plan_range"), number: true, text: (row) => row.low, cell: (row) => (format.isKnown(row.low) ? `${format.value(row.low, row.unit, true)} – ${format.value(row.high, row.unit, true)}` : null) },
      { title: say("target"), ...value("target") },
      { title: say("plan_expected_status"), text: (row) => (row.status ? say(row.status) : ""), cell: (row) => parts.status(row.status) },
    ], rows, { caption: say("plan_ends"), limit: 12, empty: "plan_no_forecast" });
  }

  async function budget(element, data) {
    const { figures } = raceway;
    const rows = kpis.rows(data.budget);
    const whole = rows.filter((row) => row.channel === "all");
    if (!whole.length) { element.append(h("p", { class: "soft pad" }, say("plan_no_budget"))); return; }
    const month = (row) => format.period("month", row.month, "", true);
    element.append(h("ul", { class: "legend" }, h("li", { class: "is-column" }, say("plan_spend")), h("li", { class: "is-mark" }, say("plan_budget"))));
    await figures.columns(element, {
      rows: whole.map((row) => ({ name: month(row), value: row.spend, mark: row.budget, light: row.month >= raceway.shell.as_of.slice(0, 7), tip: `${format.period("month", row.month, "")}\n${say("plan_spend")}: ${format.isKnown(row.spend) ? format.money(row.spend) : "–"}\n${say("plan_budget")}: ${format.isKnown(row.budget) ? format.money(row.budget) : "–"}` })),
      unit: "money", label: say("plan_budget_title"), names: { name: say("period_month"), value: say("plan_spend"), mark: say("plan_budget") },
    });
    const begun = whole.filter((row) => format.isKnown(row.spend)).map((row) => row.month);
    const part = figures.drawn((place, again) => {
      const now = chosen.month || begun.at(-1) || whole.at(-1).month;
      const shown = rows.filter((row) => row.month === now).sort((a, b) => (a.channel === "all") - (b.channel === "all") || (b.spend ?? 0) - (a.spend ?? 0));
      place.append(h("div", { class: "choices" }, figures.select("month", say("period_month"), whole.map((row) => [row.month, format.period("month", row.month, "")]).reverse(), now, (value) => { chosen.month = value; again(); })));
      const money = (field) => ({ number: true, text: (row) => (format.isKnown(row[field]) ? format.money(row[field]) : ""), sort: (row) => row[field], cell: (row) => (format.isKnown(row[field]) ? format.money(row[field], true) : null) });
      const used = (row) => (row.budget_to_date > 0 && format.isKnown(row.spend) ? row.spend / row.budget_to_date : null);
      place.append(raceway.table([
        { title: say("channel"), text: (row) => (row.channel === "all" ? say("plan_all") : kpis.channelName(row.channel)), cell: (row) => (row.channel === "all" ? h("strong", {}, say("plan_all")) : kpis.channelName(row.channel)) },
        { title: say("plan_spend"), ...money("spend") }, { title: say("plan_budget_due"), ...money("budget_to_date") }, { title: say("plan_budget"), ...money("budget") },
        { title: say("plan_used"), number: true, text: (row) => (used(row) === null ? "" : format.value(used(row), "percent")), sort: used },
      ], shown, { caption: say("plan_budget_title") }));
    });
    element.append(part.place);
    await part.again();
  }

  function review(data) {
    const { figures } = raceway;
    const rows = kpis.rows(data.review).filter((row) => kpis.kpi(row.kpi));
    const cycles = [...new Map(rows.map((row) => [row.cycle_start, row])).values()];
    return figures.drawn((element, again) => {
      if (!rows.length) { element.append(h("p", { class: "soft pad" }, say("plan_no_review"))); return; }
      const over = cycles.find((row) => row.cycle_end < raceway.shell.as_of);
      const now = chosen.cycle || (over || cycles[0]).cycle_start;
      const shown = rows.filter((row) => row.cycle_start === now);
      element.append(h("div", { class: "choices" }, figures.select("cycle", say("period_cycle"), cycles.map((row) => [row.cycle_start, `${format.dates(row.cycle_start, row.cycle_end)}${row.cycle_end >= raceway.shell.as_of ? ` (${say("running")})` : ""}`]), now, (value) => { chosen.cycle = value; again(); })));
      const most = Math.max(...shown.map((row) => row.money_at_stake), 1);
      const value = (field) => ({ number: true, text: (row) => row[field], sort: (row) => row[field], cell: (row) => (format.isKnown(row[field]) ? format.value(row[field], kpis.kpi(row.kpi).unit, true) : null) });
      element.append(raceway.table([
        { title: say("kpi"), text: (row) => kpis.title(kpis.kpi(row.kpi)), cell: (row) => h("a", { href: raceway.link({ tab: row.stage, kpi: row.kpi, period: "cycle", at: row.cycle_start, channel: "all", market: "all" }) }, kpis.title(kpis.kpi(row.kpi))) },
        { title: say("stage"), text: (row) => say(`stage_${row.stage}`) },
        { title: say("plan_before"), ...value("baseline") }, { title: say("target"), ...value("target") }, { title: say("plan_actual"), ...value("actual") },
        { title: say("plan_stake"), number: true, text: (row) => format.money(row.money_at_stake), sort: (row) => row.money_at_stake, cell: (row) => figures.barred(row.money_at_stake, most, format.money(row.money_at_stake, true)) },
        { title: say("plan_initiatives"), number: true, text: (row) => row.initiatives, cell: (row) => (row.initiatives ? String(row.initiatives) : h("span", { class: "soft" }, say("plan_none"))) },
      ], shown, { caption: say("plan_review") }));
    });
  }

  function initiatives(data) {
    const rows = kpis.rows(data.initiatives);
    const unit = (row) => kpis.kpi(row.kpi)?.unit;
    const value = (field) => ({ number: true, text: (row) => row[field], sort: (row) => row[field], cell: (row) => (format.isKnown(row[field]) ? format.value(row[field], unit(row), true) : null) });
    const money = (field) => ({ number: true, text: (row) => row[field], sort: (row) => row[field], cell: (row) => (format.isKnown(row[field]) ? format.money(row[field], true) : null) });
    // one that is over and has nothing to be held against will stay unknown
    const isJudged = (row) => row.is_complete || (row.ends_on < raceway.shell.as_of && !format.isKnown(row.baseline));
    return raceway.table([
      { title: say("plan_initiative"), text: (row) => row.name || row.initiative, cell: (row) => h("span", {}, row.name || row.initiative, h("span", { class: "soft small under-line" }, [row.owner, row.kpi ? kpis.title(kpis.kpi(row.kpi)) : null].filter(Boolean).join(" · "))) },
      { title: say("plan_dates"), text: (row) => row.starts_on, cell: (row) => format.dates(row.starts_on, row.ends_on) },
      { title: say("plan_before"), ...value("baseline") }, { title: say("target"), ...value("target") }, { title: say("plan_actual"), ...value("actual") },
      { title: say("plan_spend"), ...money("spend") }, { title: say("plan_budget"), ...money("budget") },
      { title: say("plan_result"), text: (row) => row.result, cell: (row) => h("span", { class: { reached: "good", better: "good", missed: "bad", "no better": "bad" }[row.result] || "soft" }, row.result ? say(`result_${row.result.replace(" ", "_")}`) : say(isJudged(row) ? "unknown" : "plan_open")) },
      { title: say("plan_decision"), text: (row) => row.decision || "" },
    ], rows, { caption: say("plan_initiatives_title"), empty: "plan_no_initiatives", limit: 12 });
  }

  raceway.section("plan", {
    async draw(page, state) {
      const data = await raceway.load("plan");
      if (!data) { page.append(h("p", { class: "soft" }, say("no_such_facts"))); return; }
      const { figures } = raceway;
      const ahead = pacing(data);
      const gaps = review(data);
      const spent = figures.card(say("plan_budget_title"), say("plan_budget_note"));
      const mine = h("div", { class: "plan" },
        figures.card(say("plan_pacing"), say(`plan_pacing_${data.pacing_by}`), ahead.place), figures.card(say("plan_ends"), say("plan_ends_note"), ends(data)), spent,
        figures.card(say("plan_review"), say("plan_review_note"), gaps.place),
        figures.card(say("plan_initiatives_title"), say("plan_initiatives_note"), initiatives(data)));
      const split = page.querySelector(".split, .empty");
      // whoever came for a KPI finds it on top
      if (split && !state.kpi) split.before(mine, h("h2", {}, say("kpis_of", { stage: say("stage_plan") }))); else page.append(mine);
      await Promise.all([ahead.again(), gaps.again(), budget(spent, data)]);
    },
  });
})();
