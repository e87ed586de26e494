"""The data sets that claims are measured on: the data themselves, and surrogates of both models."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from response_clusters.names import POOLED
from response_clusters.statistics.covariances import group_means
from response_clusters.statistics.seeds import draw_generator
from response_clusters.statistics.surrogates import (
    Groups,
    StudyModel,
    draw_continuum,
    draw_groups,
    groups_model,
    study_model,
)
from response_clusters.statistics.trials import Trials

Rows = npt.NDArray[np.float32]
Floating = TypeVar("Floating", bound=np.floating[Any])
Whole = npt.NDArray[np.int64]
OBSERVED, CONTINUUM, GROUPS = MODELS = ("observed", "continuum", "groups")
"""The data, and the two models that surrogates are drawn from."""
LADDER = range(2, 11)
"""The k at which models are compared beside the chosen one."""


@dataclass(frozen=True)
class Cohorts:
    """The trials of all subjects, and how they are pooled.

    Attributes
    ----------
    trials : dict of Trials
        By subject.
    common : ndarray of shape (p,), int64
        The regions that all subjects have, in the first one's order.
    """

    trials: dict[str, Trials]
    common: Whole

    @classmethod
    def of(cls, trials: Mapping[str, Trials]) -> "Cohorts":
        """The cohorts of these subjects."""
        first, *others = trials.values()
        common = first.regions
        for other in others:
            common = common[np.isin(common, other.regions)]
        return cls(dict(trials), common)

    def pooled(self, rows: Mapping[str, Rows], without: str = "") -> Rows:
        """All subjects' rows over the common regions, one subject after another.

        Parameters
        ----------
        rows : mapping of ndarray of shape (n, regions of the subject), float32
            By subject, in the order of `trials`.
        without : str
            A subject to leave out.

        Returns
        -------
        ndarray of shape (all n, p), float32
        """
        return np.concatenate(
            [self.over_common(name, own) for name, own in rows.items() if name != without]
        )

    def over_common(self, subject: str, rows: npt.NDArray[Floating]) -> npt.NDArray[Floating]:
        """A subject's rows over the common regions, in their order."""
        places = {region: i for i, region in enumerate(self.trials[subject].regions.tolist())}
        return rows[:, [places[region] for region in self.common.tolist()]]

    @cached_property
    def subjects(self) -> Whole:
        """Which subject each pooled row is of, by its number."""
        sizes = [len(own.images) for own in self.trials.values()]
        return np.repeat(np.arange(len(sizes)), sizes)

    @cached_property
    def images(self) -> Whole:
        """Which image each pooled row is of."""
        return np.concatenate([own.images for own in self.trials.values()])


@dataclass(frozen=True)
class DataSets:
    """A study's rows, and as many surrogates of them as are asked for.

    Attributes
    ----------
    cohorts : Cohorts
    model : StudyModel
        Of the rows minus the mean row of their session.
    groups : Groups or None
        None where there is no such model.
    means : dict of ndarray of shape (n, p), float64
        The mean row of each row's session, by subject: surrogates get it back. z-scored responses
        have none but rounding.
    seed : int
        The study's.
    name : str
        Tells the surrogates of this level of averaging from those of others.
    """

    cohorts: Cohorts
    model: StudyModel
    groups: Groups | None
    means: dict[str, npt.NDArray[np.float64]]
    seed: int
    name: str = ""

    @classmethod
    def of(cls, trials: Mapping[str, Trials], k: int, seed: int) -> "DataSets":
        """The data sets of a study's trials; models of groups have k of them."""
        means = {name: session_means(own) for name, own in trials.items()}
        model = study_model(centred(trials, means))
        return cls(Cohorts.of(trials), model, groups_model(model, k), means, seed)

    def rows(self, model: str, draw: int) -> dict[str, Rows] | None:
        """The rows of one data set, by subject.

        Parameters
        ----------
        model : str
            One of `MODELS`.
        draw : int
            The number of the surrogate; all of the data's are the same.

        Returns
        -------
        dict of ndarray of shape (n, p), float32, or None
            None if there is no such model.
        """
        if model == OBSERVED:
            observed = self.cohorts.trials.items()
            return {name: np.asarray(own.responses, dtype=np.float32) for name, own in observed}
        rng = draw_generator(self.seed, f"{model} {self.name}".rstrip(), POOLED, draw)
        if model == CONTINUUM:
            drawn = draw_continuum(self.model, rng)
        elif self.groups:
            drawn = draw_groups(self.model, self.groups, rng)
        else:
            return None
        return {name: (x + self.means[name]).astype(np.float32) for name, x in drawn.items()}


def session_means(trials: Trials) -> npt.NDArray[np.float64]:
    """The mean row of each row's session, of shape (n, p)."""
    there, means = group_means(trials.responses, trials.sessions)
    return means[np.searchsorted(there, trials.sessions)]


def centred(
    trials: Mapping[str, Trials], means: Mapping[str, npt.NDArray[Any]]
) -> dict[str, Trials]:
    """The trials with these means taken away."""
    return {
        name: replace(own, responses=own.responses - means[name]) for name, own in trials.items()
    }
