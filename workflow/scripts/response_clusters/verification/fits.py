"""A fit held against the responses: computed anew in numpy, without any code that made it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.verification.telling import differing, told

CLOSE = 1e-6
"""How far a prototype, a mean response or a trial's r may lie from the one computed here.

The study rounds unit rows to multiples of 2⁻²⁴ and keeps correlations in float32; here, nothing is
rounded. In the study of the tests they differ by 1.5 · 10⁻⁷ at most."""
NUMBER_CLOSE = 1e-7
"""The same for the numbers of a fit, in which such roundings cancel: 10⁻⁹ there."""
DIRECTIONLESS = 1e-6
"""A grand centroid shorter than this share of the mean row has no direction."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """A fit's record and tables, and the responses that it clusters."""

    folder: Path
    responses: pd.DataFrame
    regions: list[str]
    assignments: pd.DataFrame
    centroids: pd.DataFrame
    record: dict[str, Any]

    @property
    def k(self) -> int:
        """The number of clusters that the fit's record claims."""
        return int(self.record["k"])


def fit_faults(fit: Fit, k: int, expected: dict[str, Any]) -> Iterator[str]:
    """What in a fit contradicts the responses, or another part of the fit.

    Parameters
    ----------
    k : int
        What the fit's folder is called by.
    expected : dict
        Fields of the record that the configuration determines.
    """
    path = fit.folder / "fit.json"
    shape = {"k": k, "trials": len(fit.responses), "regions": len(fit.regions)}
    wrong = [*_unequal(path, fit.record, shape | expected), *_not_of_these_rows(fit)]
    yield from wrong
    if wrong:  # all else would be measured on other rows, or for other clusters
        return
    labels = fit.assignments["cluster"].to_numpy(np.int64) - 1
    yield from _order_faults(fit, labels)
    X = fit.responses[fit.regions].to_numpy(np.float64)
    prototypes = fit.centroids["prototype"].to_numpy(np.float64).reshape(k, -1)
    yield from _centroid_faults(fit, X, labels, prototypes)
    r = unit(X) @ unit(prototypes).T
    yield from _assignment_faults(fit, r, labels)
    own = r[np.arange(len(r)), labels]
    yield from _number_faults(path, fit.record, numbers(X, labels, own))


