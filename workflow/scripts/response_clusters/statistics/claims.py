"""The verdict on every statement of the abstract, from the tables of claims.

The rules are in `verdicts`; here is what each statement is measured by.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from response_clusters.names import POOLED, plain
from response_clusters.statistics.abstract import statements, told
from response_clusters.statistics.verdicts import (
    ALPHA,
    HALFWAY,
    UNTESTABLE,
    Null,
    Part,
    choice_p,
    in_words,
    two_decimals,
    verdict,
)

JACCARD = 0.75
"""From which on a cluster is "valid and stable" (Hennig 2007, `stability.HENNIG`)."""
AS_GOOD, ANOTHER = 0.01, 0.8
"""A rival solution is as good if its objective is worse by less than this share, and another one if
its adjusted Rand index with the fit is below that."""
SAMPLES = {
    "in_sample": "in sample",
    "other_images": "with prototypes of other images",
    "other_subjects": "with prototypes of other subjects",
}
SMALLEST = 1e-12
"""The least p of a normal approximation."""
RICHEST = "theme_food"
"""The theme whose cluster is asked for broccoli."""

Tables = Mapping[str, Any]
"""By name (nulls, chosen_k, stability, ladder, repeats, shared, enrichment, nearest_again), a
DataFrame; elbow and cooccurrence, a record. One that the study does not make is missing."""


@dataclass(frozen=True)
class Evidence:
    """What the tables say of a statement; nan where they say nothing."""

    parts: tuple[Part, ...] = ()
    ours: float = math.nan
    low: float = math.nan
    high: float = math.nan
    null: float = math.nan
    null_low: float = math.nan
    null_high: float = math.nan
    compared: Null = field(default_factory=Null)
    remark: str = ""


def claims_table(tables: Tables) -> pd.DataFrame:
    """Every statement of the abstract with its verdict.

    Parameters
    ----------
    tables : mapping
        See `Tables`.

    Returns
    -------
    DataFrame
        With the columns of ``claims``.
    """
    return pd.DataFrame([_row(claim, tables) for claim in statements()])


def _row(claim: str, tables: Tables) -> dict[str, Any]:
    said = statements()[claim]
    found = EVIDENCE.get(claim, _theme)(claim, tables)
    word, reason = verdict(found.parts, said["against"], found.compared)
    tested = word != UNTESTABLE
    reason = " ".join(filter(None, [reason, found.remark, said.get("remark", "")]))
    return {
        "claim": claim,
        "statement": said["statement"],
        "paper": said["paper"],
        **{
            name: getattr(found, name)
            for name in ("ours", "low", "high", "null", "null_low", "null_high")
        },
        "p": found.compared.p,
        "index": found.compared.index,
        "verdict": word,
        "reason": reason if tested else said["needs"],
        "table": said["table"],
    }


def _elbow(claim: str, tables: Tables) -> Evidence:
    """The chosen k beside those of image bootstraps and of the continuum."""
    choice, chosen = tables.get("elbow"), tables.get("chosen_k")
    if choice is None:
        return Evidence()
    k, aim = int(choice["k"]), int(statements()[claim]["aim"])
    told_k = f"k = {k}" if choice["reached"] else f"k = {k}, the largest tried"
    parts = (Part(f"{told_k} (in the paper {aim})", k == aim),)
    low, _, high = _choices(chosen, "bootstrap")
    null_low, null, null_high = _choices(chosen, "continuum")
    draws = _draws(chosen, "continuum")
    compared = Null(choice_p(k, draws), surrogates=sum(draws.values()))
    remark = ""
    if draws:
        same, every = draws.get(k, 0), sum(draws.values())
        remark = f"Of {every} surrogates without clusters, {same} choose k = {k}."
    return Evidence(parts, k, low, high, null, null_low, null_high, compared, remark)


def _draws(chosen: pd.DataFrame | None, source: str) -> dict[int, int]:
    """How many draws of a source chose each k, of the pooled cohort."""
    if chosen is None:
        return {}
    rows = chosen[(chosen["source"] == source) & (chosen["cohort"] == POOLED)]
    return {int(k): int(n) for k, n in zip(rows["k"], rows["draws"], strict=True) if n}


def _choices(chosen: pd.DataFrame | None, source: str) -> tuple[float, float, float]:
    """The quantiles .025, .5 and .975 of the chosen k."""
    draws = _draws(chosen, source)
    if not draws:
        return math.nan, math.nan, math.nan
    values = np.repeat(list(draws), list(draws.values()))
    low, middle, high = np.quantile(values, [0.025, 0.5, 0.975])
    return float(low), float(middle), float(high)


def _clusters_exist(claim: str, tables: Tables) -> Evidence:
    """The indices of everything that would show groups, if there were any."""
    k = _chosen(tables)
    nulls = tables.get("nulls")
    rows = {
        "R² between": _one(nulls, cohort=POOLED, k=k, statistic="r2_between"),
        "R² explained": _one(nulls, cohort=POOLED, k=k, statistic="r2_explained"),
        "κ of repeats": _one(nulls, cohort=POOLED, k=k, statistic="repeat_kappa"),
        "R² with the least noise": _cleanest(tables.get("ladder"), k),
        "prediction strength": _strength(tables, k),
    }
    known = {n: r for n, r in rows.items() if r is not None and not math.isnan(_value(r, "index"))}
    if not known:
        return Evidence()
    parts = tuple(
        Part(f"{name} {two_decimals(_value(row, 'index'))}", _value(row, "index") >= HALFWAY)
        for name, row in known.items()
    )
    parts += tuple(Part(name, None) for name in rows if name not in known)
    values = [_value(row, "index") for row in known.values()]
    middle = float(np.median(values))
    worst = min(map(_null, known.values()), key=lambda null: (bool(null.beyond), -null.p))
    bands = np.array([_band(row) for row in known.values()])
    return Evidence(
        parts,
        middle,
        min(values),
        max(values),
        0.0,
        float(bands[:, 0].min()),
        float(bands[:, 1].max()),
        replace(worst, index=middle),
        f"Indices: 0 a continuum, 1 k distinct groups.{_poles(nulls, k)}",
    )


def _poles(nulls: pd.DataFrame | None, k: int) -> str:
    """A sentence on whether prototypes are the ends of axes, as those of a continuum are."""
    row = _one(nulls, cohort=POOLED, k=k, statistic="antipode_median")
    if row is None or math.isnan(_value(row, "observed")):
        return ""
    ours, theirs = (two_decimals(_value(row, name)) for name in ("observed", "continuum"))
    return f" The most negative r of prototypes is {ours} in the median; of a continuum {theirs}."


def _band(row: pd.Series) -> tuple[float, float]:
    """The continuum's band of a statistic, on the scale of its index."""
    span = _value(row, "groups") - _value(row, "continuum")
    ends = [(_value(row, end) - _value(row, "continuum")) / span for end in ("low", "high")]
    return min(ends), max(ends)


