"""Tabulate both definitions of R² over k and choose k at the elbow."""

from typing import Any

import pandas as pd
from response_clusters.elbow import choose_k, gains
from response_clusters.job import job
from response_clusters.records import read_fit, write_record
from response_clusters.tables import write_table

STATISTICS = ("r2_between", "r2_explained")


def elbow_table(fits: list[dict[str, Any]]) -> pd.DataFrame:
    """The objective, both R² and their gains, a row for each k in ascending order."""
    ordered = sorted(fits, key=lambda fit: fit["k"])
    table = pd.DataFrame(ordered)[["k", "objective"]]
    for statistic in STATISTICS:
        values = [fit[statistic] for fit in ordered]
        table[statistic] = values
        table[f"{statistic}_gain"] = pd.Series(gains(values), dtype="float64")
    return table


if __name__ == "__main__":
    with job() as rule:
        params, output = rule.params, rule.output
        fits = [read_fit(path) for path in rule.input.fits]
        table = elbow_table(fits)
        values = table["k"].tolist()
        elbows = {
            statistic: choose_k(values, table[statistic].tolist(), params["gain"])
            for statistic in STATISTICS
        }
        decisive = elbows[params["statistic"]]
        summary = {
            "k": decisive.k,
            "statistic": params["statistic"],
            "threshold": params["gain"],
            "reached": decisive.reached,
            "rule": decisive.rule,
            "choices": {statistic: elbow.k for statistic, elbow in elbows.items()},
            "note": params["note"],
        }
        rule.log.info("%s", decisive.rule)
        write_table(table, output.table, "elbow")
        write_record(summary, output.summary, "elbow")
