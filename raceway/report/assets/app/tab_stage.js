"use strict";
/* A page per stage: all its KPIs, and of the chosen one trend, channels, markets, definition, sources. */
(() => {
  const { h, say, format, parts, kpis } = raceway;

  function list(stage, values, i, range, state, chosen) {
    const { channel, market } = state;
    const groups = kpis.ofStage(stage);
    const known = groups.filter((kpi) => values.series(kpi.kpi, channel, market));
    const rest = groups.filter((kpi) => !known.includes(kpi));
    const item = (kpi) => {
      const cell = values.cell(kpi.kpi, i, channel, market);
      const series = values.series(kpi.kpi, channel, market);
      const here = kpi.kpi === chosen;
      return h("li", {}, h("a", { class: "kpi", href: raceway.link({ kpi: kpi.kpi }), "aria-current": here ? "true" : null, "data-kpi": kpi.kpi, "data-focus": `kpi-${kpi.kpi}` },
        h("span", { class: "title" }, kpis.title(kpi), kpi.leading ? h("span", { class: "star", title: say("leading") }, "★") : null),
        h("span", { class: "value" }, parts.value(cell.value, kpi.unit, true)),
        h("span", { class: "under" }, parts.change(cell.value, cell.before, kpi), cell.status ? parts.status(cell.status) : null, parts.marks(cell, true)),
        raceway.chart.spark(series.values.slice(Math.max(0, i + 1 - range), i + 1), { label: kpis.title(kpi), width: 88, height: 24 })));
    };
    return h("nav", { class: "kpis", "aria-label": say("kpis_of", { stage: say(`stage_${stage}`) }) },
      h("ul", {}, known.map(item)),
      rest.length ? h("details", { class: "rest" }, h("summary", {}, say("without_values", { count: rest.length })), h("p", { class: "soft small" }, say("without_values_why")), h("ul", { class: "plain" }, rest.map((kpi) => h("li", {}, kpis.title(kpi))))) : null);
  }

  /* The trend of a KPI over `range` periods up to `i`. */
  async function trend(element, kpi, values, i, range, state) {
    const { channel, market } = state;
    const series = values.series(kpi.kpi, channel, market);
    const from = Math.max(0, i + 1 - range);
    const restated = new Set(kpis.rows(kpis.book().restated).filter((one) => one.kpi === kpi.kpi && one.period === state.period).map((one) => one.period_start));
    const rows = [];
    for (let at = from; at <= i; at += 1) {
      const cell = values.cell(kpi.kpi, at, channel, market);
      const goal = cell.target ? cell.target.paced ?? cell.target.target : null;
      // the band of "at risk": from the part of the target that is at risk up to the target
      const edge = goal === null ? null : kpi.good === "down" ? goal / raceway.shell.at_risk : goal * raceway.shell.at_risk;
      const name = format.period(state.period, values.axis.start[at], values.axis.end[at]);
      const notes = [
        name, `${kpis.title(kpi)}: ${format.value(cell.value, kpi.unit)}`,
        cell.target ? `${say("target")}: ${format.value(cell.target.target, kpi.unit)}${cell.status ? ` – ${say(cell.status)}` : ""}` : null,
        format.isKnown(cell.yearAgo) ? `${say("year_before")}: ${format.value(cell.yearAgo, kpi.unit)}` : null,
        cell.complete ? null : say("provisional"), restated.has(values.axis.start[at]) ? say("restated") : null,
      ];
      rows.push({
        start: format.utc(values.axis.start[at]), name, value: cell.value, year_ago: cell.yearAgo, target: goal, target_low: goal === null ? null : Math.min(goal, edge), target_high: goal === null ? null : Math.max(goal, edge),
        complete: cell.complete, restated: restated.has(values.axis.start[at]), status: cell.status, before: cell.before, tip: notes.filter(Boolean).join("\n"),
      });
    }
    // a line begins where something is known
    while (rows.length > 1 && ![rows[0].value, rows[0].year_ago, rows[0].target].some(format.isKnown)) rows.shift();
    const numbers = rows.flatMap((row) => [row.value, row.year_ago, row.target_low, row.target_high]).filter(format.isKnown);
    if (!numbers.length) { element.append(h("p", { class: "soft pad" }, say("no_values"))); return; }
    const low = Math.min(...numbers, kpi.unit === "score" || Math.min(...numbers) < 0 ? Infinity : 0);
    const y = raceway.chart.ticks(low, Math.max(...numbers));
    const every = Math.ceil(rows.length / Math.max(2, Math.floor(element.clientWidth / 92)));
    const x = rows.map((row) => row.start).filter((_, at) => (rows.length - 1 - at) % every === 0);
    const first = i + 1 - rows.length;
    const names = new Map(rows.map((row, at) => [row.start, format.period(state.period, values.axis.start[first + at], values.axis.end[first + at], true)]));
    const pad = rows.length > 1 ? 0 : format.DAY;
    element.append(h("ul", { class: "legend" },
      h("li", { class: "is-value" }, say("value")), rows.some((row) => format.isKnown(row.value) && !row.complete) ? h("li", { class: "is-provisional" }, say("provisional")) : null,
      rows.some((row) => format.isKnown(row.year_ago)) ? h("li", { class: "is-year-ago" }, say("year_before")) : null,
      rows.some((row) => row.target !== null) ? h("li", { class: "is-target" }, say("target_band")) : null,
      rows.some((row) => row.restated) ? h("li", { class: "is-restated" }, say("restated")) : null));
    await raceway.chart.draw(element, {
      spec: "trend", rows, label: say("trend_of", { kpi: kpis.title(kpi) }),
      params: { x_values: x, x_labels: raceway.chart.labels(x, (one) => names.get(one)), y_values: y, y_labels: format.ticks(y, kpi.unit), x_from: rows[0].start - pad, x_to: rows.at(-1).start + pad, y_from: y[0], y_to: y.at(-1) },
      table: () => raceway.table([
        { title: say("period"), text: (row) => row.name, sort: (row) => row.start },
        { title: say("value"), number: true, text: (row) => (format.isKnown(row.value) ? format.value(row.value, kpi.unit) : ""), sort: (row) => row.value },
        { title: say("target"), number: true, text: (row) => (row.target === null ? "" : format.value(row.target, kpi.unit)), sort: (row) => row.target },
        { title: say("status"), text: (row) => (row.status ? say(row.status) : ""), cell: (row) => parts.status(row.status) },
        { title: say("year_before"), number: true, text: (row) => (format.isKnown(row.year_ago) ? format.value(row.year_ago, kpi.unit) : ""), sort: (row) => row.year_ago },
        { title: say("notes"), text: (row) => [row.complete ? "" : say("provisional"), row.restated ? say("restated") : ""].filter(Boolean).join(", ") || " " },
      ], [...rows].reverse(), { caption: say("trend_of", { kpi: kpis.title(kpi) }) }),
    });
  }

  /* The KPI by channel or by market: a table whose bars say the size. */
  function breakdown(kpi, values, i, state, kind) {
    const isChannel = kind === "channel";
    const names = [...new Set(isChannel ? values.block.series.channel : values.block.series.market)].filter((name) => name !== "all");
    const rows = names.map((name) => {
      const [channel, market] = isChannel ? [name, state.market] : [state.channel, name];
      const cell = values.cell(kpi.kpi, i, channel, market);
      return { ...cell, name, title: isChannel ? kpis.channelName(name) : format.market(name), highlighted: state[kind] === name };
    }).filter((row) => format.isKnown(row.value) || format.isKnown(row.top));
    const title = say(isChannel ? "by_channel" : "by_market");
    if (!rows.length) return null;
    const most = Math.max(...rows.map((row) => Math.abs(row.value || 0))) || 1;
    return h("section", { class: "card" }, h("h3", {}, title), raceway.table([
      { title: say(kind), text: (row) => row.title, cell: (row) => h("a", { href: raceway.link({ [kind]: state[kind] === row.name ? "all" : row.name }) }, row.title) },
      { title: say("value"), number: true, text: (row) => format.value(row.value, kpi.unit), sort: (row) => row.value,
        cell: (row) => (format.isKnown(row.value) ? h("span", { class: "barred" }, h("span", { class: `bar${row.value < 0 ? " below" : ""}`, "aria-hidden": "true" }, h("span", { style: { width: `${(100 * Math.abs(row.value)) / most}%` } })), h("span", {}, format.value(row.value, kpi.unit, true))) : null) },
      { title: say("change"), number: true, text: (row) => format.change(row.value, row.before, kpi.unit), sort: (row) => (format.isKnown(row.value) && row.before ? row.value / row.before - 1 : null), cell: (row) => parts.change(row.value, row.before, kpi) },
    ], rows, { caption: `${kpis.title(kpi)}, ${title}`, sorted: 1, limit: 12 }));
  }

  /* How a measure is counted: how its days make a period, which date, whose channel and market. */
  function counted(measure) {
    const whose = (text) => text.split(" or ").map((one) => (one.startsWith("fixed ") ? say("whose_fixed", { channel: kpis.channelName(one.slice(6)) }) : say(`whose_${one}`))).join(` ${say("or")} `);
    return [say(`additivity_${measure.additivity}`), raceway.name(measure.dated_by, measure.dated_by_vi), `${say("channel")}: ${whose(measure.channel_by)}`, `${say("market")}: ${whose(measure.market_by)}`].join(" · ");
  }

  /* What the KPI is: formula with the numbers of this cell, standard, measures, sources and files, caveats. */
  function definition(kpi, values, i, state, missing) {
    const cell = values.cell(kpi.kpi, i, state.channel, state.market);
    const book = kpis.book();
    const example = book.exampleByKpi.get(kpi.kpi);
    const caveat = book.caveatByKpi.get(kpi.kpi);
    const scale = kpi.scale === 1 ? "" : ` × ${format.exact(kpi.scale)}`;
    const code = (text) => h("code", {}, text);
    const formula = kpi.denominator ? [code(kpi.numerator), " ÷ ", code(kpi.denominator), scale] : [code(kpi.numerator), scale];
    const filled = !format.isKnown(cell.top) ? say("cell_unknown")
      : kpi.denominator
        ? `${format.exact(cell.top)} ÷ ${format.exact(cell.bottom)}${scale} = ${format.value(cell.value, kpi.unit)}`
        : `${format.exact(cell.top)}${scale} = ${format.value(cell.value, kpi.unit)}`;
    const where = [format.period(state.period, values.axis.start[i], values.axis.end[i]), kpis.channelName(state.channel), format.market(state.market)].join(" · ");
    const measures = kpis.measuresOf(kpi).map((name) => book.measureByName.get(name)).filter(Boolean);
    const warnings = kpis.warningsOf(kpi);
    return h("section", { class: "card definition" }, h("h3", {}, say("definition")),
      h("dl", {},
        h("dt", {}, say("formula")), h("dd", {}, formula),
        h("dt", {}, say("this_cell")), h("dd", { class: "filled", "data-filled": kpi.kpi }, filled, h("div", { class: "soft small" }, where)),
        h("dt", {}, say("reading")), h("dd", {}, say(`good_${kpi.good}`), kpi.denominator ? ` ${say("ratio_of_sums")}` : "", missing ? ` ${say(missing)}` : ""),
        example ? [h("dt", {}, say("standard")), h("dd", {}, raceway.name(example.standard, example.standard_vi))] : null,
        caveat ? [h("dt", {}, say("caveat")), h("dd", {}, raceway.name(caveat.caveat, caveat.caveat_vi))] : null,
        warnings.length ? [h("dt", {}, say("warnings")), h("dd", {}, h("ul", {}, warnings.map((one) => h("li", {}, parts.said(one, one.message)))))] : null),
      h("details", {}, h("summary", {}, say("measures_count", { count: measures.length })), measures.map((measure) => h("div", { class: "measure" }, h("p", {}, code(measure.measure), ` ${raceway.name(measure.definition, measure.definition_vi)}.`), h("p", { class: "soft small" }, counted(measure))))),
      files(kpi, values, i));
  }

  function files(kpi, values, i) {
    const tables = kpis.tablesOf(kpi);
    const [start, end] = [values.axis.start[i], values.axis.end[i]];
    const rows = kpis.book().fileRows.filter((file) => tables.includes(`${file.source}.${file.table_name}`) && (!file.covers_from || file.covers_from <= end) && (!file.covers_to || file.covers_to >= start));
    const details = h("details", {}, h("summary", {}, say("files_count", { count: rows.length })));
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) details.append(h("p", { class: "soft small" }, say("files_why")), raceway.table([
        { title: say("source"), text: (row) => `${row.source}.${row.table_name}` },
        { title: say("account"), text: (row) => row.account },
        { title: say("files"), text: (row) => row.files },
        { title: say("covers"), text: (row) => (row.covers_from ? format.dates(row.covers_from, row.covers_to) : ""), sort: (row) => row.covers_to },
        { title: say("exported"), text: (row) => format.date(row.exported_on), sort: (row) => row.exported_on },
      ], rows, { caption: say("files_count", { count: rows.length }), limit: 20 }));
    });
    return details;
  }

  async function detail(element, kpi, values, i, range, state) {
    const cell = values.cell(kpi.kpi, i, state.channel, state.market);
    const where = [state.channel === "all" ? null : kpis.channelName(state.channel), state.market === "all" ? null : format.market(state.market)].filter(Boolean).join(" · ");
    const chart = h("section", { class: "card" },
      h("header", { class: "kpi-head" },
        h("div", {}, h("h2", {}, kpis.title(kpi)), h("p", { class: "soft" }, [format.period(state.period, values.axis.start[i], values.axis.end[i]), where].filter(Boolean).join(" · "))),
        h("div", { class: "big", "data-value": kpi.kpi }, parts.value(cell.value, kpi.unit))),
      h("div", { class: "facts" },
        h("div", {}, h("span", { class: "soft" }, say(cell.running ? "vs_same_days" : "vs_before")), parts.change(cell.value, cell.before, kpi), h("span", { class: "soft" }, format.value(cell.before, kpi.unit))),
        h("div", {}, h("span", { class: "soft" }, say("vs_year_ago")), parts.change(cell.value, cell.yearAgo, kpi), h("span", { class: "soft" }, format.value(cell.yearAgo, kpi.unit))),
        h("div", {}, h("span", { class: "soft" }, say("target")), cell.target ? parts.status(cell.status) || say("not_due") : h("span", { class: "soft" }, say("no_target")), cell.target ? h("span", { class: "soft" }, format.value(cell.target.target, kpi.unit)) : null),
        h("div", {}, h("span", { class: "soft" }, say("trust")), parts.marks(cell).length ? parts.marks(cell) : h("span", {}, say("nothing_to_mark")))));
    element.append(chart);
    await trend(chart, kpi, values, i, range, state);
    for (const section of raceway.sections.kpi || []) await section.draw(element, { kpi, values, i, range, state, cell });
    const [channels, markets] = [breakdown(kpi, values, i, state, "channel"), breakdown(kpi, values, i, state, "market")];
    const missing = channels && markets ? "" : !values.brokenDown ? "thinned_breakdown" : channels ? "no_markets" : markets ? "no_channels" : "no_breakdown";
    const about = definition(kpi, values, i, state, missing);
    element.append(channels || markets ? h("div", { class: "pair" }, channels || about, h("div", { class: "stack" }, markets, channels ? about : null)) : about);
  }

  /* Where the list of KPIs stood, and which KPI was chosen, before the page was drawn anew. */
  const before = { stage: "", top: 0, kpi: "" };

  function settle(stage, left, right, chosen) {
    if (before.stage === stage) left.scrollTop = before.top;
    const here = left.querySelector("[aria-current]");
    const { top, bottom } = here.getBoundingClientRect();
    const frame = left.getBoundingClientRect();
    if (top < frame.top) left.scrollTop -= frame.top - top;
    if (bottom > frame.bottom) left.scrollTop += bottom - frame.bottom;
    // where both stand one below the other, who chooses a KPI wants to see it
    if (before.stage === stage && before.kpi !== chosen && right.getBoundingClientRect().top > frame.bottom) right.scrollIntoView();
    Object.assign(before, { stage, top: left.scrollTop, kpi: chosen });
    left.addEventListener("scroll", () => { before.top = left.scrollTop; }, { passive: true });
  }

  for (const stage of raceway.shell.stages) {
    raceway.tab(stage, {
      title: `stage_${stage}`,
      pickers: ["period", "at", "range", "channel", "market"],
      async draw(page, state) {
        const values = await kpis.values(state.period);
        const i = values.at(state);
        page.append(h("h1", { class: "unseen" }, say(`stage_${stage}`)));
        const known = kpis.ofStage(stage).filter((kpi) => i >= 0 && values.series(kpi.kpi, state.channel, state.market));
        if (!known.length) { page.append(h("p", { class: "soft empty" }, say(state.channel === "all" && state.market === "all" ? "no_values" : "no_values_here"))); return; }
        const chosen = known.find((kpi) => kpi.kpi === state.kpi) || known[0];
        const range = values.range(state);
        const right = h("div", { class: "detail" });
        const left = list(stage, values, i, range, state, chosen.kpi);
        page.append(h("div", { class: "split" }, left, right));
        settle(stage, left, right, chosen.kpi);
        await detail(right, chosen, values, i, range, state);
      },
    });
  }
})();
