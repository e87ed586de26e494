// Fills the page with the cohort, k and cluster that the address names, and lets a reader choose others.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const parse = (id) => JSON.parse($(id).textContent);  // Blocks are numbered: a subject may have any name.
  const root = document.documentElement, page = parse("page"), read = new Map(), pictures = new Map(), opened = new Set(), views = {};
  let choice = {}, drawing = Promise.resolve();

  const explorer = (cohort) => read.get(cohort) ?? read.set(cohort, parse(`explorer-${page.cohorts.indexOf(cohort)}`)).get(cohort);
  const fit = (cohort, k) => explorer(cohort).fits.find((one) => one.k === k);
  const clusterOf = (cohort, k, cluster) => fit(cohort, k).clusters[cluster - 1];

  // Each picture is in one block only; a cohort's own is looked into first.
  const picture = (image, cohort) => {
    for (const block of [cohort, ...page.cohorts].map((one) => `pictures-${page.cohorts.indexOf(one)}`)) {
      if (pictures.has(`${image}`) || opened.has(block) || !$(block)) continue;
      opened.add(block);
      for (const [name, webp] of Object.entries(parse(block))) pictures.set(name, webp);
    }
    return pictures.get(`${image}`);
  };

  // Words, numbers and colours.
  const number = (value, digits = 3) =>
    value === null ? "–" : (Math.abs(value) < 0.5 / 10 ** digits ? 0 : value).toFixed(digits).replace("-", "−");
  const percent = (share) => `${number(100 * share, 1)} %`;
  const title = (cohort) => (cohort === "pooled" ? "all subjects pooled" : cohort);
  const name = (one) => (page.names[one.identity] ? `${one.cluster} · ${page.names[one.identity]}` : `${one.cluster}`);
  const address = (cohort, k, cluster) => new URLSearchParams({ cohort, k, cluster }).toString();
  const colour = (one) => `var(--c${one.identity === null ? 0 : ((one.identity - 1) % 20) + 1})`;
  const diverging = (value, most) =>
    `color-mix(in oklab, var(${value < 0 ? "--cold" : "--warm"}) ${((100 * Math.abs(value)) / most).toFixed(1)}%, var(--middle))`;
  const element = (tag, text = "", made = {}) => Object.assign(document.createElement(tag), { textContent: text }, made);
  const kept = (text) => (text in {} ? `${text}\u200b` : text);  // Vega stumbles over names such as "constructor".
  // A row for each region, and one before each family with its name.
  const byFamily = (regions, row) => regions.flatMap(({ region, family }, i) => [
    ...(family && family !== regions[i - 1]?.family ? [{ region: `\u200b${family}` }] : []), { region: kept(region), ...row(region, i) }]);
  const quartiles = ["mean", "low", "median", "high"];
  const R2 = [["R² between", "r2_between", "var(--text)"], ["R² explained", "r2_explained", "var(--quiet)"]];

  // Rows for the charts of each panel.
  function charts({ cohort, k, cluster }) {
    const { regions, curve, fits, chosen } = explorer(cohort), { clusters } = fit(cohort, k), own = clusters[cluster - 1];
    const most = Math.max(...clusters.flatMap((one) => one.prototype.map(Math.abs)));
    return {
      sizes: { sizes: clusters.map((one) => ({ name: name(one), share: one.share, told: percent(one.share), fill: colour(one),
        chosen: one === own, go: address(cohort, k, one.cluster), tip: `cluster ${name(one)}: ${one.size} trials` })) },
      r2: {
        curve: curve.flatMap((row) => R2.map(([which, key, fill]) => ({ k: row.k, which, value: row[key], fill, chosen: row.k === k,
          last: row === curve.at(-1), go: address(cohort, row.k, 1), tip: `k = ${row.k}: ${which} ${number(row[key])}` }))),
        marks: k === chosen ? [{ k, told: `k = ${k}, chosen` }] : [{ k, told: `k = ${k}` }, { k: chosen, told: "chosen" }],
      },
      prototypes: {
        cells: clusters.flatMap((one) => byFamily(regions, (region, i) => ({ go: address(cohort, k, one.cluster),
          fill: diverging(one.prototype[i], most), tip: `${region}, cluster ${name(one)}: ${number(one.prototype[i])}`,
        })).map((row) => ({ name: name(one), fill: "none", ...row }))),
        column: [{ name: name(own), at: 1e9 }],
      },
      response: { profile: byFamily(regions, (region, i) => {
        const row = Object.fromEntries(quartiles.map((key) => [key, own.response[key][i]])), [low, high] = [row.low, row.high].map((x) => number(x));
        return { ...row, fill: colour(own), tip: `${region}: mean ${number(row.mean)}, half of the trials within ${low} and ${high}` };
      }) },
      categories: { counted: own.categories.map((one) => ({ name: kept(one.category), count: one.count, fill: colour(own),
        log: one.lift ? Math.log2(one.lift) : null, tip: `${one.category}: ${one.count}, lift ${number(one.lift, 2)}` })) },
      matches: { matched: own.matches.map((one) => {
        const other = clusterOf(one.cohort, one.k, one.cluster), place = one.cohort === cohort ? `k = ${one.k}` : title(one.cohort);
        return { name: kept(place), r: one.r, told: `${name(other)} (${number(one.r, 2)})`, fill: colour(other),
          go: address(one.cohort, one.k, one.cluster), tip: `cluster ${name(other)}: r = ${number(one.r)}` };
      }) },
      lineage: {
        nodes: fits.flatMap((one) => one.clusters.map((c) => ({ x: c.place, k: one.k, cluster: c.cluster, share: c.share, fill: colour(c),
          chosen: c === own, go: address(cohort, one.k, c.cluster), tip: `k = ${one.k}, cluster ${name(c)}: ${percent(c.share)} of the trials` }))),
        edges: fits.flatMap((one) => one.clusters.flatMap((c) => c.before.filter((from) => from.share > 0.03).map((from) => ({ x: c.place, k: one.k,
          x2: clusterOf(cohort, one.k - 1, from.cluster).place, k2: one.k - 1, share: from.share * c.share, fill: colour(c) })))),
      },
      consistency: { ...(page.null.length && { null: page.null }), agreement: page.agreement.map((row) =>
        ({ ...row, fill: row.k === k ? "var(--accent)" : "var(--quiet)", go: address(cohort, row.k, 1) })) },
    };
  }

  // The same numbers as text.
  function tables({ cohort, k, cluster }) {
    const { regions, curve } = explorer(cohort), { clusters } = fit(cohort, k), own = clusters[cluster - 1];
    return {
      nearest: [["rank", "r", "subject", "trial", "image", "labels"], own.nearest.map((one) =>
        [one.rank, number(one.r), one.subject, one.trial, one.image ?? "–", one.labels ? one.labels.join(", ") || "nothing" : "–"])],
      sizes: [["cluster", "trials", "share"], clusters.map((one) => [name(one), one.size, percent(one.share)])],
      r2: [["k", "R² between", "R² explained"], curve.map((row) => [row.k, number(row.r2_between), number(row.r2_explained)])],
      prototypes: [["region", ...clusters.map(name)], regions.map(({ region }, i) => [region, ...clusters.map((one) => number(one.prototype[i]))])],
      response: [["region", "mean", "quartile 1", "median", "quartile 3"],
        regions.map(({ region }, i) => [region, ...quartiles.map((key) => number(own.response[key][i]))])],
      categories: [["category", "count", "lift"], own.categories.map((one) => [one.category, one.count, number(one.lift, 2)])],
      matches: [["cohort", "k", "cluster", "r"], own.matches.map((one) => [one.cohort, one.k, name(clusterOf(one.cohort, one.k, one.cluster)), number(one.r)])],
      lineage: [["k", "cluster", "from cluster", "share"],
        clusters.flatMap((one) => one.before.map((from) =>
          [k, name(one), name(clusterOf(cohort, k - 1, from.cluster)), percent(from.share)]))],
    };
  }

  function fillTable(table, [head, rows]) {
    const line = (words, tag, made) => { const row = element("tr"); row.append(...words.map((word) => element(tag, word, made))); return row; };
    table.replaceChildren(element("thead"), element("tbody"));
    table.tHead.append(line(head, "th", { scope: "col" }));
    table.tBodies[0].append(...rows.map((row) => line(row, "td")));
  }

  function showPictures({ cohort }, own) {
    const [box, told] = $("panel-nearest").querySelectorAll(".pictures, .told");
    const said = (one) => `Rank ${one.rank}, r = ${number(one.r)}: ${one.subject}, trial ${one.trial}` +
      (one.image === null ? "" : `, image ${one.image}`) + (one.labels ? `: ${one.labels.join(", ") || "nothing annotated"}` : "");
    box.replaceChildren(...own.nearest.map((one, i) => {
      const button = element("button", "", { type: "button", tabIndex: i ? -1 : 0 });
      const webp = one.image !== null && picture(one.image, cohort);
      button.append(webp
        ? element("img", "", { src: `data:image/webp;base64,${webp}`, alt: said(one), width: page.pixels, height: page.pixels })
        : element("span", one.image === null ? `${one.subject}, ${one.trial}` : `${one.image}`));
      for (const event of ["mouseenter", "focus", "click"]) button.addEventListener(event, () => { told.textContent = said(one); });
      return button;
    }));
    told.textContent = own.nearest.length ? said(own.nearest[0]) : "There are no nearest trials.";
  }

  function showChoice({ cohort, k, cluster }, own) {
    const options = (select, entries, value) =>
      select.replaceChildren(...entries.map(([key, text]) => element("option", text, { value: key, selected: key === value })));
    const { fits, chosen } = explorer(cohort), cloud = page.wordclouds[`${cohort} ${k}`], clouds = $("panel-wordcloud");
    options($("cohort"), page.cohorts.map((one) => [one, title(one)]), cohort);
    options($("k"), fits.map((one) => [one.k, one.k === chosen ? `${one.k} (chosen)` : one.k]), k);
    options($("cluster"), fit(cohort, k).clusters.map((one) => [one.cluster, name(one)]), cluster);
    $("choice").style.setProperty("--own", colour(own));
    $("choice").textContent = `${title(cohort)}, k = ${k}, cluster ${name(own)}: ${own.size.toLocaleString("en")} trials (${percent(own.share)})` +
      (own.identity === null ? ", matched to no pooled cluster" : cohort === "pooled" && k === chosen ? ""
        : `, matched to pooled cluster ${own.identity} of the chosen fit (r = ${number(own.identity_r)})`);
    if (!clouds) return;
    clouds.querySelector("img").hidden = !cloud;
    clouds.querySelector(".none").hidden = Boolean(cloud);
    if (cloud) Object.assign(clouds.querySelector("img"),
      { src: `data:image/svg+xml;base64,${cloud}`, alt: `Wordclouds of the clusters of ${title(cohort)} at k = ${k}` });
  }

  async function draw() {
    const { cohort, k, cluster } = choice, own = clusterOf(cohort, k, cluster);
    for (const show of [showChoice, showPictures]) show(choice, own);
    for (const [panel, rows] of Object.entries(tables(choice))) if ($(`panel-${panel}`)) fillTable($(`panel-${panel}`).querySelector("table"), rows);
    await Promise.all(Object.entries(charts(choice)).filter(([chart]) => $(`chart-${chart}`)).map(async ([chart, given]) => {
      // Vega would keep names that are on an axis already in the order that they had: rows are numbered.
      const sets = Object.fromEntries(Object.entries(given).map(([set, rows]) => [set, rows.map((row, at) => ({ at, ...row }))]));
      if (($(`chart-${chart}`).hidden = !Object.values(sets).some((rows) => rows.length))) return;  // A cluster may have no category.
      if (views[chart]) {
        for (const [set, rows] of Object.entries(sets)) views[chart].data(set, rows);
        await views[chart].resize().runAsync();
      } else {
        // Without rows at first, a chart that grows with them would be millions of pixels high.
        for (const set of page.charts[chart].data) if (sets[set.name]) set.values = sets[set.name];
        views[chart] = (await vegaEmbed(`#chart-${chart}`, page.charts[chart], { mode: "vega", renderer: "svg", actions: false })).view;
        views[chart].addEventListener("click", (event, item) => { if (item?.datum?.go) location.hash = item.datum.go; });
      }
    }));
    Object.assign(root.dataset, { cohort, k, cluster, drawn: Number(root.dataset.drawn ?? 0) + 1, ready: 1 });
  }

  // The address says what is shown; whatever in it makes no sense is replaced.
  function fromAddress() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const cohort = page.cohorts.includes(asked.get("cohort")) ? asked.get("cohort") : page.cohorts[0];
    const k = (explorer(cohort).fits.find((one) => `${one.k}` === asked.get("k")) ?? { k: explorer(cohort).chosen }).k;
    const wanted = choice = { cohort, k, cluster: fit(cohort, k).clusters.find((one) => `${one.cluster}` === asked.get("cluster"))?.cluster ?? 1 };
    drawing = drawing  // One at a time, and none of a choice that has been replaced.
      .then(() => wanted === choice && draw()).catch((error) => { root.dataset.problem = error.message; console.error(error); });
  }
  const choose = (...asked) => { location.hash = address(...asked); fromAddress(); };  // Its event comes after the next key.
  // Of another cohort or k, the cluster that is matched to the same pooled one, if there is one.
  const alike = (cohort, asked) => {
    const { identity } = clusterOf(choice.cohort, choice.k, choice.cluster), k = fit(cohort, asked) ? asked : explorer(cohort).chosen;
    choose(cohort, k, fit(cohort, k).clusters.find((one) => one.identity !== null && one.identity === identity)?.cluster ?? 1);
  };
  const step = (by) => { if (choice.cluster + by >= 1 && choice.cluster + by <= choice.k) choose(choice.cohort, choice.k, choice.cluster + by); };
  $("cohort").addEventListener("change", (event) => alike(event.target.value, choice.k));
  $("k").addEventListener("change", (event) => alike(choice.cohort, Number(event.target.value)));
  $("cluster").addEventListener("change", (event) => choose(choice.cohort, choice.k, event.target.value));
  for (const [button, by] of [["before", -1], ["after", 1]]) $(button).addEventListener("click", () => step(by));
  addEventListener("hashchange", () => { if (/^$|=/.test(location.hash) && location.hash.slice(1) !== address(...Object.values(choice))) fromAddress(); });  // Not of links to sections.
  addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key], row = event.target.closest(".pictures");
    if (!by || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.target.closest("select, input, textarea, pre, .scroll")) return;
    if (!row) return step(by);
    const next = event.target[by < 0 ? "previousElementSibling" : "nextElementSibling"];
    if (!next) return;
    for (const one of row.children) one.tabIndex = one === next ? 0 : -1;
    next.focus();
    event.preventDefault();
  });
  for (const event of ["beforeprint", "afterprint"]) addEventListener(event, () => {
    root.classList.toggle("paper", event === "beforeprint");
    dispatchEvent(new Event("resize"));
    for (const view of Object.values(views)) view.resize().run();
  });
  fromAddress();
})();
