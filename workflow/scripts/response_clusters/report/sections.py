"""What the page's sections on consistency and on claims show, as its template wants it."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from markupsafe import Markup
from response_clusters.figures import style
from response_clusters.names import POOLED
from response_clusters.report.strips import strip
from response_clusters.statistics.abstract import bare, statements, told
from response_clusters.statistics.verdicts import WORDS

MATCHED = "matched_r_median"
"""The statistic of the null models that the consistency across subjects is compared with."""
Rows = list[dict[str, Any]]


def agreement_rows(agreement: dict[int, npt.NDArray[np.float64]]) -> Rows:
    """Subjects' matched r at every k, for the chart and the table of consistency.

    Parameters
    ----------
    agreement : dict of ndarray
        By k, the r of all matched pairs.
    """
    rows = []
    for k, r in sorted(agreement.items()):
        low, median, high = (float(np.quantile(r, q)) for q in (0.25, 0.5, 0.75))
        above = style.percent(float((r > 0.8).mean()))
        rows.append(
            {
                **{"k": k, "pairs": len(r), "median": median, "low": low, "high": high},
                **{"least": float(r.min()), "most": float(r.max()), "above": above},
                "median_told": style.correlation(median),
                "least_told": style.correlation(float(r.min())),
                "tip": f"k = {k}: median r {style.correlation(median)}, {above} above .8",
            }
        )
    return rows


def null_rows(nulls: pd.DataFrame | None) -> Rows:
    """What responses without clusters give for the median of matched r, at the chosen k.

    Parameters
    ----------
    nulls : DataFrame or None
        The nulls table, where the claims were computed.
    """
    if nulls is None:
        return []
    found = nulls[(nulls["cohort"] == POOLED) & (nulls["statistic"] == MATCHED)]
    found = found.dropna(subset=["continuum", "low", "high"])
    rows = []
    for k, continuum, low, high in found[["k", "continuum", "low", "high"]].itertuples(index=False):
        middle, least, most = (style.correlation(r) for r in (continuum, low, high))
        tip = f"{middle}, interval {least} to {most}"
        rows.append({"k": int(k), "low": low, "high": high, "tip": tip})
    return rows


def claim_rows(claims: pd.DataFrame, drawn: set[str]) -> Rows:
    """Every claim: a sentence, a number, a figure and a verdict.

    Parameters
    ----------
    claims : DataFrame
        The claims table.
    drawn : set of str
        The tables whose figures the page has, by their names without suffix.
    """
    rows = []
    for row in claims.itertuples():
        claim = str(row.claim)
        ours = "" if pd.isna(row.ours) else told(claim, float(row.ours))
        null = "" if pd.isna(row.null) else bare(claim, float(row.null))
        stem = str(row.table).rpartition("/")[2].partition(".")[0]
        chance = statements()[claim]["against"] == "chance"
        rows.append(
            {
                **{"statement": row.statement, "reason": row.reason, "verdict": row.verdict},
                **{"paper": "" if pd.isna(row.paper) else row.paper, "word": WORDS[row.verdict]},
                **{"ours": ours, "null": null, "against": "chance" if chance else "no clusters"},
                **{"strip": Markup(strip(row)), "figure": stem if stem in drawn else ""},
            }
        )
    return rows
