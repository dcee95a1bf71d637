"use strict";
/* The overview: what holds us back, and the funnel from reach to advocacy with each stage's leading KPIs. */
(() => {
  const { h, say, format, parts, kpis } = raceway;

  /* The sentence that answers "which stage holds us back?", from facts that were computed with the mart. */
  function sentence(facts) {
    const stages = kpis.rows(facts.stages);
    if (!stages.length) return h("p", { class: "answer" }, say("holds_unknown"));
    const [worst] = stages;
    const kpi = kpis.kpi(worst.kpi);
    const cycle = format.dates(worst.cycle_start, worst.cycle_end);
    const yardstick = say(`yardstick_${worst.yardstick}`);
    if (!worst.money) return h("p", { class: "answer" }, say("holds_none", { yardstick, cycle }));
    return h("p", { class: "answer" }, say("holds_back", {
      stage: say(`stage_${worst.stage}`), kpi: kpis.title(kpi), actual: format.value(worst.actual, kpi.unit),
      against: format.value(worst.held_against, kpi.unit), yardstick, money: format.money(worst.money), cycle,
    }));
  }

  function others(facts) {
    const stages = kpis.rows(facts.stages);
    const most = Math.max(...stages.map((one) => one.money), 1);
    const list = stages.map((one) => h("li", {},
      h("a", { href: raceway.link({ tab: one.stage, kpi: one.kpi, period: "cycle", at: one.cycle_start }) }, h("span", { class: "name" }, say(`stage_${one.stage}`)), h("span", { class: "soft" }, kpis.title(kpis.kpi(one.kpi)))),
      h("span", { class: "bar", "aria-hidden": "true" }, h("span", { style: { width: `${(100 * one.money) / most}%` } })),
      h("span", { class: "number" }, format.money(one.money))));
    const silent = facts.silent.map((stage) => say(`stage_${stage}`)).join(", ");
    return h("div", { class: "stakes" }, stages.length ? h("ol", {}, list) : null, silent ? h("p", { class: "soft small" }, say("holds_silent", { stages: silent })) : null);
  }

  function row(kpi, values, i, range, state) {
    const cell = values.cell(kpi.kpi, i);
    const series = values.series(kpi.kpi);
    return h("a", { class: "lead", href: raceway.link({ tab: kpi.stage, kpi: kpi.kpi }), "data-kpi": kpi.kpi, "data-focus": `lead-${kpi.kpi}` },
      h("span", { class: "title" }, kpis.title(kpi)),
      h("span", { class: "figure" }, h("span", { class: "value" }, parts.value(cell.value, kpi.unit, true)), series ? raceway.chart.spark(series.values.slice(Math.max(0, i + 1 - range), i + 1), { label: kpis.title(kpi) }) : null),
      h("span", { class: "compare" }, parts.change(cell.value, cell.before, kpi, say(cell.running ? "vs_same_days" : "vs_before")), parts.change(cell.value, cell.yearAgo, kpi, say("vs_year_ago"))),
      h("span", { class: "verdict" }, cell.target ? [parts.status(cell.status) || h("span", { class: "soft" }, say("not_due")), h("span", { class: "soft" }, say("target_of", { target: format.value(cell.target.target, kpi.unit, true) }))] : h("span", { class: "soft" }, say("no_target")), parts.marks(cell)));
  }

  function funnel(values, i, range, state) {
    return h("div", { class: "funnel" }, raceway.shell.stages.map((stage) => {
      const leading = kpis.ofStage(stage).filter((kpi) => kpi.leading);
      const known = leading.filter((kpi) => values.series(kpi.kpi));
      return h("section", { class: `stage ${stage}`, "aria-labelledby": `stage-${stage}` },
        h("h2", { id: `stage-${stage}` }, h("a", { href: raceway.link({ tab: stage, kpi: "" }) }, say(`stage_${stage}`)), h("span", { class: "soft" }, say(`about_${stage}`))),
        known.length ? known.map((kpi) => row(kpi, values, i, range, state)) : h("p", { class: "soft pad" }, say("no_leading")));
    }));
  }

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
        h("div", { class: "heading" }, h("h2", {}, format.period(state.period, values.axis.start[i], values.axis.end[i])), values.isOver(i) ? null : h("span", { class: "mark" }, say("running"))),
        funnel(values, i, values.range(state), state));
    },
  });
})();
