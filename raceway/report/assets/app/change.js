"use strict";
/* Why did it change: below a leading KPI the parts of its change, and for all others the command that tells them. */
(() => {
  const { h, say, format, kpis } = raceway;
  const COMPARED = ["previous", "year_ago"];
  const CAUSES = { customers: "why_customers", parameters: "why_parameters", rest: "why_rest", amount: "why_all_else", overlap: "why_overlap", unassigned: "why_unassigned" };
  let against = "previous";

  const signed = (given, decimals, options = {}) =>
    new Intl.NumberFormat(format.locale(), { signDisplay: "exceptZero", ...options, minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(given);

  /* Amounts come as whole numbers of 10^-digits, so that what is shown sums digit by digit. */
  function amount(whole, digits, unit, isChange = false, bare = false) {
    const percent = unit === "percent";
    const decimals = Math.max(0, percent ? digits - 2 : digits);
    const number = whole / 10 ** (percent ? digits - 2 : digits);
    const text = isChange ? signed(number, decimals) : format.number(number, decimals);
    if (bare) return text;
    if (percent) return isChange ? `${text} ${say("points")}` : `${text}%`;
    return unit === "money" ? signed(number, decimals, { style: "currency", currency: raceway.shell.currency, currencyDisplay: "narrowSymbol", signDisplay: isChange ? "exceptZero" : "auto" }) : text;
  }

  /* A measure by the name of the KPI that is this measure and nothing else; else its own, in words. */
  const measure = (name) => {
    const same = kpis.all().find((kpi) => kpi.numerator === name && !kpi.denominator && kpi.scale === 1);
    return same ? kpis.title(same) : name.replaceAll("_", " ");
  };

  function title(row) {
    if (row.kind === "others") return say("why_others", { count: row.count });
    if (row.kind === "cell") return [row.channel === "all" ? null : kpis.channelName(row.channel), row.market === "all" ? null : format.market(row.market)].filter(Boolean).join(" · ") || say("all_markets");
    if (row.kind === "numerator" || row.kind === "denominator") return `${measure(row.name)} (${say(`why_${row.kind}`)})`;
    return CAUSES[row.kind] ? say(CAUSES[row.kind]) : row.name;
  }

  /* A bar from the middle: to the right what raised the value, to the left what lowered it. */
  function bar(part, most, good) {
    const width = (50 * Math.abs(part)) / most;
    const bad = good !== "neutral" && part !== 0 && part > 0 !== (good === "up");
    return h("span", { class: `bar${bad ? " below" : ""}`, "aria-hidden": "true" }, h("span", { style: { width: `${width}%`, "margin-left": `${part < 0 ? 50 - width : 50}%` } }));
  }

  function table(kpi, change, rows, by) {
    const most = Math.max(...rows.map((row) => Math.abs(row.part))) || 1;
    const show = (whole) => (format.isKnown(whole) ? amount(whole, change.digits, kpi.unit, true, true) : "");
    // the head has the unit, the numbers are bare; the bars begin below each other
    const unit = kpi.unit === "money" ? ` (${raceway.shell.currency})` : kpi.unit === "percent" ? ` (${say("points")})` : "";
    const wide = Math.max(...rows.map((row) => show(row.part).length));
    const columns = [
      { title: say(`why_by_${by}`), text: title },
      { title: say("why_part") + unit, number: true, text: (row) => show(row.part), sort: (row) => Math.abs(row.part),
        cell: (row) => h("span", { class: "barred", "data-part": row.part }, bar(row.part, most, kpi.good), h("span", { style: { "min-width": `${wide}ch` } }, show(row.part))) },
    ];
    if (rows.some((row) => format.isKnown(row.rate) || format.isKnown(row.mix))) columns.push(
      { title: say("why_rate") + unit, number: true, text: (row) => show(row.rate) || " ", sort: (row) => row.rate },
      { title: say("why_mix") + unit, number: true, text: (row) => show(row.mix) || " ", sort: (row) => row.mix });
    if (change.change) columns.push({ title: say("why_of_change"), number: true, text: (row) => signed(row.part / change.change, 0, { style: "percent" }), sort: (row) => row.part / change.change });
    return h("div", { style: { "margin-top": "1rem" } }, raceway.table(columns, rows, { caption: `${say("why")} ${say(`why_by_${by}`)}` }));
  }

  /* The same question of any KPI, period and cell, as the command line answers it. */
  function command(kpi, values, i, state) {
    if (i < 1) return null;
    const name = (start) => (state.period === "month" ? start.slice(0, 7) : start);
    const asked = ["raceway explain", kpi.kpi, "--from", name(values.axis.start[i - 1]), "--to", name(values.axis.start[i])];
    if (state.period !== "month") asked.push("--period", state.period);
    if (state.channel !== "all") asked.push("--channel", state.channel);
    if (state.market !== "all") asked.push("--market", state.market);
    return h("p", { class: "soft small", style: { "margin-top": ".75rem" } }, say("why_command"), " ", h("code", {}, asked.join(" ")));
  }

  raceway.section("kpi", {
    async draw(element, { kpi, values, i, state }) {
      const told = await raceway.load("change");
      const card = h("section", { class: "card", "data-why": kpi.kpi }, h("h3", {}, say("why")));
      element.append(card);
      const here = state.period === "month" && state.channel === "all" && state.market === "all" && told
        ? kpis.rows(told.changes).map((row, number) => ({ ...row, number })).filter((row) => row.kpi === kpi.kpi && row.after_start === values.axis.start[i])
        : [];
      const how = command(kpi, values, i, state);
      if (!here.length) { card.append(h("p", { class: "soft" }, say("why_not_here")), how || ""); return; }
      const parts = kpis.rows(told.parts);

      function show(focus = false) {
        const change = here.find((row) => row.against === against) || here[0];
        const value = (whole) => amount(whole, change.digits, kpi.unit);
        const mine = parts.filter((row) => row.change === change.number);
        const buttons = COMPARED.filter((name) => here.some((row) => row.against === name)).map((name) =>
          h("button", { type: "button", "aria-pressed": String(change.against === name), onclick: () => { against = name; show(true); } }, say(`why_against_${name}`)));
        card.replaceChildren(
          h("h3", {}, say("why")),
          h("div", { class: "segments", role: "group", "aria-label": say("why") }, buttons),
          h("p", { "data-change": change.change, style: { "margin-top": ".75rem" } }, `${format.date(change.before_start, { month: "long", year: "numeric" })}: ${value(change.before)} → ${format.date(change.after_start, { month: "long", year: "numeric" })}: ${value(change.after)} `, h("span", { style: { "white-space": "nowrap" } }, `(${amount(change.change, change.digits, kpi.unit, true)})`)),
          change.explained ? "" : h("p", { class: "note" }, say("why_not_explained")),
          ...[...new Set(mine.map((row) => row.by))].map((by) => table(kpi, change, mine.filter((row) => row.by === by), by.replace(" × ", "_and_"))),
          format.isKnown(change.first) ? h("p", { class: "note" }, say(change.first_complete ? "why_restated" : "why_came_in", { month: format.date(change.before_start, { month: "long", year: "numeric" }), first: value(change.first), as_of: format.date(change.first_as_of), change: amount(change.before - change.first, change.digits, kpi.unit, true) })) : "",
          how || "");
        if (focus) card.querySelector('[aria-pressed="true"]')?.focus();
      }

      show();
    },
  });
})();
