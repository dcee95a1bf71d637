"use strict";
/* The frame: opens the blocks of data, knows where the reader stands (location.hash), language, theme, pickers. */

/* A page of the report: {title: key of a text, pickers: [names], draw(element, state)}; draw may return a promise. */
raceway.tab = (name, given) => raceway.tabs.push({ name, ...given });
/* A block that another file adds to a page: `place` is a tab's name or "kpi" (below a KPI); draw(element, about). */
raceway.section = (place, given) => (raceway.sections[place] ??= []).push(given);

/* The block of a name, opened once: base64 of deflated JSON. */
raceway.load = (() => {
  const opened = new Map();
  async function open(name) {
    const text = document.getElementById(`block-${name}`).textContent.trim();
    const bytes = Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).json();
  }
  return (name) => {
    if (!document.getElementById(`block-${name}`)) return Promise.resolve(null);
    if (!opened.has(name)) opened.set(name, open(name));
    return opened.get(name);
  };
})();

raceway.PERIODS = ["day", "week", "month", "quarter", "cycle"];

/* Where the reader stands. What is not in the hash, or is none of ours, has its standard. */
raceway.state = () => {
  let place = location.hash.slice(1);
  // a chat may have written the question mark as %3F
  if (!place.includes("?")) { try { place = decodeURIComponent(place); } catch { /* a percent sign that is none of ours */ } }
  const [name, ...query] = place.split("?");
  const said = Object.fromEntries(new URLSearchParams(query.join("?")));
  const known = raceway.tabs.some((tab) => tab.name === name);
  const state = { period: "month", range: "", at: "", channel: "all", market: "all", kpi: "", ...said, tab: known ? name : raceway.tabs[0].name };
  if (!raceway.PERIODS.includes(state.period)) state.period = "month";
  return state;
};

raceway.link = (changes) => {
  const { tab, ...rest } = { ...raceway.state(), ...changes };
  const standard = { period: "month", range: "", at: "", channel: "all", market: "all", kpi: "" };
  const query = new URLSearchParams(Object.entries(rest).filter(([name, value]) => value !== "" && value !== null && value !== standard[name]));
  return `#${tab}${[...query].length ? `?${query}` : ""}`;
};

raceway.go = (changes) => { location.hash = raceway.link(changes); };

raceway.remember = (name, value) => { try { localStorage.setItem(`raceway-${name}`, value); } catch { /* a browser that keeps nothing */ } };
raceway.recall = (name) => { try { return localStorage.getItem(`raceway-${name}`); } catch { return null; } };

