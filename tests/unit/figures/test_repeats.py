"""The figure of agreement: legible for one subject and for many, with and without each value."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from response_clusters.figures import style
from response_clusters.figures.repeats import kappa_matrix, repeats_figure
from response_clusters.tables import validated

from tests.unit.figures.test_figures import NOTE, beyond_edge, drawn_texts, overlapping, text_boxes

STATISTICS = ["kappa", "mutual_information", "agreement"]
LONG = "a_participant_whose_name_is_too_long_for_any_figure"


def repeats_of(subjects: list[str], k: int = 6) -> pd.DataFrame:
    rng = np.random.default_rng(len(subjects))
    rows = [(c, k, s, 1200) for c in [*subjects, "pooled"] for s in STATISTICS]
    table = pd.DataFrame(rows, columns=["cohort", "k", "statistic", "pairs"])
    observed = rng.uniform(0.1, 0.4, len(table))
    table = table.assign(observed=observed, low=observed - 0.02, high=observed + 0.03)
    table = table.assign(permuted=0.001, p=0.001, continuum=0.15, groups=0.5, index=0.42)
    return validated(table, "repeats", "repeats")


def shared_of(subjects: list[str]) -> pd.DataFrame:
    rng = np.random.default_rng(len(subjects))
    pairs = [("all", "all"), *combinations(subjects, 2)]
    table = pd.DataFrame(pairs, columns=["subject_a", "subject_b"]).assign(images=907)
    table["kappa"] = rng.uniform(-0.02, 0.3, len(table))
    table = table.assign(low=-0.1, high=0.35, permuted=0.0, p=0.001)
    return validated(table, "shared", "shared")


def without(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    return table.assign(**{column: None for column in columns})


def names(n: int) -> list[str]:
    return [f"subj{i:02d}" for i in range(1, n + 1)]


NULLS = ("observed", "low", "high", "permuted", "p", "continuum", "groups", "index")
DRAWN: dict[str, Figure] = {
    "8 subjects": repeats_figure(repeats_of(names(8)), shared_of(names(8)), NOTE),
    "1 subject": repeats_figure(repeats_of(names(1), 2), None, NOTE),
    "2 subjects": repeats_figure(repeats_of(names(2), 12), shared_of(names(2)), NOTE),
    "30 subjects": repeats_figure(repeats_of(names(30)), shared_of(names(30)), NOTE),
    "long names": repeats_figure(
        repeats_of([f"{LONG}{n}" for n in range(4)]),
        shared_of([f"{LONG}{n}" for n in range(4)]),
        NOTE,
    ),
    "no repeats": repeats_figure(
        without(repeats_of(names(3)), *NULLS),
        without(shared_of(names(3)), "kappa", "low", "high", "permuted", "p"),
        NOTE,
    ),
    "no groups": repeats_figure(
        without(repeats_of(names(3)), "groups", "index"), shared_of(names(3)), NOTE
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_drawn_legibly(name: str) -> None:
    figure = DRAWN[name]
    boxes = text_boxes(figure)
    assert figure.get_figwidth() * 25.4 <= 180.01
    assert min(text.get_fontsize() for text in drawn_texts(figure)) >= 5
    assert {"Pooled", NOTE} <= {text for text, _ in boxes}
    assert beyond_edge(figure, boxes) == []
    assert overlapping(boxes) == []


def texts(name: str) -> list[str]:
    return [text.get_text() for text in drawn_texts(DRAWN[name])]


def test_every_cohort_has_its_numbers() -> None:
    repeats = repeats_of(names(8))
    kappa = repeats.loc[repeats["statistic"] == "kappa", "observed"]
    written = texts("8 subjects")
    assert {style.number(value, 2) for value in kappa} <= set(written)
    assert written.count("0.42") == 9


def test_missing_values_are_dashes_and_have_no_mark_in_the_legend() -> None:
    assert "Distinct groups" in texts("8 subjects")
    assert "Distinct groups" not in texts("no groups")
    assert texts("no groups").count("–") == 4
    assert any(text.startswith("No image is known") for text in texts("no repeats"))


def test_cells_are_the_pairs_of_subjects() -> None:
    table = shared_of(names(4))
    subjects, matrix = kappa_matrix(table)
    assert subjects == names(4)
    keyed = table.set_index(["subject_a", "subject_b"])["kappa"]
    for (row, b), (column, a) in (
        (later, earlier)
        for later in enumerate(names(4)[1:])
        for earlier in enumerate(names(4)[:-1])
    ):
        if column <= row:
            assert matrix[row, column] == keyed[a, b]
        else:
            assert np.isnan(matrix[row, column])
    (mesh,) = (
        part
        for axes in repeats_figure(repeats_of(names(4)), table).axes
        for part in axes.collections
        if isinstance(part, QuadMesh)
    )
    drawn = np.ma.filled(mesh.get_array(), np.nan)
    np.testing.assert_array_equal(drawn.reshape(matrix.shape), matrix)


def test_same_bytes_every_time(tmp_path: Path) -> None:
    for run in "ab":
        figure = repeats_figure(repeats_of(names(2)), shared_of(names(2)), NOTE)
        style.save(figure, tmp_path / f"{run}.svg", tmp_path / f"{run}.png")
    for kind in ("svg", "png"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
