"use strict";
/* Trust: what is open, with its sentence and what to do; how far each source reaches; what was restated. */
(() => {
  const { h, say, format, parts, kpis } = raceway;
  const SIGNS = { critical: "■", warning: "▲", info: "●" };
  const TONES = { critical: "bad", warning: "warn", info: "soft" };
  const count = (value) => (value ? format.number(value, 0) : null);

  /* What is said of a point, without what stands beside it: its subject before, its remedy within. */
  function sentence(row) {
    const begin = row.sentence.startsWith(`${row.subject}: `) ? row.subject.length + 2 : 0;
    const said = begin ? row.sentence[begin].toUpperCase() + row.sentence.slice(begin + 1) : row.sentence;
    const at = row.remedy ? said.toLowerCase().indexOf(row.remedy.toLowerCase()) : -1;
    return at < 0 ? said : `${said.slice(0, at)}${said.slice(at + row.remedy.length).replace(/^\.?\s*/, "")}`.trim();
  }

  /* What to do, in the reader's language where there are words of ours for it. */
  const remedy = (row) => (raceway.language === "vi" && row.remedy_vi ? h("span", {}, row.remedy_vi) : h("span", { lang: "en" }, row.remedy));

  function point(row, touched) {
    const names = touched.map((name) => kpis.kpi(name)).filter(Boolean);
    const where = row.account ? `${row.subject} · ${row.account}` : row.subject;
    return h("li", { class: `point ${TONES[row.severity]}` },
      h("p", { class: "point-head" }, h("span", { class: `mark ${TONES[row.severity]}` }, h("span", { "aria-hidden": "true" }, `${SIGNS[row.severity]} `), say(`severity_${row.severity}`)), h("strong", {}, say(`open_${row.kind}`)), where ? h("span", { class: "soft" }, where) : null),
      h("p", {}, parts.said(row, sentence(row))),
      row.remedy ? h("p", { class: "remedy" }, h("span", { class: "soft" }, `${say("trust_do")} `), remedy(row)) : null,
      row.command ? h("p", {}, h("code", {}, row.command)) : null,
      names.length ? h("details", { class: "touches" }, h("summary", {}, say("trust_touches", { count: names.length })), h("p", {}, names.map((kpi, i) => [i ? ", " : "", h("a", { href: raceway.link({ tab: kpi.stage, kpi: kpi.kpi }) }, kpis.title(kpi))]))) : null);
  }

  function sources(rows) {
    const number = (name, title) => ({ title: say(title), number: true, text: (row) => count(row[name]), sort: (row) => row[name] || null, cell: (row) => count(row[name]) ?? h("span", { class: "soft" }, "0") });
    const trouble = (name, title) => ({ ...number(name, title), cell: (row) => (row[name] ? h("span", { class: "warn" }, `▲ ${count(row[name])}`) : h("span", { class: "soft" }, "0")) });
    return raceway.table([
      { title: say("trust_source"), text: (row) => `${row.source}/${row.account}`, cell: (row) => [row.source, h("span", { class: "soft" }, ` ${row.account}`)] },
      { title: say("trust_covers"), text: (row) => (row.covers_to ? format.date(row.covers_to) : ""), sort: (row) => row.covers_to },
      { title: say("trust_behind"), number: true, text: (row) => row.days_behind, sort: (row) => row.days_behind, cell: (row) => (row.days_behind === null ? null : row.days_behind > 7 ? h("span", { class: "warn" }, `▲ ${count(row.days_behind)}`) : String(row.days_behind)) },
      number("landed", "trust_landed"), number("night_rows", "trust_rows"), number("duplicates", "trust_duplicates"),
      trouble("refused", "trust_refused"), trouble("pending", "trust_pending"), trouble("rows_refused", "trust_rows_refused"),
      number("rows_excluded", "trust_excluded"), number("rows_landed", "trust_all_rows"),
    ], rows, { caption: say("trust_sources"), sorted: 2, limit: 12 });
  }

  const seconds = (value) => format.value(value < 120 ? value : value / 60, value < 120 ? "seconds" : "minutes");

  function runs(rows) {
    return raceway.table([
      { title: say("trust_run"), text: (row) => row.run_id, sort: (row) => row.started_at, cell: (row) => format.moment(row.started_at) },
      { title: say("trust_as_of"), text: (row) => format.date(row.as_of), sort: (row) => row.as_of },
      { title: say("trust_ended"), text: (row) => say(`run_${row.status}`), cell: (row) => h("span", { class: row.status === "refused" || row.status === "failed" ? "bad" : null }, say(`run_${row.status}`)) },
      { title: say("trust_took"), number: true, text: (row) => seconds(row.seconds), sort: (row) => row.seconds },
      { title: say("trust_landed"), number: true, text: (row) => count(row.batches_landed) || "0", sort: (row) => row.batches_landed },
      { title: say("trust_refused"), number: true, text: (row) => count(row.batches_refused) || "0", sort: (row) => row.batches_refused },
      { title: say("trust_message"), text: (row) => row.message || " ", cell: (row) => h("span", { lang: "en" }, row.message || " ") },
    ], rows, { caption: say("trust_runs"), limit: 8 });
  }

  function restated(data) {
    if (data.restated === null) return h("p", { class: "soft pad" }, say("trust_no_record"));
    const rows = kpis.rows(data.restated);
    return raceway.table([
      { title: say("kpi"), text: (row) => kpis.title(kpis.kpi(row.kpi)), cell: (row) => h("a", { href: raceway.link({ tab: kpis.kpi(row.kpi).stage, kpi: row.kpi, period: row.period, at: row.period_start }) }, kpis.title(kpis.kpi(row.kpi))) },
      { title: say("period"), text: (row) => row.period_start, cell: (row) => format.period(row.period, row.period_start, row.period_end) },
      { title: say("trust_first"), number: true, text: (row) => row.first_value, sort: (row) => row.first_value, cell: (row) => format.value(row.first_value, kpis.kpi(row.kpi).unit) },
      { title: say("trust_now"), number: true, text: (row) => row.value, sort: (row) => row.value, cell: (row) => format.value(row.value, kpis.kpi(row.kpi).unit) },
      { title: say("change"), number: true, text: (row) => format.change(row.value, row.first_value, kpis.kpi(row.kpi).unit) },
    ], rows, { caption: say("trust_restated"), empty: "trust_none_restated", limit: 15 });
  }

  raceway.trust = { sentence, remedy };

  raceway.tab("trust", {
    title: "trust",
    order: 3,
    async draw(page) {
      const data = await raceway.load("trust");
      const { figures } = raceway;
      const open = kpis.rows(data.open);
      const touched = open.map((_, place) => Object.keys(data.touched).filter((name) => data.touched[name].includes(place)));
      const rows = kpis.rows(data.sources);
      const behind = rows.filter((row) => row.days_behind > 7).length;
      const failed = raceway.figures.sum(kpis.rows(data.checks), "failed");
      const checks = raceway.figures.sum(kpis.rows(data.checks), "checks");
      page.append(h("h1", { class: "answer" }, open.length ? say("trust_open_count", { count: format.number(open.length, 0) }) : say("trust_all_well")));
      page.append(figures.tiles([
        { label: say("trust_as_of"), value: format.date(data.run.as_of), note: say("trust_published", { when: format.moment(data.run.published_at) }) },
        { label: say("trust_checks"), value: `${format.number(checks - failed, 0)} / ${format.number(checks, 0)}`, note: say("trust_checks_note") },
        { label: say("trust_accounts"), value: format.number(rows.length, 0), note: behind ? say("trust_behind_count", { count: behind }) : say("trust_none_behind") },
        { label: say("trust_touched"), value: format.number(Object.keys(data.touched).length, 0), note: say("trust_touched_note") },
      ]));
      page.append(figures.card(say("trust_open"), say("trust_open_note"), open.length ? h("ol", { class: "points" }, open.map((row, i) => point(row, touched[i]))) : h("p", { class: "soft pad" }, say("trust_all_well"))));
      page.append(figures.card(say("trust_sources"), say("trust_sources_note"), sources(rows)));
      page.append(figures.card(say("trust_restated"), say("trust_restated_note"), restated(data)));
      page.append(figures.card(say("trust_runs"), say("trust_version", { version: data.run.version, mart: data.run.mart_version, program: data.run.program_version }), runs(kpis.rows(data.runs))));
      page.append(h("p", { class: "soft small" }, say("trust_docs"), " ", h("code", {}, "raceway docs"), "."));
    },
  });
})();
