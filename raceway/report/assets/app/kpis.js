"use strict";
/* The KPIs: what they mean (catalogue) and their values, divided as the mart divided them. */
raceway.kpis = (() => {
  const RANGES = { day: [14, 30, 60], week: [13], month: [6, 12, 13], quarter: [4], cycle: [4] };
  const STANDARD = { day: 30, week: 13, month: 13, quarter: 8, cycle: 8 };
  let book = null;
  const byName = new Map();
  const grains = new Map();

  const rows = (columns) => {
    const names = Object.keys(columns);
    return columns[names[0]].map((_, i) => Object.fromEntries(names.map((name) => [name, columns[name][i]])));
  };

  async function ready() {
    if (book) return;
    book = await raceway.load("catalogue");
    rows(book.kpis).forEach((kpi) => byName.set(kpi.kpi, kpi));
    book.measureByName = new Map(rows(book.measures).map((measure) => [measure.measure, measure]));
    book.channelByName = new Map(rows(book.channels).map((channel) => [channel.channel, channel]));
    book.exampleByKpi = new Map(rows(book.examples).map((one) => [one.kpi, one]));
    book.caveatByKpi = new Map(rows(book.caveats).map((one) => [one.kpi, one]));
    book.tablesByMeasure = new Map();
    rows(book.sources).forEach(({ measure, source, table_name }) => {
      if (!book.tablesByMeasure.has(measure)) book.tablesByMeasure.set(measure, new Set());
      book.tablesByMeasure.get(measure).add(`${source}.${table_name}`);
    });
    book.fileRows = rows(book.files);
    book.landed = new Set(book.fileRows.map((file) => `${file.source}.${file.table_name}`));
    book.warningRows = rows(book.warnings);
  }

  const measuresOf = (kpi) => [...new Set(`${kpi.numerator} ${kpi.denominator || ""}`.match(/[a-z_][a-z0-9_]*/g) || [])];

  /* Landed tables that feed a KPI and of which something is in effect. */
  const tablesOf = (kpi) => [...new Set(measuresOf(kpi).flatMap((measure) => [...(book.tablesByMeasure.get(measure) || [])]))].filter((table) => book.landed.has(table)).sort();

  /* Checks that do not hold of what a KPI is made of. */
  const warningsOf = (kpi) => (book.touched[kpi.kpi] || []).map((place) => book.warningRows[place]);

  const list = (text, from, length) => {
    const values = new Array(length).fill(null);
    if (text) text.split(",").forEach((one, i) => { if (one !== "") values[from + i] = Number(one); });
    return values;
  };

  class Values {
    constructor(block) {
      this.block = block;
      this.period = block.period;
      this.axis = block.axis;
      this.brokenDown = block.broken_down;
      this.index = new Map();
      const { kpi, channel, market } = block.series;
      kpi.forEach((name, i) => this.index.set(`${name}|${channel[i]}|${market[i]}`, i));
      this.flags = new Map(block.complete.kpi.map((name, i) => [name, block.complete.flags[i]]));
      this.targets = new Map();
      rows(block.targets).forEach((row) => this.targets.set(`${row.kpi}|${row.channel}|${row.market}|${row.position}`, row));
      this.agos = new Map();
      block.year_ago.kpi.forEach((name, i) => this.agos.set(`${name}|${block.year_ago.position[i]}`, Number(block.year_ago.value[i])));
      this.kept = new Map();
    }

    isOver(i) { return this.axis.end[i] < raceway.shell.as_of; }

    /* The newest period that is over, else the newest. */
    newest() {
      const over = this.axis.end.findLastIndex((end) => end < raceway.shell.as_of);
      return over >= 0 ? over : this.axis.end.length - 1;
    }

    at(state) { const found = state.at ? this.axis.start.indexOf(state.at) : -1; return found >= 0 ? found : this.newest(); }

    standardRange() { return Math.min(STANDARD[this.period], this.axis.start.length); }

    range(state) { return Math.min(Number(state.range) > 0 ? Number(state.range) : this.standardRange(), this.axis.start.length); }

    markets() { return [...new Set(this.block.series.market)].filter((market) => market !== "all").sort(); }

    /* A KPI at a channel and a market over the whole axis; null where the mart has none. */
    series(name, channel = "all", market = "all") {
      const key = `${name}|${channel}|${market}`;
      if (!this.kept.has(key)) this.kept.set(key, this.made(name, this.index.get(key)));
      return this.kept.get(key);
    }

    made(name, i) {
      if (i === undefined) return null;
      const { series, texts } = this.block;
      const kpi = byName.get(name);
      const length = this.axis.start.length;
      const tops = list(texts[series.top[i]], series.top_from[i], length);
      const bottoms = list(texts[series.bottom[i]], series.bottom_from[i], length);
      const values = tops.map((top, at) => {
        if (top === null) return null;
        if (!kpi.denominator) return kpi.scale * top;
        return bottoms[at] ? (kpi.scale * top) / bottoms[at] : null;
      });
      return { tops, bottoms, values, toDate: series.to_date[i] === null ? null : Number(series.to_date[i]) };
    }

    isComplete(name, i) { return this.flags.get(name)?.[i] === "1"; }

    target(name, i, channel = "all", market = "all") { return this.targets.get(`${name}|${channel}|${market}|${i}`) || null; }

    /* Periods of which nothing at all is in have no place on the axis: what stands before may not be the one before. */
    previous(i) {
      const { utc, DAY } = raceway.format;
      return i > 0 && utc(this.axis.start[i]) - utc(this.axis.end[i - 1]) === DAY ? i - 1 : -1;
    }

    yearAgo(name, i, channel = "all", market = "all") {
      if (this.period === "month" || this.period === "quarter") {
        const [year, ...day] = this.axis.start[i].split("-");
        const then = this.axis.start.indexOf([Number(year) - 1, ...day].join("-"));
        return then >= 0 ? this.series(name, channel, market)?.values[then] ?? null : null;
      }
      return channel === "all" && market === "all" ? this.agos.get(`${name}|${i}`) ?? null : null;
    }

    /* A KPI in one cell: value, what it is compared with, target, status. `before` is as many days of the period before. */
    cell(name, i, channel = "all", market = "all") {
      const series = this.series(name, channel, market);
      const last = this.axis.start.length - 1;
      const value = series ? series.values[i] : null;
      const running = !this.isOver(i);
      const before = !series ? null : running && i === last ? series.toDate : series.values[this.previous(i)] ?? null;
      const target = this.target(name, i, channel, market);
      return {
        kpi: byName.get(name), value, before, running, target,
        top: series ? series.tops[i] : null, bottom: series ? series.bottoms[i] : null,
        yearAgo: this.yearAgo(name, i, channel, market), status: target ? target.status : null,
        complete: this.isComplete(name, i),
      };
    }
  }

  async function values(period) {
    await ready();
    if (!grains.has(period)) {
      const block = await raceway.load(`values_${period}`);
      grains.set(period, new Values(block));
    }
    return grains.get(period);
  }

  return {
    ready, values, rows, measuresOf, tablesOf, warningsOf, RANGES,
    kpi: (name) => byName.get(name),
    ofStage: (stage) => [...byName.values()].filter((kpi) => kpi.stage === stage).sort((a, b) => b.leading - a.leading || raceway.kpis.title(a).localeCompare(raceway.kpis.title(b), raceway.format.locale())),
    title: (kpi) => raceway.name(kpi.name, kpi.name_vi),
    channels: async () => { await ready(); return [...book.channelByName.keys()]; },
    channelName: (name) => (name === "all" ? raceway.say("all_channels") : raceway.name(book.channelByName.get(name)?.name || name, book.channelByName.get(name)?.name_vi)),
    all: () => [...byName.values()],
    book: () => book,
  };
})();
