// Fills the page with the cohort, k and cluster that the address names, and lets a reader choose others.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const parse = (id) => JSON.parse($(id).textContent);
  const root = document.documentElement, page = parse("page"), read = new Map(), views = {};
  let choice = {}, drawing = 0;

  const explorer = (cohort) => {
    if (!read.has(cohort)) read.set(cohort, parse(`explorer-${cohort}`));
    return read.get(cohort);
  };
  const fit = (cohort, k) => explorer(cohort).fits.find((one) => one.k === k);

  // Each picture is in one block only; a cohort's own is looked into first.
  const pictures = new Map(), opened = new Set();
  const picture = (image, cohort) => {
    for (const block of [cohort, ...page.cohorts]) {
      if (pictures.has(`${image}`)) break;
      if (opened.has(block) || !$(`pictures-${block}`)) continue;
      opened.add(block);
      for (const [name, webp] of Object.entries(parse(`pictures-${block}`))) pictures.set(name, webp);
    }
    return pictures.get(`${image}`);
  };

  // Words and numbers.
  const number = (value, digits = 3) =>
    value === null ? "–" : (Math.abs(value) < 0.5 / 10 ** digits ? 0 : value).toFixed(digits).replace("-", "−");
  const percent = (share) => `${number(100 * share, 1)} %`;
  const title = (cohort) => (cohort === "pooled" ? "all subjects pooled" : cohort);
  const colour = (one) => `var(--c${one.identity === null ? 0 : ((one.identity - 1) % 20) + 1})`;
  const name = (one) => (page.names[one.identity] ? `${one.cluster} · ${page.names[one.identity]}` : `${one.cluster}`);
  const clusterOf = (cohort, k, cluster) => fit(cohort, k).clusters[cluster - 1];
  const address = (cohort, k, cluster) => new URLSearchParams({ cohort, k, cluster }).toString();
  const element = (tag, text = "", made = {}) => Object.assign(document.createElement(tag), { textContent: text }, made);

  // What the panels show: rows for the charts, and a table of the same numbers for each.
  const diverging = (value, most) =>
    `color-mix(in oklab, var(${value < 0 ? "--cold" : "--warm"}) ${((100 * Math.abs(value)) / most).toFixed(1)}%, var(--middle))`;

  function families(regions, row) {
    const rows = [];
    regions.forEach(({ region, family }, i) => {
      if (family && family !== regions[i - 1]?.family) rows.push({ region: `\u200b${family}` });
      rows.push({ region, ...row(region, i) });
    });
    return rows;
  }

  function contents({ cohort, k, cluster }) {
    const { regions, curve, counted, unit } = explorer(cohort), own = clusterOf(cohort, k, cluster);
    const { clusters } = fit(cohort, k), go = (c) => address(cohort, k, c);
    const most = Math.max(...clusters.flatMap((one) => one.prototype.map(Math.abs)));
    const cells = clusters.flatMap((one) => families(regions, (region, i) => ({
      name: name(one), go: go(one.cluster), fill: diverging(one.prototype[i], most),
      tip: `${region}, cluster ${name(one)}: ${number(one.prototype[i])}` })).map((row) => ({ name: name(one), fill: "none", ...row })));
    const profile = families(regions, (region, i) => {
      const [mean, low, median, high] = ["mean", "low", "median", "high"].map((key) => own.response[key][i]);
      return { mean, low, median, high, fill: colour(own),
        tip: `${region}: mean ${number(mean)}, half of the trials within ${number(low)} and ${number(high)}` };
    });
    const labelled = own.categories, least = Math.min(-1, ...labelled.filter((one) => one.lift).map((one) => Math.log2(one.lift)));
    const matched = own.matches.map((one) => {
      const other = clusterOf(one.cohort, one.k, one.cluster);
      return { ...one, name: one.cohort === cohort ? `k = ${one.k}` : title(one.cohort), told: `${name(other)} (${number(one.r, 2)})`, fill: colour(other),
        go: address(one.cohort, one.k, one.cluster), tip: `cluster ${name(other)}: r = ${number(one.r)}` };
    });
    const places = new Map(explorer(cohort).fits.flatMap((one) => one.clusters.map((c) => [`${one.k} ${c.cluster}`, c.place])));
    const nodes = explorer(cohort).fits.flatMap((one) => one.clusters.map((c) => ({
      x: c.place, k: one.k, cluster: c.cluster, share: c.share, fill: colour(c), go: address(cohort, one.k, c.cluster),
      chosen: one.k === k && c.cluster === cluster, tip: `k = ${one.k}, cluster ${name(c)}: ${percent(c.share)} of the trials` })));
    const edges = explorer(cohort).fits.flatMap((one) => one.clusters.flatMap((c) => c.before.filter((b) => b.share > 0.03).map((b) => ({
      x: c.place, k: one.k, x2: places.get(`${one.k - 1} ${b.cluster}`), k2: one.k - 1, share: b.share * c.share, fill: colour(c) }))));
    const r2 = curve.flatMap((row) => [["R² between", row.r2_between, "var(--text)"], ["R² explained", row.r2_explained, "var(--quiet)"]]
      .map(([which, value, fill]) => ({ k: row.k, which, value, fill, chosen: row.k === k, last: row === curve.at(-1),
        go: address(cohort, row.k, 1), tip: `k = ${row.k}: ${which} ${number(value)}` })));
    const chosen = explorer(cohort).chosen;
    const marks = [{ k, told: k === chosen ? `k = ${k}, chosen` : `k = ${k}` }, ...(k === chosen ? [] : [{ k: chosen, told: "chosen" }])];
    return {
      charts: {
        sizes: { sizes: clusters.map((one) => ({ name: name(one), share: one.share, told: percent(one.share), fill: colour(one),
          chosen: one.cluster === cluster, go: go(one.cluster), tip: `cluster ${name(one)}: ${one.size} trials` })) },
        r2: { curve: r2, marks }, prototypes: { cells, column: [{ name: name(own), at: 1e9 }] }, response: { profile },
        categories: { counted: labelled.map((one) => ({ name: one.category, count: one.count, fill: colour(own),
          log: one.lift ? Math.log2(one.lift) : least, tip: `${one.category}: ${one.count}, lift ${number(one.lift, 2)}` })) },
        matches: { matched }, lineage: { nodes, edges },
        consistency: { agreement: page.agreement.map((row) => ({ ...row, fill: row.k === k ? "var(--accent)" : "var(--quiet)",
          go: address(cohort, row.k, 1) })), null: page.null },
      },
      tables: {
        nearest: [["rank", "r", "subject", "trial", "image", "labels"], own.nearest.map((one) =>
          [one.rank, number(one.r), one.subject, one.trial, one.image ?? "–", one.labels ? one.labels.join(", ") || "nothing" : "–"])],
        sizes: [["cluster", "trials", "share"], clusters.map((one) => [name(one), one.size, percent(one.share)])],
        r2: [["k", "R² between", "R² explained"], curve.map((row) => [row.k, number(row.r2_between), number(row.r2_explained)])],
        prototypes: [["region", ...clusters.map(name)], regions.map(({ region }, i) => [region, ...clusters.map((one) => number(one.prototype[i]))])],
        response: [["region", "mean", "quartile 1", "median", "quartile 3"], regions.map(({ region }, i) =>
          [region, ...["mean", "low", "median", "high"].map((key) => number(own.response[key][i]))])],
        categories: [["category", "count", "lift"], labelled.map((one) => [one.category, one.count, number(one.lift, 2)])],
        matches: [["cohort", "k", "cluster", "r"], own.matches.map((one) => [one.cohort, one.k, one.cluster, number(one.r)])],
        lineage: [["k", "cluster", "from cluster", "share"], fit(cohort, k).clusters.flatMap((c) => c.before.map((b) => [k, c.cluster, b.cluster, percent(b.share)]))],
      },
      told: `${title(cohort)}, k = ${k}, cluster ${name(own)}: ${own.size.toLocaleString("en")} trials (${percent(own.share)}), ` +
        (cohort === "pooled" && k === chosen ? "of the chosen fit" : own.identity === null ? "matched to no pooled cluster" : `matched to pooled cluster ${own.identity} of the chosen fit (r = ${number(own.identity_r)})`),
      counted: counted && `${counted.count === "instances" ? "Instances" : "Images"} in ${counted.top === "all" ? "all its images" : `its ${counted.top} nearest images`}`,
      unit, own,
    };
  }

  function fillTable(panel, [head, rows]) {
    const table = panel.querySelector("table.numbers");
    table.replaceChildren(element("thead"), element("tbody"));
    const line = (words, tag) => { const tr = element("tr"); tr.append(...words.map((word) => element(tag, word, tag === "th" ? { scope: "col" } : {}))); return tr; };
    table.tHead.append(line(head, "th"));
    table.tBodies[0].append(...rows.map((row) => line(row, "td")));
  }

  function showPictures({ cohort }, own) {
    const box = document.querySelector("#panel-nearest .pictures"), told = document.querySelector("#panel-nearest .told");
    const said = (one) => `Rank ${one.rank}, r = ${number(one.r)}: ${one.subject}, trial ${one.trial}` +
      (one.image === null ? "" : `, image ${one.image}`) + (one.labels ? `: ${one.labels.join(", ") || "nothing annotated"}` : "");
    box.replaceChildren(...own.nearest.map((one, i) => {
      const button = element("button", "", { type: "button", tabIndex: i ? -1 : 0 }), webp = picture(one.image, cohort);
      const tell = () => { told.textContent = said(one); };
      if (webp) button.append(element("img", "", { src: `data:image/webp;base64,${webp}`, alt: said(one), width: page.pixels, height: page.pixels }));
      else button.append(element("span", one.image === null ? `${one.subject}, ${one.trial}` : `${one.image}`));
      for (const event of ["mouseenter", "focus", "click"]) button.addEventListener(event, tell);
      return button;
    }));
    told.textContent = own.nearest.length ? said(own.nearest[0]) : "There are no nearest trials.";
  }

  function options(select, entries, value) {
    select.replaceChildren(...entries.map(([key, text]) => element("option", text, { value: key })));
    select.value = value;
  }

  async function draw() {
    const turn = ++drawing, { cohort, k, cluster } = choice, { charts, tables, told, counted, own } = contents(choice);
    options($("cohort"), page.cohorts.map((one) => [one, title(one)]), cohort);
    options($("k"), explorer(cohort).fits.map((one) => [one.k, one.k === explorer(cohort).chosen ? `${one.k} (chosen)` : `${one.k}`]), k);
    options($("cluster"), fit(cohort, k).clusters.map((one) => [one.cluster, name(one)]), cluster);
    $("choice").textContent = told;
    $("choice").style.setProperty("--own", colour(own));
    $("panel-categories").hidden = !counted;
    $("panel-categories").querySelector(".counted").textContent = counted ?? "";
    for (const [panel, rows] of Object.entries(tables)) fillTable($(`panel-${panel}`), rows);
    showPictures(choice, own);
    const cloud = page.wordclouds[`${cohort} ${k}`], image = $("panel-wordcloud").querySelector("img");
    $("panel-wordcloud").hidden = !counted;
    image.hidden = !cloud;
    if (cloud) Object.assign(image, { src: `data:image/svg+xml;base64,${cloud}`, alt: `Wordclouds of the clusters of ${title(cohort)} at k = ${k}` });
    $("panel-wordcloud").querySelector(".none").hidden = Boolean(cloud);
    await Promise.all(Object.entries(charts).filter(([chart]) => $(`chart-${chart}`)).map(async ([chart, given]) => {
      // Vega would keep names that are on an axis already in the order that they had: rows are numbered.
      const sets = Object.fromEntries(Object.entries(given).map(([set, rows]) => [set, rows.map((row, at) => ({ at, ...row }))]));
      if (!Object.values(sets)[0].length) return;
      if (views[chart]) {
        for (const [set, rows] of Object.entries(sets)) views[chart].data(set, rows);
        await views[chart].resize().runAsync();
        return;
      }
      // Without rows at first, a chart that grows with them would be millions of pixels high.
      const spec = page.charts[chart];
      for (const set of spec.data) if (sets[set.name]) set.values = sets[set.name];
      views[chart] = (await window.vegaEmbed(`#chart-${chart}`, spec, { mode: "vega", renderer: "svg", actions: false })).view;
      views[chart].addEventListener("click", (event, item) => { if (item?.datum?.go) location.hash = item.datum.go; });
    }));
    if (turn !== drawing) return;
    Object.assign(root.dataset, { cohort, k, cluster, drawn: Number(root.dataset.drawn ?? 0) + 1, ready: 1 });
  }

  // The address says what is shown; whatever in it makes no sense is replaced.
  function fromAddress() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const cohort = page.cohorts.includes(asked.get("cohort")) ? asked.get("cohort") : page.cohorts[0];
    const k = explorer(cohort).fits.some((one) => `${one.k}` === asked.get("k")) ? Number(asked.get("k")) : explorer(cohort).chosen;
    const cluster = fit(cohort, k).clusters.some((one) => `${one.cluster}` === asked.get("cluster")) ? Number(asked.get("cluster")) : 1;
    choice = { cohort, k, cluster };
    draw().catch((error) => { root.dataset.problem = error.message; throw error; });
  }
  const choose = (other) => {
    const { cohort, k, cluster } = { ...choice, ...other };
    location.hash = address(cohort, k, cluster);
  };
  // Another cohort or k: the cluster that is matched to the same pooled one, if there is one.
  const alike = (cohort, k) => {
    const { identity } = clusterOf(choice.cohort, choice.k, choice.cluster);
    return (fit(cohort, k) ?? fit(cohort, explorer(cohort).chosen)).clusters.find((one) => one.identity !== null && one.identity === identity)?.cluster ?? 1;
  };
  $("cohort").addEventListener("change", (event) => choose({ cohort: event.target.value, cluster: alike(event.target.value, choice.k) }));
  $("k").addEventListener("change", (event) => choose({ k: event.target.value, cluster: alike(choice.cohort, Number(event.target.value)) }));
  $("cluster").addEventListener("change", (event) => choose({ cluster: event.target.value }));
  const step = (by) => { const next = choice.cluster + by; if (next >= 1 && next <= choice.k) choose({ cluster: next }); };
  $("before").addEventListener("click", () => step(-1));
  $("after").addEventListener("click", () => step(1));
  // A link to a section changes the address, too: the choice stays.
  addEventListener("hashchange", () => { if (location.hash.includes("=") || !location.hash) fromAddress(); });
  addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.target.closest("select, input, textarea")) return;
    const row = event.target.closest(".pictures");
    if (!row) return step(by);
    const buttons = [...row.children], next = buttons[buttons.indexOf(event.target) + by];
    if (!next) return;
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
    event.preventDefault();
  });
  const refit = () => { for (const view of Object.values(views)) view.resize().run(); };
  addEventListener("beforeprint", () => { root.classList.add("paper"); dispatchEvent(new Event("resize")); refit(); });
  addEventListener("afterprint", () => { root.classList.remove("paper"); dispatchEvent(new Event("resize")); refit(); });
  fromAddress();
})();