raceway.frame = (() => {
  const { h, say } = raceway;
  const place = (id) => document.getElementById(id);
  let turn = 0;
  let shownTab = "";

  function nav(state) {
    place("tabs").replaceChildren(...raceway.tabs.filter((tab) => !tab.hidden).map((tab) =>
      h("a", { href: raceway.link({ tab: tab.name, kpi: "" }), class: "tab", "aria-current": tab.name === state.tab ? "page" : null }, say(tab.title))));
    place("tabs").querySelector("[aria-current]")?.scrollIntoView?.({ block: "nearest", inline: "center" });
    place("tabs").setAttribute("aria-label", say("pages"));
    const theme = document.documentElement.dataset.theme;
    place("tools").replaceChildren(
      h("div", { class: "segments", role: "group", "aria-label": say("language") }, ["en", "vi"].map((language) =>
        h("button", { type: "button", "data-focus": `language-${language}`, lang: language, title: language === "en" ? "English" : "Tiếng Việt", "aria-label": language === "en" ? "English" : "Tiếng Việt", "aria-pressed": String(raceway.language === language), onclick: () => speak(language) }, language.toUpperCase()))),
      h("button", { type: "button", class: "icon", "data-focus": "theme", title: say(theme === "dark" ? "light_mode" : "dark_mode"), "aria-label": say(theme === "dark" ? "light_mode" : "dark_mode"), onclick: () => dress(theme === "dark" ? "light" : "dark") }, theme === "dark" ? "☀" : "☾"));
    place("report").textContent = say("race_report");
    place("skip").textContent = say("skip");
    place("skip").onclick = () => place("page").focus();
  }

  function select(name, label, options, value) {
    return h("label", { class: "picker" }, h("span", {}, label),
      h("select", { "data-focus": name, onchange: (event) => raceway.go({ [name]: event.target.value }) },
        options.map(([key, text]) => h("option", { value: key, selected: key === value }, text))));
  }

  async function pickers(tab, state) {
    const wanted = tab.pickers || [];
    const shown = [];
    if (wanted.includes("period")) {
      shown.push(h("div", { class: "segments", role: "group", "aria-label": say("period") }, raceway.PERIODS.map((period) =>
        h("button", { type: "button", "data-focus": `period-${period}`, "aria-pressed": String(state.period === period), onclick: () => raceway.go({ period, at: "", range: "" }) }, say(`period_${period}`)))));
    }
    const values = wanted.length ? await raceway.kpis.values(state.period) : null;
    if (wanted.includes("at") && values?.axis.start.length) {
      const newest = values.newest();
      shown.push(select("at", say("shown_period"), values.axis.start.map((start, i) => [i === newest ? "" : start, raceway.format.period(state.period, start, values.axis.end[i]) + (values.isOver(i) ? "" : ` (${say("running")})`)]).reverse(), state.at));
    }
    if (wanted.includes("range") && values?.axis.start.length) {
      const all = values.axis.start.length;
      const standard = values.standardRange();
      const steps = [...new Set([...(raceway.kpis.RANGES[state.period] || []).filter((n) => n < all), all])];
      shown.push(select("range", say("range"), steps.map((n) => [n === standard ? "" : String(n), say(`last_${state.period}`, { count: n })]), state.range));
    }
    if (wanted.includes("channel") && values) {
      shown.push(select("channel", say("channel"), [["all", say("all_channels")], ...(await raceway.kpis.channels()).map((channel) => [channel, raceway.kpis.channelName(channel)])], state.channel));
      shown.push(select("market", say("market"), [["all", say("all_markets")], ...values.markets().map((market) => [market, raceway.format.market(market)])], state.market));
    }
    return shown;
  }

  /* Which required sources are late: one line, or a line to open. */
  function late() {
    const lines = raceway.shell.late;
    const sign = () => h("span", { "aria-hidden": "true" }, "▲ ");
    if (lines.length < 2) return lines.map((line) => h("p", { class: "note warn" }, sign(), `${say("late_source")}: `, h("span", { lang: "en" }, line)));
    return [h("details", { class: "note warn" }, h("summary", {}, sign(), say("late_sources", { count: lines.length })), h("ul", {}, lines.map((line) => h("li", { lang: "en" }, line))))];
  }

  async function draw() {
    const mine = ++turn;
    const state = raceway.state();
    const tab = raceway.tabs.find((one) => one.name === state.tab);
    const focus = document.activeElement?.dataset?.focus;
    nav(state);
    const page = h("div", { class: "page" });
    const [bar] = await Promise.all([pickers(tab, state), raceway.kpis.ready()]);
    if (mine !== turn) return;
    place("pickers").replaceChildren(...bar);
    place("pickers").hidden = !bar.length;
    page.append(...late());
    if (raceway.shell.is_thinned) page.append(h("p", { class: "note" }, say("thinned")));
    const main = place("page");
    raceway.chart.clear();
    const height = main.offsetHeight;
    if (shownTab === state.tab) main.style.setProperty("min-height", `${height}px`);
    main.replaceChildren(page);
    document.title = `${say(tab.title)} · ${raceway.shell.company} · RACE`;
    try {
      await tab.draw(page, state);
      for (const section of raceway.sections[tab.name] || []) await section.draw(page, state);
    } catch (error) {
      console.error(error);
      page.append(h("p", { class: "note warn", role: "alert" }, say("not_drawn", { why: String(error) })));
    }
    if (mine !== turn) return;
    main.style.removeProperty("min-height");
    if (focus) document.querySelector(`[data-focus="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
    if (shownTab !== state.tab) window.scrollTo(0, 0);
    shownTab = state.tab;
    footer();
    // for those who measure and test: which drawing stands, and since when
    document.documentElement.dataset.drawnAt = performance.now().toFixed(0);
    document.documentElement.dataset.drawn = String(mine);
  }

  function footer() {
    const { shell } = raceway;
    place("about").replaceChildren(
      h("p", {}, say("about_version", { as_of: raceway.format.date(shell.as_of), published: raceway.format.moment(shell.published), version: shell.version })),
      h("p", {}, h("a", { href: raceway.link({ tab: "print", kpi: "", at: "" }) }, say("print_title")), " · ", h("a", { href: "../quality/index.html" }, say("all_checks")), " · ", h("a", { href: "../run.json" }, "run.json"), " · ", say("data_beside"), " ", ["month", "week", "day", "quarter", "cycle"].map((period, i) => [i ? ", " : "", h("a", { href: `data/kpi_${period}.csv` }, say(`period_${period}`))])));
  }

  function speak(language) {
    raceway.language = language;
    document.documentElement.lang = language;
    raceway.remember("language", language);
    draw();
  }

  function dress(theme) {
    document.documentElement.dataset.theme = theme;
    raceway.remember("theme", theme);
    draw();
  }

  function start() {
    raceway.tabs.sort((one, other) => (one.order || 0) - (other.order || 0));
    raceway.language = raceway.state().language || raceway.recall("language") || raceway.shell.language;
    document.documentElement.lang = raceway.language;
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    document.documentElement.dataset.theme = raceway.recall("theme") || (dark.matches ? "dark" : "light");
    dark.addEventListener("change", (event) => { if (!raceway.recall("theme")) { document.documentElement.dataset.theme = event.matches ? "dark" : "light"; draw(); } });
    window.addEventListener("hashchange", draw);
    draw();
  }

  return { start, draw, speak, dress };
})();
