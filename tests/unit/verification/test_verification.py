"""What verification computes anew equals what the study computed, and a difference is told."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from response_clusters.clustering.elbow import r2_between, r2_explained
from response_clusters.clustering.fit import assignment_table, centroid_table, fit, fit_record
from response_clusters.verification.fits import Fit, fit_faults, numbers, unit
from response_clusters.verification.schemas import schema_of
from response_clusters.verification.telling import differing

SETTINGS = {"replicates": 3, "swaps": 0, "max_iterations": 100, "seed": 0, "note": ""}
REGIONS = ["a", "b", "c", "d", "e"]


def made(k: int, offset: float = 0.0, max_iterations: int = 100, scale: float = 1.0) -> Fit:
    """A fit as the study makes it: of rows with a common pattern if there is an offset."""
    rng = np.random.default_rng(k)
    X = scale * (rng.standard_normal((60, 5)) + offset * np.arange(5)).astype(np.float32)
    rows = pd.DataFrame({"subject": "s", "trial": range(1, 61), "image": range(60)})
    settings = SETTINGS | {"max_iterations": max_iterations}
    clustering, clusters = fit(X, k, settings, [0, 1, k])
    return Fit(
        Path("fit"),
        rows.join(pd.DataFrame(X, columns=REGIONS)),
        REGIONS,
        assignment_table(rows, X, clusters, clustering.prototypes),
        centroid_table(X, clusters, clustering.prototypes, REGIONS),
        fit_record(X, clustering, clusters, settings),
    )


@pytest.mark.parametrize("k", [1, 2, 7])
@pytest.mark.parametrize("offset", [0.0, 1.0])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_a_fit_as_it_was_made_has_no_faults(k: int, offset: float, scale: float) -> None:
    assert list(fit_faults(made(k, offset, scale=scale), k, {"seed": 0, "note": ""})) == []


def test_a_fit_that_was_stopped_has_none_either() -> None:
    stopped = made(7, max_iterations=1)
    assert not stopped.record["converged"]
    assert list(fit_faults(stopped, 7, {})) == []


def test_both_r2_are_those_of_the_study() -> None:
    held = made(4, 1.0)
    X, labels = held.responses[REGIONS].to_numpy(float), held.assignments["cluster"] - 1
    prototypes = held.centroids["prototype"].to_numpy().reshape(4, -1)
    own = (unit(X) * prototypes[labels]).sum(axis=1)
    found = numbers(X, labels.to_numpy(), own)
    assert found["r2_between"] == pytest.approx(r2_between(X, labels).r2)
    assert found["r2_explained"] == pytest.approx(r2_explained(X, found["objective"]), abs=1e-7)


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("pooled/regions.tsv", ("tables", "pooled_regions")),
        ("subj01/regions.tsv", ("tables", "regions")),
        ("subj01/regional_means.parquet", ("tables", "regional_means")),
        ("subj01/betas/session01.parquet", ("tables", "regional_means")),
        ("subj01/betas/session01.voxels.tsv", ("tables", "voxels")),
        ("pooled/kbest/fit.json", ("records", "fit")),
        ("consistency_subjects/kbest.json", ("records", "consistency_subjects")),
        ("pooled/kbest/mosaic.png", None),
        ("made/fit_kmeans/pooled/k03.json", None),
    ],
)
def test_a_results_schema_is_known_by_its_path(name: str, schema: tuple[str, str] | None) -> None:
    assert schema_of(name) == schema


TABLE = pd.DataFrame({"k": [1, 2, 3], "r": [np.nan, 0.5, 0.25], "image": ["a", None, "c"]})


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (TABLE.copy(), None),
        (TABLE.assign(r=[np.nan, 0.5 + 1e-12, 0.25]), None),
        (TABLE.assign(r=[np.nan, 0.5 + 1e-6, 0.25]), "r is 0.500001 in row 2; expected 0.5"),
        (TABLE.assign(r=[0.0, 0.5, 0.25]), "r is 0.0 in row 1; expected nothing"),
        (TABLE.assign(image=["a", "b", "c"]), "image is b in row 2; expected nothing"),
        (TABLE.assign(k=[1, 2, 4]), "k is 4 in row 3; expected 3, as its source gives it"),
        (TABLE[:2], "it has 2 rows; expected 3"),
        (TABLE.drop(columns="r"), "it differs in the columns ['r']"),
        (TABLE[["r", "k", "image"]], "it differs in the columns ['r', 'k', 'image']"),
    ],
)
def test_the_first_difference_is_told(found: pd.DataFrame, says: str | None) -> None:
    sentences = list(differing(Path("x.tsv"), found, TABLE, "its source"))
    assert [says in sentence for sentence in sentences if says] == ([True] if says else [])
    assert bool(sentences) == bool(says)