def _cleanest(ladder: pd.DataFrame | None, k: int) -> pd.Series | None:
    """R² explained at the level of the ladder with the least noise that there is."""
    for level in ("shared", "images", "trials"):
        row = _one(ladder, level=level, k=k, statistic="r2_explained")
        if row is not None and not math.isnan(_value(row, "observed")):
            return row
    return None


def _strength(tables: Tables, k: int) -> pd.Series | None:
    return _one(tables.get("stability"), k=k, statistic="prediction_strength")


def _one_partition(claim: str, tables: Tables) -> Evidence:
    """Whether other images give the clusters again, and whether there is another set as good."""
    k, stability = _chosen(tables), tables.get("stability")
    row = _strength(tables, k)
    if row is None or k < 2:
        return Evidence()
    strength = _value(row, "observed")
    parts = (
        _reaching("prediction strength", strength, float(statements()[claim]["aim"])),
        _reaching("the least stable cluster's Jaccard", _least_jaccard(stability, k), JACCARD),
    )
    # That there is no rival as good is not yet a partition.
    rival = _rival(stability, k)
    if rival.met:
        return replace(_beside(row, parts), remark=f"{rival.name[0].upper()}{rival.name[1:]}.")
    return _beside(row, (*parts, rival))


def _least_jaccard(stability: pd.DataFrame, k: int) -> float:
    """The least of all clusters' Jaccard, each the mean over bootstraps; nan if none is known."""
    own = (stability["k"] == k) & stability["statistic"].str.fullmatch(r"jaccard_\d+")
    return float(stability.loc[own, "observed"].astype(float).min())


def _rival(stability: pd.DataFrame, k: int) -> Part:
    """Whether no other solution is as good as the fit."""
    row = _one(stability, k=k, statistic="rival_objective")
    if row is None:
        return Part("rival solutions", None)
    worse, ari = _value(row, "observed"), _observed(stability, k, "rival_ari")
    if math.isnan(worse):
        return Part("no start ended in another solution", True)
    name = f"the next solution is {worse:.2%} worse, its ARI with ours {two_decimals(ari)}"
    return Part(name, worse >= AS_GOOD or ari >= ANOTHER)


def _nulls(claim: str, tables: Tables, statistic: str, name: str) -> Evidence:
    """A statistic of the pooled cohort that has to reach the claim's aim."""
    row = _one(tables.get("nulls"), cohort=POOLED, k=_chosen(tables), statistic=statistic)
    if row is None or math.isnan(_value(row, "observed")):
        return Evidence()
    aim = float(statements()[claim]["aim"])
    parts = (_reaching(name, _value(row, "observed"), aim),)
    return _beside(row, parts)


