"use strict";
/* The overview: what holds us back, and the funnel from reach to advocacy with each stage's leading KPIs. */
(() => {
  const { h, say, format, parts, kpis } = raceway;

  /* Whom a stage is about (Plan: the budget), each numerator and denominator of one of its leading KPIs. */
  const PEOPLE = { plan: "budget_utilisation", reach: "unique_visitors", act: "visitor_interaction_rate", convert: "visitor_conversion_rate", engage: "customer_retention_rate", advocacy: "advocate_rate" };

  /* The sentence that answers "which stage holds us back?", from facts that were computed with the mart. */
  function sentence(facts) {
    const stages = kpis.rows(facts.stages);
    if (!stages.length) return h("p", { class: "answer quiet" }, say("holds_unknown"));
    const [worst] = stages;
    const kpi = kpis.kpi(worst.kpi);
    const cycle = format.dates(worst.cycle_start, worst.cycle_end);
    if (!worst.money) return h("p", { class: "answer" }, say(`holds_none_${worst.yardstick}`, { cycle }));
    return h("p", { class: "answer", title: format.money(worst.money) }, h("em", {}, `${say(`stage_${worst.stage}`)}. `), say(`holds_back_${worst.yardstick}`, {
      kpi: kpis.title(kpi), actual: format.value(worst.actual, kpi.unit), against: format.value(worst.held_against, kpi.unit),
      money: format.money(worst.money, true), cycle,
    }));
  }

  function others(facts) {
    const stages = kpis.rows(facts.stages);
    const most = Math.max(...stages.map((one) => one.money), 1);
    const list = stages.map((one) => h("li", {},
      h("a", { href: raceway.link({ tab: one.stage, kpi: one.kpi, period: "cycle", at: one.cycle_start }) }, h("span", { class: "name" }, say(`stage_${one.stage}`)), one.money ? h("span", { class: "soft" }, kpis.title(kpis.kpi(one.kpi))) : null),
      h("span", { class: "number" }, one.money ? format.money(one.money, true) : h("span", { class: "soft" }, say("nothing_short"))),
      h("span", { class: "bar", "aria-hidden": "true" }, h("span", { style: { width: `${(100 * one.money) / most}%` } }))));
    const silent = facts.silent.map((stage) => say(`stage_${stage}`)).join(", ");
    return h("div", { class: "stakes" },
      stages.length ? [h("h2", {}, say("stakes")), h("ol", {}, list)] : null,
      silent && stages.length ? h("p", { class: "soft small" }, say("holds_silent", { stages: silent })) : null);
  }

  function row(kpi, values, i, range) {
    const cell = values.cell(kpi.kpi, i);
    const series = values.series(kpi.kpi);
    const compared = [[cell.before, cell.running ? "vs_same_days" : "vs_before"], [cell.yearAgo, "vs_year_ago"]].filter(([other]) => format.isKnown(other) && format.isKnown(cell.value));
    const marks = parts.marks(cell, true);
    return h("a", { class: "lead", href: raceway.link({ tab: kpi.stage, kpi: kpi.kpi }), "data-kpi": kpi.kpi, "data-focus": `lead-${kpi.kpi}` },
      h("span", { class: "title" }, kpis.title(kpi)),
      h("span", { class: "figure" }, h("span", { class: "value" }, parts.value(cell.value, kpi.unit, true)), series ? raceway.chart.spark(series.values.slice(Math.max(0, i + 1 - range), i + 1), { label: say("trend_of", { kpi: kpis.title(kpi) }), width: 64 }) : null),
      compared.length ? h("span", { class: "compare" }, compared.map(([other, words]) => parts.change(cell.value, other, kpi, say(words)))) : null,
      cell.target || marks.length ? h("span", { class: "verdict" }, cell.target ? [parts.status(cell.status) || h("span", { class: "soft" }, say("not_due")), h("span", { class: "soft" }, say("target_of", { target: format.value(cell.target.target, kpi.unit, true) }))] : null, marks) : null);
  }

  /* How many of how many, and a bar of that part. */
  function people(stage, values, i) {
    if (!kpis.kpi(PEOPLE[stage])) return null;
    const { top, bottom } = values.cell(PEOPLE[stage], i);
    const unit = stage === "plan" ? "money" : "count";
    if (!format.isKnown(top)) return h("p", { class: "people soft" }, say(`people_unknown_${unit}`));
    const part = !kpis.kpi(PEOPLE[stage]).denominator ? 1 : bottom > 0 ? top / bottom : null;
    return h("div", { class: "people" }, h("p", {}, h("strong", {}, format.value(top, unit, unit === "money")), ` ${say(`people_${stage}`, { whole: format.value(bottom, unit, unit === "money") })}`),
      format.isKnown(part) ? h("span", { class: "bar", "aria-hidden": "true" }, h("span", { style: { width: `${Math.min(100, 100 * part)}%` } })) : null);
  }

  function block(stage, values, i, range) {
    const known = kpis.ofStage(stage).filter((kpi) => kpi.leading && values.series(kpi.kpi));
    return h("section", { class: `stage is-${stage}`, "aria-labelledby": `stage-${stage}` },
      h("header", {}, h("h2", { id: `stage-${stage}` }, h("a", { href: raceway.link({ tab: stage, kpi: "" }) }, say(`stage_${stage}`)), h("span", { class: "soft" }, say(`about_${stage}`))), people(stage, values, i)),
      known.length ? h("div", { class: "leads" }, known.map((kpi) => row(kpi, values, i, range))) : h("p", { class: "soft" }, say("no_leading")));
  }

  const funnel = (values, i, range) => h("div", { class: "funnel" }, raceway.shell.stages.map((stage) => block(stage, values, i, range)));

  raceway.overview = { sentence };

  raceway.tab("overview", {
    title: "overview",
    pickers: ["period", "at", "range"],
    async draw(page, state) {
      const [data, values] = await Promise.all([raceway.load("overview"), kpis.values(state.period)]);
      const i = values.at(state);
      page.append(h("section", { class: "hero" }, h("h1", {}, say("holds_question")), sentence(data.holding_back), others(data.holding_back)));
      if (i < 0) { page.append(h("p", { class: "soft" }, say("no_values"))); return; }
      page.append(
        h("div", { class: "heading" }, h("h2", {}, format.period(state.period, values.axis.start[i], values.axis.end[i])), values.isOver(i) ? null : h("span", { class: "mark" }, say("running")), h("span", { class: "soft small" }, say("signs"))),
        funnel(values, i, values.range(state)));
    },
  });
})();
