"""What the scripts share that measure claims on the data and on surrogates."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.digits import rounded
from response_clusters.names import POOLED
from response_clusters.records import read_record
from response_clusters.statistics.datasets import OBSERVED, DataSets
from response_clusters.statistics.fitting import Settings
from response_clusters.statistics.measures import DataSet, Value
from response_clusters.statistics.trials import trials_of
from response_clusters.study.job import Job
from response_clusters.tables import read_table, region_columns, write_table

TRIALS = "trials"
"""The level of single trials."""


@dataclass(frozen=True)
class Study:
    """What every job reads that measures claims.

    Attributes
    ----------
    sets : DataSets
    regions : list of str
        The names of the regions that all subjects have.
    chosen : dict of int
        The k that each cohort chose; the pooled one comes last.
    settings : Settings
    """

    sets: DataSets
    regions: list[str]
    chosen: dict[str, int]
    settings: Settings

    @property
    def k(self) -> int:
        """The k that the pooled cohort chose."""
        return self.chosen[POOLED]


def read_study(rule: Job) -> Study:
    """The responses of all subjects, the k chosen, and how claims are fitted."""
    params, subjects = rule.params, rule.params["subjects"]
    tables = {
        subject: read_table(path, "responses")
        for subject, path in zip(subjects, rule.input.responses, strict=True)
    }
    regions = {subject: region_columns(table, "responses") for subject, table in tables.items()}
    elbows = zip([*subjects, POOLED], rule.input.elbows, strict=True)
    chosen = {cohort: int(read_record(path, "elbow")["k"]) for cohort, path in elbows}
    sets = DataSets.of(trials_of(tables, regions), chosen[POOLED], params["seed"])
    names = list(dict.fromkeys(chain(*regions.values())))
    common = [names[number] for number in sets.cohorts.common]
    return Study(sets, common, chosen, settings_of(params))


def settings_of(params: Mapping[str, Any]) -> Settings:
    """How claims are fitted, from a rule's params."""
    return Settings(
        seed=params["seed"],
        replicates=params["replicates"],
        max_iterations=params["max_iterations"],
        statistic=params["statistic"],
        gain=params["gain"],
        k_max=params["max"],
    )


def data_sets(rule: Job, sets: DataSets) -> Iterator[tuple[int, DataSet]]:
    """Each draw that a job measures, with its rows; none where there is no such model.

    The wildcard ``draws``, such as ``000-012``, says which. Of the data themselves there is one
    data set, whatever the number of the draw: draws are then splits or bootstraps of it.
    """
    model = rule.wildcards.model
    first, last = map(int, rule.wildcards.draws.split("-"))
    for draw in range(first, last + 1):
        number = 0 if model == OBSERVED else draw
        if (rows := sets.rows(model, number)) is not None:
            yield draw, DataSet(rows, sets.cohorts, model, number)
            rule.log.info("%s %d of %d to %d: measured", model, draw, first, last)


def write_draws(rule: Job, found: Mapping[tuple[str, int], Iterable[Value]]) -> None:
    """Write what was measured, by level and draw, as the table of draws."""
    model = rule.wildcards.model
    rows = [
        # Further digits are rounding, which may differ between processors.
        (model, draw, level, v.cohort, v.k, v.statistic, rounded(v.value))
        for (level, draw), values in found.items()
        for v in values
    ]
    columns = ["model", "draw", "level", "cohort", "k", "statistic", "value"]
    write_table(pd.DataFrame(rows, columns=columns), rule.output.statistics, "draws")


def prototypes_table(
    model: str, drawn: Mapping[int, npt.NDArray[np.float64]], regions: list[str]
) -> pd.DataFrame:
    """The prototypes of each draw, a row per cluster and region.

    Parameters
    ----------
    model : str
    drawn : mapping of ndarray of shape (k, p), float64
        By draw.
    regions : list of str
        The p regions.
    """
    blocks = [
        pd.DataFrame(
            {
                "model": model,
                "draw": draw,
                "k": len(prototypes),
                "cluster": np.repeat(np.arange(1, len(prototypes) + 1), len(regions)),
                "region": regions * len(prototypes),
                "prototype": prototypes.ravel(),
            }
        )
        for draw, prototypes in drawn.items()
    ]
    columns = ["model", "draw", "k", "cluster", "region", "prototype"]
    return pd.concat(blocks) if blocks else pd.DataFrame(columns=columns)