def _across_k(claim: str, tables: Tables) -> Evidence:
    return _nulls(claim, tables, "r_next_k", "matched r from k to k + 1")


def _across_subjects(claim: str, tables: Tables) -> Evidence:
    return _nulls(claim, tables, "matched_r_above", "share of matched r above .8")


def _theme(claim: str, tables: Tables) -> Evidence:
    """The share of a theme's categories that one cluster shows more often, in every sample."""
    rows = _of_theme(claim, tables)
    if rows is None:
        return Evidence()
    more = (rows["low"].astype(float) > 0) & (rows["q"].astype(float) <= ALPHA)
    by = rows.assign(more=more.fillna(False).astype(float)).groupby(["sample", "cluster"])
    shares = by["more"].mean().unstack("sample").reindex(columns=list(SAMPLES))
    order = pd.DataFrame({"least": shares.min(axis=1), "mean": shares.mean(axis=1)})
    best = order.sort_values(["least", "mean"], ascending=False, kind="stable").index[0]
    own, number = shares.loc[best], rows["category"].nunique()
    parts = (
        Part("at least one of its categories", bool(shares.max(axis=None) > 0)),
        *(_in_sample(SAMPLES[s], own[s], number, statements()[claim]["aim"]) for s in SAMPLES),
    )
    known = own.dropna()
    return Evidence(
        parts,
        float(known.min()),
        float(known.min()),
        float(known.max()),
        null=0.0,
        remark=f"Counted are the categories that cluster {best} is enriched in.",
    )


def _in_sample(name: str, share: float, number: int, aim: float) -> Part:
    """Whether a cluster shows enough of a theme's categories more often in one sample."""
    if math.isnan(share):
        return Part(name, None)
    return Part(f"{round(share * number)} of {number} {name}", bool(share >= aim))


def _of_theme(claim: str, tables: Tables) -> pd.DataFrame | None:
    """The tested rows of a theme's categories, among the nearest images; None if there are none."""
    rows = _listed(tables.get("enrichment"))
    if rows is None:
        return None
    names = {plain(name) for name in statements()[claim]["names"]}
    said = [rows[part].fillna("").map(plain).isin(names) for part in ("category", "supercategory")]
    rows = rows[(said[0] | said[1]) & rows["q"].notna()]
    return rows if len(rows) else None


def _listed(enrichment: pd.DataFrame | None) -> pd.DataFrame | None:
    """The rows of the longest list of nearest images; the abstract's has 100."""
    if enrichment is None or enrichment.empty:
        return None
    tops = [top for top in enrichment["top"].unique() if top != "all"]
    return enrichment[enrichment["top"] == max(tops, key=int)] if tops else None


def _broccoli(claim: str, tables: Tables) -> Evidence:
    """The ratio of the cluster whose nearest images show most food."""
    food, rows = _of_theme(RICHEST, tables), _of_theme(claim, tables)
    if food is None or rows is None:
        return Evidence()
    own = food[food["sample"] == "in_sample"]
    richest = own.groupby("cluster")["images"].sum().sort_values(ascending=False, kind="stable")
    row = _one(rows, sample="in_sample", cluster=int(richest.index[0]))
    if row is None or math.isnan(_value(row, "ratio")):
        return Evidence()
    low, high, p = (_value(row, name) for name in ("ratio_low", "ratio_high", "p"))
    aim, ours = float(statements()[claim]["aim"]), _value(row, "ratio")
    parts = (
        Part("more than in other clusters", low > 1 and p <= ALPHA),
        Part(f"half of {aim:.0f} times, or more", ours >= aim * HALFWAY),
    )
    shown = round(_value(row, "images"))
    remark = f"Cluster {richest.index[0]} shows most food; {shown} of its images show broccoli."
    return Evidence(parts, ours, low, high, 1.0, compared=Null(p), remark=remark)


def _similar_stimuli(claim: str, tables: Tables) -> Evidence:
    """κ of presentations of an image, within subjects and between them, against permuted images."""
    within = _one(tables.get("repeats"), cohort=POOLED, statistic="kappa")
    between = _one(tables.get("shared"), subject_a="all", subject_b="all")
    rows = {
        "within subjects": (within, "observed"),
        "between subjects": (between, "kappa"),
    }
    parts = []
    for name, (row, column) in rows.items():
        kappa = math.nan if row is None else _value(row, column)
        if row is None or math.isnan(kappa):
            parts.append(Part(name, None))
            continue
        met = _value(row, "low") > 0 and _value(row, "p") <= ALPHA
        parts.append(Part(f"{name} {told(claim, kappa)}", met))
    row, column = next((r for r in rows.values() if r[0] is not None), (None, ""))
    if row is None:
        return Evidence()
    index = _value(row, "index") if "index" in row else math.nan
    return Evidence(
        tuple(parts),
        _value(row, column),
        _value(row, "low"),
        _value(row, "high"),
        null=_value(row, "permuted"),
        compared=Null(_value(row, "p"), index),
    )


