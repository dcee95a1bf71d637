"use strict";
/* Charts: a specification of charts.json with the page's rows, in the page's colours. Behind each stands a table. */
raceway.chart = (() => {
  const { h, say } = raceway;
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  function config() {
    const font = getComputedStyle(document.body).fontFamily;
    const axis = { labelColor: color("soft"), labelFont: font, labelFontSize: 12, domain: false, ticks: false, labelPadding: 8, gridColor: color("line"), titleColor: color("soft"), titleFont: font, titleFontSize: 12, titleFontWeight: 500 };
    return {
      background: null,
      font,
      view: { stroke: null },
      axis,
      axisX: { labelOverlap: "parity" },
      legend: { labelColor: color("ink"), titleColor: color("soft"), labelFont: font, titleFont: font, labelFontSize: 12 },
      title: { color: color("ink"), font },
      text: { color: color("ink"), font, fontSize: 12 },
      range: { category: ["series-1", "series-2", "series-3", "series-4", "series-5", "series-6", "series-7", "series-8"].map(color), ramp: [color("ramp-0"), color("ramp-1")], heatmap: [color("ramp-0"), color("ramp-1")] },
      bar: { color: color("accent") },
      line: { color: color("accent"), strokeWidth: 2 },
      area: { color: color("accent") },
      style: {
        value_line: { color: color("accent"), strokeWidth: 2, strokeJoin: "round", strokeCap: "round" },
        year_ago: { color: color("faint"), strokeWidth: 1.5, strokeDash: [3, 3] },
        target_line: { color: color("good"), strokeWidth: 1.5 },
        target_band: { color: color("good"), fillOpacity: 0.14 },
        complete_point: { filled: true, color: color("accent"), stroke: color("paper"), strokeWidth: 1.5, size: 56, opacity: 1 },
        provisional_point: { filled: true, color: color("paper"), stroke: color("accent"), strokeWidth: 2, size: 56, opacity: 1 },
        restated_point: { filled: true, color: color("warn"), stroke: color("paper"), strokeWidth: 1.5, size: 110, opacity: 1 },
        column: { color: color("accent") },
        due_mark: { color: color("ink"), opacity: 1 },
        range_line: { color: color("line"), strokeWidth: 3, strokeCap: "round" },
        other_point: { filled: false, color: color("faint"), strokeWidth: 1.5, size: 55, opacity: 1 },
        chosen_point: { filled: true, color: color("accent"), size: 110, opacity: 1 },
      },
    };
  }

  /* Round numbers that part a range into about `count`. */
  function ticks(low, high, count = 4) {
    const span = high - low || Math.abs(high) || 1;
    const raw = span / count;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 2.5, 5, 10].find((m) => m * power >= raw) * power;
    const from = Math.floor(low / step + 1e-9);
    const to = Math.ceil(high / step - 1e-9);
    return Array.from({ length: to - from + 1 }, (_, i) => Number(((from + i) * step).toPrecision(12)));
  }

  const labels = (values, text) => Object.fromEntries(values.map((value) => [value, text(value)]));

  /* A specification in Vega's own language, in the colours of now: the dearest step, done once a theme. */
  const known = new Map();
  let live = [];

  /* Lets go of the charts that a page had, before another one is drawn. */
  function clear() {
    live.forEach((one) => one.finalize());
    live = [];
    bubble.hidden = true;
  }

  function compiled(spec, height) {
    const key = [spec, height, document.documentElement.dataset.theme].join();
    if (!known.has(key)) {
      const full = { width: "container", height, autosize: { type: "fit", contains: "padding" }, padding: { left: 0, right: 8, top: 8, bottom: 6 }, ...structuredClone(raceway.shell.charts[spec]) };
      full.data = { name: "rows", values: [] };
      known.set(key, vegaLite.compile(full, { config: config() }).spec);
    }
    return known.get(key);
  }

  /* Puts a chart and, behind a button, its table into `element`. `given`: {spec, rows, params, label, table, height}.
     Gives a promise that is kept once the chart stands. */
  async function draw(element, { spec, rows, params = {}, label, table, height = 260, signals }) {
    const place = h("div", { class: "chart", role: "img", "aria-label": label, style: { height: `${height}px` } });
    const shown = h("details", { class: "behind" }, h("summary", {}, say("as_table")));
    shown.addEventListener("toggle", () => { if (shown.open && shown.children.length === 1) shown.append(table()); });
    element.append(h("figure", {}, place, table ? shown : null));
    const full = structuredClone(compiled(spec, height));
    full.data.find((one) => one.name === "rows").values = rows;
    for (const signal of full.signals) if (signal.name in params) signal.value = params[signal.name];
    const result = await vegaEmbed(place, full, {
      mode: "vega", ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip, logLevel: 1,
    });
    live.push(result);
    place.querySelector("svg")?.setAttribute("aria-hidden", "true");
    if (signals) signals(result.view);
    return result.view;
  }

  /* The words beside the pointer: text, lines apart. */
  const bubble = h("div", { class: "bubble", role: "status", hidden: true });
  function tooltip(handler, event, item, value) {
    if (!value) { bubble.hidden = true; return; }
    if (!bubble.isConnected) document.body.append(bubble);
    const text = typeof value === "object" ? Object.values(value).join("\n") : String(value);
    bubble.replaceChildren(...text.split("\n").map((line, i) => h(i ? "div" : "strong", {}, line)));
    bubble.hidden = false;
    const { width, height } = bubble.getBoundingClientRect();
    const left = Math.min(event.clientX + 14, window.innerWidth - width - 8);
    const top = event.clientY + 18 + height > window.innerHeight ? event.clientY - height - 12 : event.clientY + 18;
    bubble.style.setProperty("left", `${Math.max(8, left)}px`);
    bubble.style.setProperty("top", `${top}px`);
  }

  /* A small line without axes: values by place, null is a gap. Newest at the right, marked. Too few tell no trend. */
  const FEWEST = 4;
  function spark(values, { width = 96, height = 28, label = "" } = {}) {
    const known = values.filter((value) => value !== null);
    if (known.length < FEWEST) return null;
    const svg = h("svg", { class: "spark", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label || say("trend") });
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const x = (i) => 3 + (i * (width - 6)) / (values.length - 1);
    const y = (value) => (high === low ? height / 2 : height - 4 - ((height - 8) * (value - low)) / (high - low));
    let path = "";
    values.forEach((value, i) => {
      if (value !== null) path += `${i && values[i - 1] !== null && path ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
    });
    const last = values.findLastIndex((value) => value !== null);
    svg.append(h("path", { d: path, fill: "none", class: "stroke" }), h("circle", { cx: x(last).toFixed(1), cy: y(values[last]).toFixed(1), r: 2.5, class: "dot" }));
    return svg;
  }

  return { draw, ticks, labels, color, spark, clear };
})();
