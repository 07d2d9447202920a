
// What the page shows comes from articles that anybody may have written. It goes into text nodes, and
// into charts, which paint it on a canvas; nothing here makes markup of a string.
"use strict";
(() => {
  const report = JSON.parse(document.getElementById("report").textContent);
  const root = document.documentElement;
  root.classList.add("script");

  const count = new Intl.NumberFormat("en");
  const number = (n) => count.format(n);
  const percent = (part, whole) => {
    if (!part || !whole) return "0%";
    const p = (part * 100) / whole;
    return p < 0.1 ? "under 0.1%" : p.toFixed(1) + "%";
  };
  const size = (n) => n < 1e3 ? n + " bytes" : n < 1e6 ? (n / 1e3).toFixed(1) + " kB" : n < 1e9 ? (n / 1e6).toFixed(1) + " MB" : (n / 1e9).toFixed(1) + " GB";
  const words = (name) => name.replaceAll("_", " ");
  const short = (text, most) => text.length > most ? text.slice(0, most - 1) + "…" : text;

  // An element: its class, then its children, texts or elements.
  const make = (tag, name, ...children) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.append(...children.filter((child) => child !== null && child !== ""));
    return element;
  };
  // Text of others: its direction stays its own.
  const said = (text) => make("bdi", "", text);

  // ---- Charts

  const narrow = () => window.matchMedia("(max-width: 34rem)").matches;
  const probe = make("span", "unseen");
  probe.setAttribute("aria-hidden", "true");
  document.body.append(probe);
  const colour = (name) => {
    probe.style.color = "var(--" + name + ")";
    return getComputedStyle(probe).color;
  };
  let paint = {};
  const mix = () => {
    const names = ["page", "card", "ink", "soft", "rule", "read", "kept", "dropped", "rejected", "removed"];
    paint = Object.fromEntries(names.map((name) => [name, colour(name)]));
    Object.assign(Chart.defaults, { color: paint.soft, borderColor: paint.rule, animation: false, responsive: true, maintainAspectRatio: false });
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.font.size = 12;
    Object.assign(Chart.defaults.plugins.legend, { display: false, align: "start" });
    Object.assign(Chart.defaults.plugins.legend.labels, { boxWidth: 12, boxHeight: 12, useBorderRadius: true, borderRadius: 3, color: paint.ink });
    Object.assign(Chart.defaults.plugins.tooltip, { backgroundColor: paint.ink, titleColor: paint.page, bodyColor: paint.page, padding: 10, cornerRadius: 6, displayColors: false });
  };
  const bars = (named, set) => ({
    type: "bar",
    data: { labels: named.map((n) => short(n.name, 34)), datasets: [{ data: named.map((n) => n.count || null), backgroundColor: paint[set.paint], borderRadius: 3, maxBarThickness: 26, minBarLength: 2, categoryPercentage: 0.86, barPercentage: 0.92 }] },
    options: {
      indexAxis: set.lying ? "y" : "x",
      scales: {
        [set.lying ? "x" : "y"]: { min: set.log ? 0.7 : undefined, beginAtZero: true, type: set.log ? "logarithmic" : "linear", border: { display: false }, title: { display: Boolean(set.unit), text: set.unit }, ticks: { maxTicksLimit: 6, precision: 0, callback: set.tick || ((v) => !set.log || Number.isInteger(Math.log10(v)) ? compact(v) : null) } },
        [set.lying ? "y" : "x"]: { grid: { display: false }, ticks: { autoSkip: !set.lying, color: paint.ink, maxRotation: 60 } },
      },
      plugins: { tooltip: { callbacks: { title: (items) => named[items[0].dataIndex].name, label: (item) => set.label ? set.label(item.dataIndex) : number(item.raw) } } },
    },
  });
  const compact = (n) => n >= 1e9 ? n / 1e9 + " G" : n >= 1e6 ? +(n / 1e6).toFixed(1) + " M" : n >= 1e4 ? n / 1e3 + " k" : number(n);

  // Flows between nodes: [node, its label, its column, its colour], and [from, to, how much].
  const flows = (nodes, links, unit) => {
    const end = Math.max(...nodes.map((node) => node[2]));
    const label = (text, flow) => short(text, narrow() ? 14 : 24) + " · " + unit(flow);
    const amount = (key) => links.filter((l) => l[1] === key).reduce((sum, l) => sum + l[2], 0) || links.filter((l) => l[0] === key).reduce((sum, l) => sum + l[2], 0);
    // Room for the labels at the far end, by the width of a letter.
    const ends = 14 + 6.3 * Math.max(...nodes.filter((node) => node[2] === end).map(([key, text]) => label(text, amount(key)).length));
    const of = (key) => nodes.find((node) => node[0] === key);
    return {
      type: "sankey",
      data: { datasets: [{
        data: links.map(([from, to, flow]) => ({ from, to, flow })),
        labels: Object.fromEntries(nodes.map(([key, text]) => [key, label(text, amount(key))])),
        column: Object.fromEntries(nodes.map(([key, , column]) => [key, column])),
        priority: Object.fromEntries(nodes.map(([key], at) => [key, at])),
        colorFrom: (c) => paint[of(c.dataset.data[c.dataIndex].from)[3]],
        colorTo: (c) => paint[of(c.dataset.data[c.dataIndex].to)[3]],
        alpha: 0.35, borderWidth: 0, nodeWidth: 10, nodePadding: narrow() ? 26 : 34, nodeMinSize: 3, size: "max", color: paint.ink,
        nodeLabels: { position: (node) => of(node.key)[2] === end ? "right" : undefined },
        font: { size: narrow() ? 11 : 12, lineHeight: 1.3 },
      }] },
      options: {
        layout: { padding: { top: 12, bottom: 22, left: 4, right: ends } },
        plugins: { tooltip: { callbacks: { title: () => "", label: (item) => { const { from, to, flow } = item.raw; return of(from)[1] + " → " + of(to)[1] + ": " + unit(flow); } } } },
      },
    };
  };

  const { tally, duplicates, articles } = report;
  const charts = {
    records() {
      if (!tally.read) return null;
      const nodes = [["read", "read", 1, "read"], ["kept", "kept", 2, "kept"]];
      const links = [];
      const kinds = narrow() ? [] : report.inputs.kinds;
      const most = kinds.slice(0, 5);
      const rest = kinds.slice(5).reduce((sum, k) => sum + k.count, 0);
      if (rest) most.push({ name: "others", count: rest });
      most.forEach((kind, at) => { nodes.push(["in" + at, kind.name, 0, "read"]); links.push(["in" + at, "read", kind.count]); });
      if (tally.kept) links.push(["read", "kept", tally.kept]);
      if (tally.duplicates) {
        nodes.push(["dropped", "duplicates", 2, "dropped"]);
        links.push(["read", "dropped", tally.duplicates]);
        duplicates.methods.forEach((m, at) => { nodes.push(["m" + at, m.name, 3, "dropped"]); links.push(["dropped", "m" + at, m.count]); });
      }
      if (tally.rejected) {
        nodes.push(["rejected", "rejected", 2, "rejected"]);
        links.push(["read", "rejected", tally.rejected]);
        report.rejects.forEach((r, at) => { nodes.push(["r" + at, words(r.kind), 3, "rejected"]); links.push(["rejected", "r" + at, r.count]); });
      }
      if (narrow()) nodes.forEach((node) => { node[2] -= 1; });
      return flows(nodes, links, number);
    },
    texts() {
      if (!tally.text_bytes) return null;
      const nodes = [["text", "text", 0, "read"], ["kept", "kept", 1, "kept"]];
      const links = [];
      if (tally.kept_bytes) links.push(["text", "kept", tally.kept_bytes]);
      report.removals.filter((r) => r.bytes).forEach((r, at) => { nodes.push(["r" + at, words(r.reason), 1, "removed"]); links.push(["text", "r" + at, r.bytes]); });
      if (tally.layout_bytes) { nodes.push(["layout", "folded blanks", 1, "read"]); links.push(["text", "layout", tally.layout_bytes]); }
      return flows(nodes, links, size);
    },
    sources() {
      const first = report.sources.first.slice(0, 12);
      if (!first.length) return null;
      const config = bars(first.map((s) => ({ name: s.name || "(none)", count: s.kept })), { paint: "kept", lying: true });
      const [kept] = config.data.datasets;
      config.data.datasets = [{ ...kept, label: "kept" }, { ...kept, label: "duplicates", data: first.map((s) => s.duplicates || null), backgroundColor: paint.dropped, minBarLength: 0 }];
      for (const axis of Object.values(config.options.scales)) axis.stacked = true;
      config.options.plugins.legend = { display: true };
      config.options.plugins.tooltip.callbacks.label = (item) => number(item.raw) + " " + item.dataset.label;
      return config;
    },
    dates() {
      return articles && articles.dates.counts.length ? bars(articles.dates.counts, { paint: "kept" }) : null;
    },
    lengths() {
      return articles && articles.count ? bars(articles.lengths.map((n) => ({ ...n, name: compactRange(n.name) })), { paint: "kept" }) : null;
    },
    languages() {
      return articles && articles.languages.length ? bars(articles.languages.slice(0, 10), { paint: "kept", lying: true, label: (at) => number(articles.languages[at].count) + " (" + percent(articles.languages[at].count, articles.count) + ")" }) : null;
    },
    says() {
      if (!articles || !articles.count) return null;
      const shares = articles.says.map((n) => ({ name: n.name, count: (n.count * 100) / articles.count }));
      const config = bars(shares, { paint: "kept", lying: true, tick: (v) => v + "%", label: (at) => number(articles.says[at].count) + " (" + percent(articles.says[at].count, articles.count) + ")" });
      config.options.scales.x.max = 100;
      return config;
    },
    methods() {
      return duplicates.methods.length ? bars(duplicates.methods, { paint: "dropped", lying: true }) : null;
    },
    sizes() {
      return duplicates.sizes.length ? bars(duplicates.sizes, { paint: "dropped", log: true }) : null;
    },
    similarity() {
      const bins = duplicates.similarity;
      if (!bins.some((bin) => bin.dropped || bin.linked)) return null;
      const named = bins.map((bin) => ({ name: bin.from ? bin.from.toFixed(2) : "<0.5", count: bin.dropped }));
      const config = bars(named, { paint: "dropped" });
      const [dropped] = config.data.datasets;
      config.data.datasets = [{ ...dropped, label: "left out", minBarLength: 0 }, { ...dropped, label: "linked", data: bins.map((bin) => bin.linked), backgroundColor: paint.read, minBarLength: 0 }];
      for (const axis of Object.values(config.options.scales)) axis.stacked = true;
      config.options.plugins.legend = { display: true };
      config.options.plugins.tooltip.callbacks.label = (item) => number(item.raw) + " " + item.dataset.label;
      const at = bins.findIndex((bin) => bin.from > duplicates.drop_threshold - 1e-6);
      if (at > 0) config.plugins = [threshold(at, "left out from " + duplicates.drop_threshold)];
      return config;
    },
    removals() {
      const named = report.removals.filter((r) => r.bytes).map((r) => ({ name: words(r.reason), count: r.bytes }));
      return named.length ? bars(named, { paint: "removed", lying: true, tick: size, label: (at) => size(named[at].count) + " (" + percent(named[at].count, tally.text_bytes) + ")" }) : null;
    },
    speed() {
      const passes = [...new Set(report.run.timeline.map((moment) => moment.pass))];
      const paints = ["kept", "dropped", "removed", "read"];
      const sets = passes.map((pass, at) => {
        const of = report.run.timeline.filter((moment) => moment.pass === pass);
        const data = of.slice(1).map((moment, before) => {
          const seconds = moment.seconds - of[before].seconds;
          return { x: moment.seconds, y: seconds > 0 ? (moment.records - of[before].records) / seconds : null };
        });
        return { label: pass, data, ...line(paints[at % paints.length]) };
      });
      return lines(sets.filter((set) => set.data.some((point) => point.y)), number);
    },
    memory() {
      const data = report.run.timeline.filter((moment) => moment.memory_bytes !== null).map((moment) => ({ x: moment.seconds, y: moment.memory_bytes / 1e6 }));
      const config = lines(data.length > 1 ? [{ label: "memory", data, fill: true, ...line("removed") }] : [], (n) => number(Math.round(n)) + " MB");
      if (config) config.options.plugins.legend = { display: false };
      return config;
    },
  };
  const compactRange = (name) => name.replace(/\d{4,}/g, (n) => n % 1000 === 999 ? (+n + 1) / 1000 + " k" : n / 1000 + " k");
  const line = (name) => ({ borderColor: paint[name], backgroundColor: paint[name].replace("rgb(", "rgba(").replace(")", ", .18)"), borderWidth: 2, pointRadius: 0, pointHitRadius: 12, tension: 0.25, cubicInterpolationMode: "monotone" });
  const lines = (datasets, unit) => datasets.length ? {
    type: "line",
    data: { datasets },
    options: {
      scales: { x: { type: "linear", min: 0, title: { display: true, text: "seconds" }, grid: { display: false } }, y: { beginAtZero: true, border: { display: false }, ticks: { maxTicksLimit: 6, callback: compact } } },
      plugins: { legend: { display: true }, tooltip: { callbacks: { title: (items) => items[0].raw.x.toFixed(1) + " s", label: (item) => item.dataset.label + ": " + unit(Math.round(item.raw.y)) } } },
    },
  } : null;
  // A line in front of bar number `at`, and what it means.
  const threshold = (at, text) => ({
    id: "threshold",
    afterDatasetsDraw({ ctx, chartArea, scales: { x } }) {
      const left = (x.getPixelForValue(at) + x.getPixelForValue(at - 1)) / 2;
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = paint.ink;
      ctx.setLineDash([4, 3]);
      ctx.beginPath();
      ctx.moveTo(left, chartArea.top);
      ctx.lineTo(left, chartArea.bottom);
      ctx.stroke();
      ctx.font = "12px " + Chart.defaults.font.family;
      const fits = left + ctx.measureText(text).width + 12 < chartArea.right;
      ctx.textAlign = fits ? "left" : "right";
      ctx.fillText(text, left + (fits ? 6 : -6), chartArea.top + 12);
      ctx.restore();
    },
  });

  const drawn = new Map();
  const draw = (holder) => {
    drawn.get(holder)?.destroy();
    const config = charts[holder.dataset.chart]();
    if (!config) {
      // A chart of nothing says less than none.
      const figure = holder.closest("figure");
      if (figure.querySelector("table")) holder.hidden = true; else figure.hidden = true;
      return;
    }
    let canvas = holder.querySelector("canvas");
    if (!canvas) {
      canvas = make("canvas", "");
      canvas.setAttribute("role", "img");
      const title = holder.closest("figure").querySelector("h3").textContent;
      const table = holder.closest("figure").querySelector("table") ? "; the numbers are in the table below" : "";
      canvas.setAttribute("aria-label", "Chart: " + title + table);
      if (config.options.indexAxis === "y") {
        const rows = Math.max(...config.data.datasets.map((set) => set.data.length));
        holder.style.height = Math.max(7, rows * 1.75 + 3.5) + "rem";
      }
      holder.append(canvas);
    }
    drawn.set(holder, new Chart(canvas, config));
  };
  const holders = [...document.querySelectorAll("[data-chart]")];
  // One a frame, so that the page can be read and used meanwhile.
  const drawAll = (then) => {
    mix();
    let at = 0;
    const next = () => {
      if (at === holders.length) return then?.();
      draw(holders[at++]);
      requestAnimationFrame(next);
    };
    next();
  };

  // ---- Lists

  // A button below a list that shows the rest of it.
  const most = (items, first, show) => {
    const list = make("div", "");
    items.slice(0, first).forEach((item, at) => list.append(show(item, at)));
    if (items.length <= first) return [list];
    const button = make("button", "more", "Show all " + number(items.length));
    button.type = "button";
    button.addEventListener("click", () => {
      const rest = items.slice(first).map((item, at) => show(item, first + at));
      list.append(...rest);
      button.remove();
      const focus = rest[0].querySelector("summary");
      focus?.focus();
    });
    return [list, button];
  };
  // A card whose inside is made when it is opened.
  const card = (head, inside) => {
    const details = make("details", "card", make("summary", "", ...head));
    details.addEventListener("toggle", () => {
      if (details.open && details.childElementCount === 1) details.append(make("div", "inside", ...inside()));
    });
    return details;
  };
  const table = (caption, heads, rows) => {
    const cell = (tag, scope) => ([text, isNumber]) => {
      const element = make(tag, isNumber ? "number" : "", said(text));
      if (scope) element.scope = scope;
      return element;
    };
    const body = rows.map(([first, ...others]) => make("tr", "", cell("th", "row")(first), ...others.map(cell("td"))));
    const scroll = make("div", "scroll", make("table", "", make("caption", "unseen", caption), make("thead", "", make("tr", "", ...heads.map(cell("th", "col")))), make("tbody", "", ...body)));
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "group");
    scroll.setAttribute("aria-label", caption);
    return scroll;
  };
  const side = (title, ...children) => {
    const text = make("p", "text", ...children);
    text.tabIndex = 0;
    text.dir = "auto";
    text.setAttribute("role", "group");
    text.setAttribute("aria-label", title);
    return make("div", "side", make("h4", "", title), text);
  };
  const compared = (pair) => {
    const [left, right] = [[], []];
    for (const piece of pair.pieces) {
      if (piece === "cut") {
        for (const half of [left, right]) half.push(make("span", "skipped", "… the rest is not shown"));
        continue;
      }
      const [[kind, what]] = Object.entries(piece);
      // A blank between words, none where a paragraph begins.
      const blank = what.toString().endsWith("\n") ? "" : " ";
      if (kind === "same") { left.push(what, blank); right.push(what, blank); }
      if (kind === "kept") left.push(make("mark", "only-kept", what), blank);
      if (kind === "dropped") right.push(make("mark", "only-dropped", what), blank);
      if (kind === "skipped") for (const half of [left, right]) half.push(make("span", "skipped", "… " + number(what) + " words the same … "));
    }
    return make("div", "sides", side("Stays: " + pair.kept, ...left), side("Left out: " + pair.id, ...right));
  };
  const ratio = (n) => n === null ? "" : n.toFixed(3);

  const named = (cluster) => cluster.kept.title || cluster.members.find((m) => m.title)?.title || cluster.kept.id || cluster.id;
  const cluster = (view, at) => {
    const others = view.sources.all - 3;
    const from = view.sources.first.slice(0, 3).map((s) => s.name || "(no source)").join(", ") + (others > 0 ? " and " + number(others) + " more" : "");
    const made = card([make("span", "count", number(view.size) + "×"), make("span", "name", said(named(view))), make("span", "note", said(from))], () => {
      const chips = make("ul", "chips", ...view.sources.first.map((s) => make("li", "", said(s.name || "(no source)"), " " + number(s.count) + "×")));
      const row = (m, role) => [[m.id], [m.title], [m.source], [m.published], [role], [ratio(m.similarity), true]];
      const rows = [row(view.kept, "kept"), ...view.members.map((m) => row(m, m.method))];
      const left = view.size - rows.length;
      return [
        make("div", "", make("h4", "", "Sites"), chips),
        make("div", "", make("h4", "", "Articles" + (left > 0 ? " (" + number(left) + " more are in duplicates.jsonl)" : "")), table("Articles of the cluster", [["Id"], ["Title"], ["Source"], ["Published"], ["What it is"], ["Similarity", true]], rows)),
        ...(view.pair ? [make("div", "beside", make("h4", "", "Side by side: " + view.pair.method + ", similarity " + ratio(view.pair.similarity)), compared(view.pair))] : []),
      ];
    });
    made.id = "cluster-" + at;
    return made;
  };
  const nothing = (text) => [make("p", "", text)];
  const sample = (s) => {
    const about = [make("code", "", said(s.id)), " · " + s.stage + " · " + size(s.bytes) + (s.score === null ? "" : " · score " + s.score.toFixed(2))];
    return make("div", "sample", make("p", "", ...about), make("div", "sides",
      side("Before", s.before, make("del", "", s.text), s.after),
      side("After", s.left),
      ...(s.stays === null ? [] : [side("The copy that stays", s.stays)])));
  };
  const file = (f) => [[f.name], [f.rows === null ? "" : number(f.rows), true], [number(f.bytes), true], [f.xxh3]];
  const lists = {
    clusters: () => duplicates.clusters.first.length ? most(duplicates.clusters.first, 12, cluster) : nothing("Nothing was left out."),
    closest: () => duplicates.closest.length ? most(duplicates.closest, 6, (pair) => card([make("span", "count", ratio(pair.similarity)), make("span", "name", said(pair.id)), make("span", "note", "left out for ", said(pair.kept))], () => [compared(pair)])) : nothing("There are none."),
    samples: () => {
      const some = report.removals.filter((r) => r.spans || r.samples.length);
      return some.length ? some.map((r) => card([make("span", "count", number(r.spans) + "×"), make("span", "name", words(r.reason)), make("span", "note", size(r.bytes) + ", " + percent(r.bytes, tally.text_bytes) + " of the text")], () => r.samples.length ? r.samples.map(sample) : nothing("The run folder holds no samples."))) : nothing("Nothing was taken out.");
    },
    boilerplate: () => report.boilerplate.first.length ? most(report.boilerplate.first, 8, (of) => card([make("span", "count", number(of.lines.all) + "×"), make("span", "name", of.source === null ? "everywhere" : said(of.source || "(no source)")), make("span", "note", said(of.lines.first[0].line))], () => [table("Lines that recur", [["Line"], ["Stories", true], ["Share", true]], of.lines.first.map((l) => [[l.line], [number(l.stories), true], [(l.share * 100).toFixed(0) + "%", true]]))])) : nothing("No line recurs over enough stories."),
    sources: () => {
      const row = (s) => [[s.name || "(none)"], [number(s.kept), true], [number(s.duplicates), true], [percent(s.duplicates, s.kept + s.duplicates), true]];
      const show = (all) => table("Sources", [["Source"], ["Kept", true], ["Duplicates", true], ["Share left out", true]], (all ? report.sources.first : report.sources.first.slice(0, 25)).map(row));
      const { first, all } = report.sources;
      if (!first.length) return nothing("There are none.");
      const holder = make("div", "", show(false));
      if (first.length <= 25) return [holder];
      const button = make("button", "more", "Show " + (all > first.length ? "the first " : "all ") + number(first.length));
      button.type = "button";
      button.addEventListener("click", () => { holder.replaceChildren(show(true)); button.remove(); holder.firstChild.focus(); });
      return [holder, button];
    },
    rejects: () => report.rejects.map((r) => card([make("span", "count", number(r.count) + "×"), make("span", "name", words(r.kind)), make("span", "note", r.hint)], () => [table("Examples", [["Where"], ["Byte", true], ["Stage"], ["Error"]], r.examples.map((e) => [[e.place], [number(e.offset), true], [e.stage], [e.error]]))])),
    settings: () => {
      const shown = make("pre", "", report.configuration);
      shown.tabIndex = 0;
      shown.setAttribute("role", "group");
      shown.setAttribute("aria-label", "Configuration");
      const { inputs, files } = report;
      const more = inputs.count - inputs.first.length;
      return [
        card([make("span", "count", ""), make("span", "name", "Configuration"), make("span", "note", "every setting of the run")], () => [shown]),
        card([make("span", "count", number(files.all)), make("span", "name", "Files"), make("span", "note", "rows, bytes and XXH3 as in manifest.json")], () => [table("Files", [["Name"], ["Rows", true], ["Bytes", true], ["XXH3"]], files.first.map(file))]),
        card([make("span", "count", number(inputs.count)), make("span", "name", "Inputs"), make("span", "note", size(inputs.bytes) + " as stored")], () => [make("ul", "", ...inputs.first.map((path) => make("li", "", said(path))), more > 0 ? make("li", "", "and " + number(more) + " more") : "")]),
      ];
    },
  };
  const place = {};
  for (const holder of document.querySelectorAll("[data-list]")) {
    place[holder.dataset.list] = holder;
    holder.append(...lists[holder.dataset.list]());
  }
  const empty = { articles: !articles, timeline: report.run.timeline.length < 2 };
  for (const note of document.querySelectorAll("[data-empty]")) note.classList.toggle("so", empty[note.dataset.empty]);
  if (articles) {
    const { unit, before, after, undated } = articles.dates;
    const notes = [unit ? "By " + unit + "." : "", before || after ? number(before + after) + " lie far off and are not shown." : "", undated ? number(undated) + " tell no date." : ""];
    document.getElementById("dates-note").textContent = "When they were published, as they say or imply. " + notes.filter(Boolean).join(" ");
  }

  // ---- Search

  const query = document.getElementById("query");
  const panel = document.getElementById("found");
  const index = {
    sources: report.sources.first.map((s) => s.name.toLowerCase()),
    clusters: duplicates.clusters.first.map((c) => [c.id, c.kept.id, c.kept.title, ...c.members.flatMap((m) => [m.id, m.title]), ...c.sources.first.map((s) => s.name)].join("\n").toLowerCase()),
  };
  const open = (at) => {
    const holder = place.clusters;
    if (!document.getElementById("cluster-" + at)) holder.querySelector("button.more")?.click();
    const found = document.getElementById("cluster-" + at);
    found.open = true;
    found.querySelector("summary").focus();
    found.scrollIntoView({ block: "start" });
  };
  const search = () => {
    const wanted = query.value.trim().toLowerCase();
    panel.hidden = !wanted;
    if (!wanted) return;
    const hits = (texts) => texts.flatMap((text, at) => text.includes(wanted) ? [at] : []);
    const [sources, clusters] = [hits(index.sources), hits(index.clusters)];
    const plural = (n, what) => number(n) + " " + what + (n === 1 ? "" : "s");
    document.getElementById("found-count").textContent = plural(sources.length, "source") + ", " + plural(clusters.length, "cluster");
    const rows = sources.slice(0, 30).map((at) => report.sources.first[at]).map((s) => [[s.name], [number(s.kept), true], [number(s.duplicates), true]]);
    const links = clusters.slice(0, 30).map((at) => {
      const button = make("button", "", said(short(named(duplicates.clusters.first[at]), 90)), " (" + number(duplicates.clusters.first[at].size) + ")");
      button.type = "button";
      button.addEventListener("click", () => open(at));
      return make("li", "", button);
    });
    document.getElementById("found-list").replaceChildren(
      ...(rows.length ? [table("Sources found", [["Source"], ["Kept", true], ["Duplicates", true]], rows)] : []),
      ...(links.length ? [make("ul", "chips", ...links)] : []));
  };
  query.addEventListener("input", search);
  document.getElementById("search").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    const writing = event.target.matches?.("input, textarea, [contenteditable]");
    if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); query.focus(); }
    if (event.key === "Escape" && writing) { query.value = ""; search(); }
  });

  // ---- Theme

  const theme = document.getElementById("theme");
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
  const told = () => theme.setAttribute("aria-pressed", String(isDark()));
  const remembered = (value) => {
    // Some browsers keep nothing for files.
    try { return value ? localStorage.setItem("newsmill-theme", value) : localStorage.getItem("newsmill-theme"); } catch { return null; }
  };
  const before = remembered();
  if (before === "dark" || before === "light") root.dataset.theme = before;
  told();
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remembered(root.dataset.theme);
    told();
    drawAll();
  });
  system.addEventListener("change", () => { told(); drawAll(); });

  drawAll(() => { root.dataset.drawn = Math.round(performance.now()); });
})();