def _coactivation(claim: str, tables: Tables) -> Evidence:
    """Mantel's r of how often categories are seen together and how alike responses to them are."""
    record = pd.Series(tables.get("cooccurrence") or {}, dtype=object)
    if record.empty or pd.isna(record["mantel_r"]) or pd.isna(record["p"]):
        return Evidence()
    r, p = _value(record, "mantel_r"), _value(record, "p")
    parts = (Part(f"{told(claim, r)}, {in_words(p)}", r > 0 and p <= ALPHA),)
    return Evidence(
        parts,
        r,
        null=_value(record, "shuffled"),
        null_low=_value(record, "shuffled_low"),
        null_high=_value(record, "shuffled_high"),
        compared=Null(p),
    )


def _nearest(claim: str, tables: Tables) -> Evidence:
    """How much of the nearest trials' r is left at their images' other presentations."""
    table = tables.get("nearest_again")
    columns = ["again", "r_nearest", "r_again", "r_base", "same", "base"]
    values = pd.DataFrame() if table is None else table[columns].astype(float).dropna()
    if values.empty or not values["again"].any():
        return Evidence()
    p = _more_often(values["same"], values["base"], values["again"])
    weighted = {
        name: float(np.average(values[name], weights=values["again"]))
        for name in ("r_nearest", "r_again", "r_base")
    }
    ours, base = weighted["r_again"], weighted["r_base"]
    left = (ours - base) / (weighted["r_nearest"] - base)
    aim = float(statements()[claim]["aim"])
    parts = (
        Part("the same cluster again more often than by chance", p <= ALPHA),
        Part(
            f"{left:.0%} of the nearest trials' r, above that of all trials, is left", left >= aim
        ),
    )
    low, high = float(values["r_again"].min()), float(values["r_again"].max())
    return Evidence(parts, ours, low, high, base, compared=Null(p))


def _more_often(share: pd.Series, base: pd.Series, number: pd.Series) -> float:
    """p that shares exceed their bases by chance: the normal tail of Σ n (share − base).

    An image counts once, however often it was shown again. Below `SMALLEST`, a normal tail says no
    more than that p is small.
    """
    variance = float((number * base * (1 - base)).sum())
    if variance <= 0:
        return 1.0
    z = float((number * (share - base)).sum()) / math.sqrt(variance)
    return max(0.5 * math.erfc(z / math.sqrt(2)), SMALLEST)


EVIDENCE: dict[str, Callable[[str, Tables], Evidence]] = {
    "elbow": _elbow,
    "clusters_exist": _clusters_exist,
    "one_partition": _one_partition,
    "across_k": _across_k,
    "across_subjects": _across_subjects,
    "broccoli": _broccoli,
    "similar_stimuli": _similar_stimuli,
    "coactivation": _coactivation,
    "nearest": _nearest,
}
"""What looks a claim's numbers up; all others are themes."""


def _chosen(tables: Tables) -> int:
    """The k that the pooled elbow chose; 0 if it is not known."""
    choice = tables.get("elbow")
    return 0 if choice is None else int(choice["k"])


def _one(table: pd.DataFrame | None, **where: Any) -> pd.Series | None:
    """The row of a table in which columns have these values; None if there is none."""
    if table is None:
        return None
    rows = table
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return rows.iloc[0] if len(rows) else None


def _observed(table: pd.DataFrame | None, k: int, statistic: str) -> float:
    row = _one(table, k=k, statistic=statistic)
    return math.nan if row is None else _value(row, "observed")


def _value(row: pd.Series, column: str) -> float:
    """A number of a row; nan where it is null."""
    value = row[column]
    return math.nan if pd.isna(value) else float(value)


def _null(row: pd.Series) -> Null:
    """How a row compares with the continuum."""
    low, high = _value(row, "low"), _value(row, "high")
    above = _value(row, "observed") - high
    excess = above / (high - low) if high > low else math.copysign(math.inf, above)
    return Null(_value(row, "p"), _value(row, "index"), int(row["surrogates"]), excess)


def _beside(row: pd.Series, parts: tuple[Part, ...]) -> Evidence:
    """A row's observed value beside the band of its surrogates."""
    return Evidence(
        parts,
        _value(row, "observed"),
        null=_value(row, "continuum"),
        null_low=_value(row, "low"),
        null_high=_value(row, "high"),
        compared=_null(row),
    )


def _reaching(name: str, value: float, aim: float) -> Part:
    """A part that is met from `aim` on."""
    if math.isnan(value):
        return Part(name, None)
    return Part(f"{name} is {two_decimals(value)} (asked for: {aim:g})", value >= aim)
