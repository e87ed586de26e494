"""The table of enrichment against counting image by image."""

import numpy as np
import pandas as pd
import pytest
from response_clusters.statistics.enrichment import adjusted_p
from response_clusters.statistics.enrichment_table import (
    ALL,
    by_sample,
    enrichment_table,
    list_length,
)
from response_clusters.statistics.stability import image_bootstrap
from response_clusters.tables import validated
from scipy import stats

K, TOP, MIN_IMAGES = 3, 6, 8
NAMES = ["ant", "bee", "cow", "dodo"]


def study(seed: int = 0) -> dict[str, pd.DataFrame]:
    """120 trials of 30 images, some unknown or not annotated; other subjects know half of them."""
    rng = np.random.default_rng(seed)
    n = 120
    rows = pd.DataFrame(
        {
            "subject": np.repeat(["s1", "s2"], n // 2),
            "trial": np.tile(np.arange(1, n // 2 + 1), 2),
            "image": pd.array(rng.integers(0, 30, n), "Int32"),
        }
    )
    rows.loc[[3, 70], "image"] = pd.NA
    assignments = rows.assign(cluster=rng.integers(1, K + 1, n), correlation=rng.random(n))
    other = pd.array(rng.integers(1, K + 1, n), "Int16")
    apart = rows.assign(
        other_images=other,
        other_images_r=rng.random(n),
        other_subjects=pd.array([None] * n, "Int16"),
        other_subjects_r=np.nan,
    )
    apart.loc[rows["subject"] == "s1", ["other_images", "other_images_r"]] = None
    shows = [(i, c) for i in range(26) for c in range(3) if rng.random() < (0.6, 0.4, 0.15)[c]]
    labels = pd.DataFrame(
        {"image": [i for i, _ in shows], "category": [NAMES[c] for _, c in shows]}
    )
    categories = pd.DataFrame({"category": NAMES, "supercategory": ["insect"] * 2 + ["other"] * 2})
    annotated = pd.DataFrame({"image": np.arange(28)})
    return {
        "assignments": assignments,
        "apart": apart,
        "labels": labels,
        "categories": categories,
        "annotated": annotated,
    }


def table_of(tables: dict[str, pd.DataFrame], only_annotated: bool = False) -> pd.DataFrame:
    annotated = tables["annotated"]["image"]
    return enrichment_table(
        by_sample(tables["assignments"], tables["apart"]),
        K,
        tables["labels"],
        tables["categories"],
        annotated,
        TOP,
        lambda n: (image_bootstrap(n, np.random.default_rng(draw)) for draw in range(30)),
        min_images=MIN_IMAGES,
        prior=10,
        listed=annotated if only_annotated else None,
    )


def row_of(table: pd.DataFrame, sample: str, top: str, cluster: int, category: str) -> pd.Series:
    key = {"sample": sample, "top": top, "cluster": cluster, "category": category}
    found = table[(table[list(key)] == pd.Series(key)).all(axis=1)]
    assert len(found) == 1
    return found.iloc[0]


@pytest.mark.parametrize("only_annotated", [False, True])
@pytest.mark.parametrize("sample", ["in_sample", "other_images"])
def test_each_image_counts_once(sample: str, only_annotated: bool) -> None:
    tables = study()
    table = validated(table_of(tables, only_annotated), "enrichment", "table")
    trials = by_sample(tables["assignments"], tables["apart"])[sample]
    annotated = set(tables["annotated"]["image"])
    shown = sorted(set(trials["image"].dropna()) & annotated)
    for category in NAMES:
        with_it = set(tables["labels"].query("category == @category")["image"]) & set(shown)
        for cluster in range(1, K + 1):
            share = {
                i: (trials.loc[trials["image"] == i, "cluster"] == cluster).mean() for i in shown
            }
            found = row_of(table, sample, ALL, cluster, category)
            assert found["images"] == pytest.approx(sum(share[i] for i in with_it))
            assert found["rate"] == pytest.approx(found["images"] / sum(share.values()))
            assert found["base"] == pytest.approx(len(with_it) / len(shown))

            own = trials[trials["cluster"] == cluster].sort_values("correlation", ascending=False)
            if only_annotated:
                own = own[own["image"].isin(annotated)]
            ranks: list[object] = []
            for number, image in enumerate(own["image"]):
                entry = f"unknown {number}" if pd.isna(image) else image
                if entry not in ranks and len(ranks) < TOP:
                    ranks.append(entry)
            on = [image for image in ranks if image in annotated]
            found = row_of(table, sample, str(TOP), cluster, category)
            hits = len(set(on) & with_it)
            assert found["images"] == hits
            assert found["rate"] == pytest.approx(hits / len(on))
            p = stats.hypergeom.sf(hits - 1, len(shown), len(with_it), len(on))
            assert found["p"] == pytest.approx(p)


def test_q_is_over_clusters_and_common_categories_of_one_sample_and_top() -> None:
    table = table_of(study())
    for _, block in table.groupby(["sample", "top"]):
        n = len(set(study()["assignments"]["image"].dropna()) & set(range(28)))
        if block["sample"].iloc[0] == "in_sample":
            tested = (block["base"] * n).round() >= MIN_IMAGES
            assert 0 < tested.sum() < len(block)
            assert block.loc[~tested, "q"].isna().all()
            np.testing.assert_allclose(block.loc[tested, "q"], adjusted_p(block.loc[tested, "p"]))


def test_intervals_hold_the_estimates() -> None:
    table = table_of(study())
    known = table[table["base"] > 0]
    assert (known["low"] <= known["log_odds"]).all()
    assert (known["log_odds"] <= known["high"]).all()
    assert (table["ratio_low"] <= table["ratio_high"]).all()
    assert table.loc[table["base"] == 0, ["lift", "log_odds"]].isna().all(axis=None)


def test_a_sample_without_trials_is_left_out() -> None:
    tables = study()
    samples = by_sample(tables["assignments"], tables["apart"])
    assert list(samples) == ["in_sample", "other_images"]
    assert set(samples["other_images"]["subject"]) == {"s2"}
    assert set(table_of(tables)["sample"]) == set(samples)


def test_no_annotated_image_was_shown() -> None:
    tables = study() | {"annotated": pd.DataFrame({"image": [99]})}
    table = validated(table_of(tables), "enrichment", "table")
    assert table.empty


def test_one_cluster_has_no_others_to_compare() -> None:
    tables = study()
    one = {name: tables[name].copy() for name in ("assignments", "apart")}
    one["assignments"]["cluster"] = 1
    one["apart"]["other_images"] = one["apart"]["other_images"].clip(upper=1)
    annotated = tables["annotated"]["image"]
    table = enrichment_table(
        by_sample(one["assignments"], one["apart"]),
        *(1, tables["labels"], tables["categories"], annotated, TOP),
        lambda n: [image_bootstrap(n, np.random.default_rng(0))],
        min_images=MIN_IMAGES,
        prior=10,
    )
    table = validated(table, "enrichment", "table")
    assert table[["ratio", "ratio_low"]].isna().all(axis=None)
    everything = table[table["top"] == ALL]
    assert everything["p"].isna().all()
    np.testing.assert_allclose(everything["rate"], everything["base"])


def test_the_lists_are_of_a_hundred_where_the_study_lists_as_many() -> None:
    assert [list_length(tops) for tops in ([10, 100], [100, 500], [10, 50], [5])] == [
        *(100, 100, 50, 5)
    ]
