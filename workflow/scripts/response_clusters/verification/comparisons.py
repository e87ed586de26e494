"""Matches and correlations of prototypes, made anew from the fits' centroids."""

from collections.abc import Iterator

import pandas as pd
from response_clusters.comparison.consistency import across_k, across_subjects
from response_clusters.comparison.matching import identity_table, prototype_matrix
from response_clusters.digits import rounded
from response_clusters.tables import validated
from response_clusters.verification.schemas import Results
from response_clusters.verification.telling import RELATIVE, differing, told


def _prototypes(results: Results, cohort: str, fit: str) -> pd.DataFrame:
    return prototype_matrix(results.table(f"{cohort}/{fit}/centroids.tsv"))


def identity_faults(
    results: Results, cohort: str, ks: list[int], pooled: tuple[str, str]
) -> Iterator[str]:
    """What in a cohort's matches contradicts its centroids, or those of the `pooled` chosen fit."""
    fits = {k: _prototypes(results, cohort, f"k{k:02d}") for k in ks}
    name = f"{cohort}/identity.tsv"
    table = identity_table(fits, _prototypes(results, *pooled))
    expected = validated(table, "identity", name)
    yield from differing(results.out / name, results.table(name), expected, "the fits' centroids")


def consistency_k_faults(results: Results, cohort: str, ks: list[int]) -> Iterator[str]:
    """What in a cohort's correlations between values of k contradicts its centroids."""
    fits = {k: _prototypes(results, cohort, f"k{k:02d}").to_numpy() for k in ks}
    name = f"{cohort}/consistency_k.tsv"
    expected = validated(across_k(fits), "consistency_k", name)
    yield from differing(results.out / name, results.table(name), expected, "the fits' centroids")


def consistency_subjects_faults(
    results: Results, subjects: list[str], k: int, note: str
) -> Iterator[str]:
    """What in the correlations between subjects contradicts their centroids."""
    name = f"consistency_subjects/k{k:02d}"
    table, agreement = across_subjects(
        {subject: _prototypes(results, subject, f"k{k:02d}") for subject in subjects}
    )
    expected = validated(table, "consistency_subjects", name)
    path, source = results.out / f"{name}.tsv", "the subjects' centroids"
    yield from differing(path, results.table(f"{name}.tsv"), expected, source)
    path, found = results.out / f"{name}.json", results.record(f"{name}.json")
    for field, value in {"k": k, **agreement, "note": note}.items():
        if not _same(found[field], value):
            yield told(path, f"{field} is {found[field]!r}", f"{value!r}, as {source} give it")


def _same(a: object, b: object) -> bool:
    """Whether two parts of a record are alike, fractions to the digits that records have."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - rounded(b)) <= RELATIVE
    return a == b