def unit(rows: Floats) -> Floats:
    """Rows centred and scaled to unit length; shape (n, p)."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    lengths: Floats = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    return centred / np.where(lengths > 0, lengths, 1.0)


def numbers(X: Floats, labels: npt.NDArray[np.int64], own: Floats) -> dict[str, float]:
    """The objective and both R² with their parts, from rows, clusters and r with the own prototype.

    Parameters
    ----------
    X : ndarray of shape (n, p)
        Raw rows.
    labels : ndarray of shape (n,)
        From 0, none of the clusters empty.
    own : ndarray of shape (n,)
        Each row's r with the prototype of its cluster.
    """
    n, k = len(X), int(labels.max()) + 1
    member = np.eye(k)[labels]
    means = (member.T @ X) / member.sum(axis=0)[:, None]
    grand = X.mean(axis=0)
    within = np.mean((1 - (unit(X) * unit(means)[labels]).sum(axis=1)) ** 2)
    centred = X - X.mean(axis=1, keepdims=True)
    length = np.linalg.norm(grand - grand.mean()) / np.linalg.norm(centred, axis=1).mean()
    between = 1.0
    if length >= DIRECTIONLESS:
        r = unit(means) @ unit(grand[None])[0]
        between = float((member.sum(axis=0) * (1 - r) ** 2).sum() / n)
    objective = float((1 - own).sum())
    alone = n - float(np.linalg.norm(unit(X).sum(axis=0)))
    return {
        "objective": objective,
        "within": float(within),
        "between": between,
        "grand_centroid": float(length),
        "r2_between": 0.0 if k == 1 else between / (between + float(within)),
        "r2_explained": 0.0 if k == 1 else 1 - objective / alone,
    }


def _unequal(path: Path, record: dict[str, Any], expected: dict[str, Any]) -> Iterator[str]:
    """Fields of a record that are not what they should be."""
    for field, value in expected.items():
        if record[field] != value:
            yield told(path, f"{field} is {record[field]!r}", f"{value!r}")


def _not_of_these_rows(fit: Fit) -> Iterator[str]:
    """Whether assignments and centroids are of the rows, regions and clusters that there are."""
    same = ["subject", "trial", "image"]
    yield from differing(
        fit.folder / "assignments.parquet",
        fit.assignments[same],
        fit.responses[same],
        "responses.parquet",
    )
    clusters = set(range(1, fit.k + 1))
    if set(fit.assignments["cluster"]) != clusters:
        found = sorted({int(cluster) for cluster in fit.assignments["cluster"]})
        path = fit.folder / "assignments.parquet"
        yield told(path, f"it has the clusters {found}", f"each from 1 to {fit.k}")
    rows = pd.DataFrame(
        {
            "cluster": np.repeat(np.arange(1, fit.k + 1), len(fit.regions)),
            "region": fit.regions * fit.k,
        }
    )
    yield from differing(
        fit.folder / "centroids.tsv",
        fit.centroids[["cluster", "region"]],
        rows,
        "responses.parquet",
    )


def _order_faults(fit: Fit, labels: npt.NDArray[np.int64]) -> Iterator[str]:
    """Whether clusters are as large as is said, and numbered by size, then by their first row."""
    sizes = np.bincount(labels, minlength=fit.k).tolist()
    if fit.record["sizes"] != sizes:
        path = fit.folder / "fit.json"
        yield told(path, f"sizes is {fit.record['sizes']}", f"{sizes}, as assignments.parquet has")
    first = [int((labels == cluster).argmax()) for cluster in range(fit.k)]
    order = sorted(range(fit.k), key=lambda cluster: (-sizes[cluster], first[cluster]))
    if order != list(range(fit.k)):
        path = fit.folder / "assignments.parquet"
        yield told(path, f"its clusters have the sizes {sizes}", "the largest first")


def _centroid_faults(
    fit: Fit, X: Floats, labels: npt.NDArray[np.int64], prototypes: Floats
) -> Iterator[str]:
    """Whether prototypes are their members' mean direction, and responses their mean."""
    path = fit.folder / "centroids.tsv"
    lengths = np.linalg.norm(prototypes, axis=1)
    if (np.abs(lengths - 1) > CLOSE).any():
        odd = int(np.abs(lengths - 1).argmax())
        yield told(path, f"the prototype of cluster {odd + 1} is {lengths[odd]:.9g} long", "1")
    member = np.eye(fit.k)[labels].T
    expected = pd.DataFrame({"response": ((member @ X) / member.sum(axis=1)[:, None]).ravel()})
    # A fit that was stopped has prototypes of its members before the last step.
    if fit.record["converged"]:
        sums = member @ unit(X)
        expected["prototype"] = (sums / np.linalg.norm(sums, axis=1, keepdims=True)).ravel()
    found = fit.centroids[list(expected.columns)]
    yield from differing(path, found, expected, "the mean of the cluster's members", CLOSE)


def _assignment_faults(fit: Fit, r: Floats, labels: npt.NDArray[np.int64]) -> Iterator[str]:
    """Whether each row is with the prototype nearest it, at the r that is said.

    Parameters
    ----------
    r : ndarray of shape (n, k)
        Each row's correlation with each prototype.
    """
    member = np.eye(fit.k, dtype=bool)[labels]
    own = r[member]
    rest = np.where(member, -np.inf, r)
    others = rest.max(axis=1) if fit.k > 1 else np.full(len(r), np.nan)
    path = fit.folder / "assignments.parquet"
    if (others > own + CLOSE).any():
        row = int((others - own).argmax())
        nearer = f"{int(rest[row].argmax()) + 1}, whose prototype is nearer"
        yield told(path, f"row {row + 1} is in cluster {labels[row] + 1}", nearer)
    expected = pd.DataFrame({"correlation": own, "runner_up": others})
    found = fit.assignments[["correlation", "runner_up"]]
    yield from differing(path, found, expected, "responses and centroids", CLOSE)


def _number_faults(path: Path, record: dict[str, Any], expected: dict[str, float]) -> Iterator[str]:
    """Whether a fit's numbers are those computed here."""
    scale = {"objective": record["trials"]}
    for field, value in expected.items():
        if abs(record[field] - value) > NUMBER_CLOSE * scale.get(field, 1):
            told_value = f"{value:.9g}, as responses and assignments give it"
            yield told(path, f"{field} is {record[field]}", told_value)
    directionless = expected["grand_centroid"] < DIRECTIONLESS
    # Within rounding of the limit, either is right.
    near = abs(expected["grand_centroid"] - DIRECTIONLESS) < DIRECTIONLESS / 10
    if record["grand_centroid_directionless"] != directionless and not near:
        yield told(path, f"grand_centroid_directionless is {not directionless}", f"{directionless}")
