"""Tables of claims from what was measured: small tables of draws, worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from response_clusters.responses.rows import unit_rows
from response_clusters.statistics.geometry import principal_axes
from response_clusters.statistics.summaries import (
    axes_table,
    chosen_table,
    comparisons,
    curve_table,
    geometry_table,
    ladder_table,
    nulls_table,
    stability_table,
)
from response_clusters.tables import validated

COLUMNS = ["model", "draw", "level", "cohort", "k", "statistic", "value"]


def draws(*blocks: tuple[str, str, int, str, list[float]], level: str = "trials") -> pd.DataFrame:
    """A table of draws: model, cohort, k, statistic and the values of draws 0, 1, …"""
    rows = [
        (model, draw, level, cohort, k, statistic, value)
        for model, cohort, k, statistic, values in blocks
        for draw, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


R2 = draws(
    ("observed", "pooled", 3, "r2_explained", [0.6]),
    ("continuum", "pooled", 3, "r2_explained", [0.4, 0.5, 0.45, 0.45]),
    ("groups", "pooled", 3, "r2_explained", [0.8, 0.9]),
)


def test_a_comparison_by_hand() -> None:
    (row,) = comparisons(R2).to_dict("records")
    assert row["observed"] == 0.6
    assert row["continuum"] == pytest.approx(0.45)
    assert row["p"] == pytest.approx(1 / 5)
    assert row["groups"] == pytest.approx(0.85)
    assert row["index"] == pytest.approx(0.15 / 0.4)
    assert row["surrogates"] == 4
    assert (row["low"], row["high"]) == pytest.approx(
        tuple(np.quantile([0.4, 0.5, 0.45, 0.45], [0.025, 0.975]))
    )


def test_where_groups_make_a_statistic_smaller_p_counts_what_is_as_small() -> None:
    (row,) = comparisons(R2.assign(statistic="r2_ratio")).to_dict("records")
    assert row["p"] == 1.0
    less = R2.assign(statistic="r2_ratio", value=-R2["value"])
    assert comparisons(less)["p"].iloc[0] == pytest.approx(1 / 5)


def test_no_index_where_the_models_are_the_same_to_a_statistic() -> None:
    near = R2.assign(value=R2["value"].mask(R2["model"] == "groups", 0.46))
    assert np.isnan(comparisons(near)["index"].iloc[0])
    assert comparisons(near)["p"].iloc[0] == pytest.approx(1 / 5)


def test_without_groups_there_is_no_index() -> None:
    (row,) = comparisons(R2[R2["model"] != "groups"]).to_dict("records")
    assert np.isnan(row["index"])
    assert np.isnan(row["groups"])


def test_several_measurements_of_the_data_are_averaged_and_missing_ones_left_out() -> None:
    several = pd.concat([R2, draws(("observed", "pooled", 3, "r2_explained", [0.8, np.nan]))])
    assert comparisons(several)["observed"].iloc[0] == pytest.approx(0.7)
    nothing = R2.assign(value=np.nan)
    assert comparisons(nothing)[["observed", "continuum", "p", "index"]].isna().all(axis=None)
    assert comparisons(nothing)["surrogates"].iloc[0] == 0


def test_nulls_are_those_of_the_chosen_k_and_the_choice_has_no_p() -> None:
    table = nulls_table(
        pd.concat(
            [
                R2,
                draws(
                    ("observed", "pooled", 2, "r2_explained", [0.3]),
                    ("observed", "pooled", 1, "rows", [100]),
                    ("observed", "pooled", 3, "chosen_k", [3]),
                    ("continuum", "pooled", 3, "chosen_k", [3, 4]),
                    ("groups", "pooled", 3, "chosen_k", [3, 3]),
                    ("observed", "subj01", 4, "r2_explained", [0.5]),
                    ("observed", "subj01", 3, "r2_explained", [0.45]),
                ),
            ],
            ignore_index=True,
        ),
        {"pooled": 3, "subj01": 4},
    )
    keys = list(zip(table["cohort"], table["k"], table["statistic"], strict=True))
    assert keys == [
        ("pooled", 3, "r2_explained"),
        ("pooled", 3, "chosen_k"),
        ("subj01", 4, "r2_explained"),
    ]
    choice = table[table["statistic"] == "chosen_k"].iloc[0]
    assert choice["continuum"] == 3.5
    assert np.isnan(choice["p"])
    assert np.isnan(choice["index"])
    validated(table, "nulls", "nulls.tsv")


def test_the_curve_has_the_bands_of_both_models() -> None:
    table = curve_table(R2)
    assert table["groups_low"].iloc[0] == pytest.approx(np.quantile([0.8, 0.9], 0.025))
    assert table["groups_high"].iloc[0] == pytest.approx(np.quantile([0.8, 0.9], 0.975))
    validated(table, "curve", "curve.tsv")


def test_how_often_each_k_is_chosen() -> None:
    table = chosen_table(
        draws(
            ("observed", "pooled", 3, "chosen_k", [3]),
            ("continuum", "pooled", 3, "chosen_k", [4, 3, 4, 4]),
        ),
        draws(
            ("observed", "pooled", 3, "chosen_k", [3, 3]),
            ("continuum", "pooled", 3, "jaccard_mean", [0.5]),
        ),
    )
    rows = table.astype(object).values.tolist()
    assert rows == [
        ["bootstrap", "pooled", 3, 2, 1.0],
        ["continuum", "pooled", 3, 1, 0.25],
        ["continuum", "pooled", 4, 3, 0.75],
    ]
    validated(table, "chosen_k", "chosen_k.tsv")


def test_the_ladder_has_a_row_for_each_level_and_k() -> None:
    blocks = [
        draws(
            ("observed", "pooled", 1, "rows", [rows]),
            ("observed", "pooled", 2, "r2_explained", [0.3]),
            ("observed", "pooled", 11, "r2_explained", [0.9]),
            ("continuum", "pooled", 2, "r2_explained", [0.2, 0.3]),
            level=level,
        )
        for level, rows in (("trials", 100), ("images", 50))
    ]
    table = ladder_table(pd.concat(blocks, ignore_index=True))
    assert table[["level", "rows", "k"]].values.tolist() == [["trials", 100, 2], ["images", 50, 2]]
    validated(table, "ladder", "ladder.tsv")


def test_a_clusters_own_jaccard_stands_alone() -> None:
    table = stability_table(
        draws(
            ("observed", "pooled", 2, "jaccard_1", [0.8, 0.9]),
            ("continuum", "pooled", 2, "jaccard_1", [0.5]),
            ("observed", "pooled", 2, "jaccard_mean", [0.8, 0.9]),
            ("continuum", "pooled", 2, "jaccard_mean", [0.5]),
            ("observed", "pooled", 2, "chosen_k", [2, 3]),
        )
    )
    assert table["statistic"].tolist() == ["jaccard_1", "jaccard_mean"]
    assert table["observed"].tolist() == pytest.approx([0.85, 0.85])
    assert table["continuum"].isna().tolist() == [True, False]
    assert table["surrogates"].tolist() == [0, 1]
    validated(table, "stability", "stability.tsv")


@pytest.mark.parametrize(("k", "regions"), [(3, 6), (1, 4), (2, 2)])
def test_geometry_is_a_valid_table_whatever_the_sizes(k: int, regions: int) -> None:
    rng = np.random.default_rng(0)
    names = [f"region {i}" for i in range(regions)]
    units = unit_rows(rng.standard_normal((50, regions)))
    axes = principal_axes(units, min(5, regions - 1))
    prototypes = unit_rows(rng.standard_normal((k, regions)))
    frame = pd.DataFrame(prototypes, columns=names, index=pd.Index(range(1, k + 1), name="cluster"))
    drawn = pd.DataFrame(
        [
            (model, draw, k, cluster, name, value)
            for model in ("observed", "continuum")
            for draw in range(3)
            for cluster in range(1, k + 1)
            for name, value in zip(names[::-1], rng.standard_normal(regions), strict=True)
        ],
        columns=["model", "draw", "k", "cluster", "region", "prototype"],
    )
    table = geometry_table(frame, drawn, axes)
    validated(table, "prototypes", "prototypes.tsv")
    assert (table["r_low"] <= table["r"]).all()
    assert (table["r"] <= table["r_high"]).all()
    none = geometry_table(frame, drawn[drawn["model"] == "groups"], axes)
    assert none[["r", "r_low", "r_high", "r_surrogates"]].isna().all(axis=None)
    shown = axes_table(units[:5], np.ones(5, int), prototypes, axes)
    validated(shown, "axes", "axes.parquet")
    np.testing.assert_allclose(shown["axis_1"].iloc[5:], prototypes @ axes[:, 0], atol=1e-12)
