"""What the page shows of every fit: the numbers of the tables, and those counted one by one."""

import dataclasses
import itertools
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from response_clusters.comparison.consistency import across_k, across_subjects
from response_clusters.images.label_counts import image_sets, label_counts
from response_clusters.images.nearest import nearest
from response_clusters.records import checked_record, read_record, write_record
from response_clusters.report.explorer import responses_of
from response_clusters.report.numbers import profile, short
from response_clusters.report.relations import places_of
from response_clusters.report.shown import categories_of, shown_of
from response_clusters.statistics.lineage import lineage

from tests.unit.report.random_studies import LISTING, Study

MISSING = {"a": ["PPA"], "b": ["odd"]}
ABOUT: dict[str, Any] = {
    **{"cohort": "a", "trials": 60, "unit": "z", "chosen": 1, "statistic": "r2_between"},
    **{"rule": "the last", "curve": [{"k": 1, "r2_between": 0.0, "r2_explained": 0.0}], "note": ""},
}


def clusters_of(found: dict[str, Any]) -> dict[tuple[int, int], dict[str, Any]]:
    return {(fit["k"], c["cluster"]): c for fit in found["fits"] for c in fit["clusters"]}


@pytest.mark.parametrize("cohort", ["a", "b", "pooled"])
def test_profiles_are_those_of_the_members_rows(cohort: str) -> None:
    study = Study(missing=MISSING)
    found, rows = study.explored(cohort), study.responses[cohort]
    order = [region["region"] for region in found["regions"]]
    usual = ["V1v", "hV4", "EBA", "FFA-1", "PPA", "odd"]
    assert order == [region for region in usual if region in rows]
    assert {r["region"]: r["family"] for r in found["regions"]}["hV4"] == "Early visual"
    for (k, cluster), shown in clusters_of(found).items():
        members = rows[(study.fits[cohort][k]["cluster"] == cluster).to_numpy()]
        for name, q in (("low", 0.25), ("median", 0.5), ("high", 0.75)):
            expected = members[order].astype("float64").quantile(q)
            assert shown["response"][name] == pytest.approx(expected.to_numpy(), abs=1.1e-5)
        assert shown["response"]["mean"] == pytest.approx(members[order].mean(), abs=1.1e-5)
        prototype = study.prototypes(cohort, k).loc[cluster, order]
        assert shown["prototype"] == pytest.approx(prototype.to_numpy(), abs=1.1e-5)
        assert shown["size"] == len(members)
        assert shown["share"] == pytest.approx(len(members) / len(rows), abs=1e-6)


@pytest.mark.parametrize("missing", [{}, MISSING])
def test_matches_are_those_of_the_tables_of_consistency(missing: dict[str, list[str]]) -> None:
    study = Study(missing=missing)
    found = {cohort: clusters_of(study.explored(cohort)) for cohort in study.cohorts}
    expected: dict[str, Any] = {cohort: {key: [] for key in found[cohort]} for cohort in found}
    for cohort in study.cohorts:
        fits = {k: study.prototypes(cohort, k).to_numpy() for k in study.fits[cohort]}
        table = across_k(fits)
        for row in table[table["matched"] & (table["k_b"] == table["k_a"] + 1)].itertuples():
            a, b = (row.k_a, row.cluster_a), (row.k_b, row.cluster_b)
            expected[cohort][a].append((cohort, *b, short(row.r)))
            expected[cohort][b].append((cohort, *a, short(row.r)))
    for k, pair in itertools.product(range(1, 5), itertools.combinations(study.cohorts, 2)):
        table, _ = across_subjects({cohort: study.prototypes(cohort, k) for cohort in pair})
        for row in table[table["matched"]].itertuples():
            a, b = (k, row.cluster_a), (k, row.cluster_b)
            expected[row.subject_a][a].append((row.subject_b, *b, short(row.r)))
            expected[row.subject_b][b].append((row.subject_a, *a, short(row.r)))
    for cohort, clusters in found.items():
        for key, shown in clusters.items():
            matches = [(m["cohort"], m["k"], m["cluster"], m["r"]) for m in shown["matches"]]
            assert sorted(matches) == sorted(expected[cohort][key])


def test_origins_are_counted_trial_by_trial() -> None:
    study = Study(most=5)
    fits = study.fits["pooled"]
    for (k, cluster), shown in clusters_of(study.explored("pooled")).items():
        members = (fits[k]["cluster"] == cluster).to_numpy()
        counts = Counter(fits[k - 1]["cluster"][members].tolist()) if k > 1 else Counter()
        assert {b["cluster"]: b["trials"] for b in shown["before"]} == counts
        assert [b["trials"] for b in shown["before"]] == sorted(counts.values(), reverse=True)
        for before in shown["before"]:
            assert before["share"] == pytest.approx(before["trials"] / members.sum(), abs=1e-6)


def test_identities_are_those_of_the_table() -> None:
    study = Study(missing=MISSING)
    clusters, some = clusters_of(study.explored("a")), 0
    for row in study.identity("a").itertuples():
        shown = clusters[row.k, row.cluster]
        if pd.isna(row.pooled_cluster):
            assert shown["identity"] is None and shown["identity_r"] is None
            some += 1
        else:
            assert (shown["identity"], shown["identity_r"]) == (row.pooled_cluster, short(row.r))
    assert some == 3  # two of three, and two of four, have a match among the two pooled clusters


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize(("distinct", "annotated"), [*itertools.product([False, True], repeat=2)])
def test_nearest_images_are_the_first_ten_of_the_table(
    distinct: bool, annotated: bool, text: bool
) -> None:
    study = Study(text=text, seed=1)
    listing = dataclasses.replace(LISTING, distinct=distinct, annotated=annotated)
    covered = study.listed.loc[study.listed["covered"], "image"]
    coco = study.stimuli.set_index("image")["coco_id"]
    for (k, cluster), shown in clusters_of(study.explored("pooled", listing)).items():
        rows = study.assignments("pooled", k)
        table = nearest(rows, 100, distinct, covered if annotated else None)
        table = table[(table["cluster"] == cluster) & (table["rank"] <= 10)]
        expected = [
            (row.rank, row.subject, row.trial, row.image, coco[row.image], short(row.correlation))
            for row in table.itertuples()
        ]
        names = ["rank", "subject", "trial", "image", "coco_id", "r"]
        assert [tuple(image[name] for name in names) for image in shown["nearest"]] == expected
        for image in shown["nearest"]:
            seen = study.labels[study.labels["image"] == image["image"]]
            if not (covered == image["image"]).any():
                assert image["labels"] is None
                continue
            pairs = dict(zip(seen["category"], seen["instances"], strict=True))
            assert sorted(image["labels"]) == sorted(pairs)
            counts = [pairs[name] for name in image["labels"]]
            assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize("count", ["instances", "images"])
@pytest.mark.parametrize("top", ["5", "20", "all"])
def test_categories_are_those_of_the_table_of_counts(top: str, count: str) -> None:
    study = Study(seed=2, text=True)
    listing = dataclasses.replace(LISTING, top=top, count=count)
    found = study.explored("b", listing)
    assert found["counted"] == {"top": top, "count": count}
    for (k, cluster), shown in clusters_of(found).items():
        rows = study.assignments("b", k)
        table, _ = label_counts(
            image_sets(nearest(rows, 50, True), rows, [5, 20]),
            np.unique(rows["image"]),
            study.listed.loc[study.listed["covered"], "image"].to_numpy(),
            study.labels,
            study.categories,
        )
        of_cluster = table[(table["cluster"] == cluster) & (table["top"] == top)]
        some = of_cluster[of_cluster[count] > 0].reset_index(drop=True)
        # By count; of equal ones, that which the table lists first.
        chosen = sorted(range(len(some)), key=lambda i, n=some[count]: (-n[i], i))[:12]
        lifts = some[f"{count.removesuffix('s')}_lift"]
        expected = {
            some["category"][i]: (int(some[count][i]), pytest.approx(lifts[i], abs=1e-6))
            for i in chosen
        }
        got = {c["category"]: (c["count"], c["lift"]) for c in shown["categories"]}
        assert got == expected
        order = [c["lift"] for c in shown["categories"]]
        assert order == sorted(order, reverse=True)


def test_of_equal_counts_the_first_of_the_table_are_shown() -> None:
    n = 15
    table = {"cluster": 1, "category": [f"c{i}" for i in range(n)], "images": 2}
    counts = pd.DataFrame(table | {"image_lift": np.arange(n, dtype=float)})
    counts.loc[14, "images"] = 3
    counts.loc[1, "image_lift"] = np.nan
    (shown,) = categories_of(counts, "images").values()
    assert [c["category"] for c in shown] == [
        "c14",
        *(f"c{i}" for i in range(10, 1, -1)),
        "c0",
        "c1",
    ]
    assert shown[-1] == {"category": "c1", "count": 2, "lift": None}


def test_without_images_or_labels_the_rest_is_there() -> None:
    found = Study(images=False).explored("a", labels=False)
    assert found["counted"] is None
    for shown in clusters_of(found).values():
        assert shown["categories"] == []
        assert len(shown["nearest"]) == min(10, shown["size"])
        for image in shown["nearest"]:
            assert (image["image"], image["coco_id"], image["labels"]) == (None, None, None)
    unlabelled = clusters_of(Study().explored("a", labels=False))
    assert all(i["labels"] is None for s in unlabelled.values() for i in s["nearest"])
    assert all(isinstance(i["image"], int) for s in unlabelled.values() for i in s["nearest"])


def test_one_k_has_no_neighbours() -> None:
    ((_, shown),) = clusters_of(Study(most=1).explored("a")).items()
    assert (shown["place"], shown["before"]) == (0.5, [])
    assert {match["cohort"] for match in shown["matches"]} == {"b", "pooled"}


def test_a_number_beside_text_is_text() -> None:
    """A subject may happen to have seen only images whose names are numbers."""
    trials = pd.DataFrame({"subject": "a", "trial": [1, 2], "image": pd.array([7, None], "Int32")})
    stimuli = pd.DataFrame({"image": pd.array(["x", "7"], "string")})
    shown = shown_of(trials, stimuli)
    assert shown.stimuli is not None
    assert [shown.ids[i] for i in shown.stimuli["image"]] == ["x", "7"]
    assert shown.ids[shown.trials["image"][0]] == "7"
    assert pd.isna(shown.trials["image"][1])
    assert [shown.ids[i] for i in shown.distinct] == ["7"]


def test_trials_that_were_left_out_have_no_say() -> None:
    study = Study()
    rows = study.responses["pooled"]
    kept = shown_of(rows[["subject", "trial", "image"]].drop(index=[0, 70]).iloc[::-1])
    values = responses_of(rows.drop(columns="image"), kept.trials, ["hV4", "odd"])
    expected = rows[["hV4", "odd"]].drop(index=[0, 70]).iloc[::-1].to_numpy().T
    np.testing.assert_array_equal(values, expected)


def test_rows_of_few_clusters_stand_in_the_middle() -> None:
    study = Study(most=6)
    labels = {k: fit["cluster"].to_numpy(np.int64) for k, fit in study.fits["pooled"].items()}
    table = lineage((labels[k], study.prototypes("pooled", k).to_numpy()) for k in labels)
    places = places_of(table, list(labels))
    assert places[1] == pytest.approx([0.5])
    assert np.sort(places[6]) == pytest.approx((np.arange(6) + 0.5) / 6)
    for row in places.values():
        assert row.min() == pytest.approx(1 - row.max())
        assert (np.diff(np.sort(row)) > 1 / 6 - 1e-9).all()


def test_the_record_is_small_and_reads_as_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = ABOUT | Study(text=True).explored("a")
    path = tmp_path / "explorer.json"
    write_record(record, path, "explorer", compact=True)
    assert len(path.read_text().splitlines()) == 1
    assert json.loads(path.read_text()) == record
    # Nothing in it needs jsonschema, which would take seconds.
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    assert read_record(path, "explorer") == record
    assert checked_record(record, "explorer", "") is record


def test_no_zero_has_a_sign() -> None:
    assert json.dumps([short(-1e-9), *profile([-1e-9, -0.00002])]) == "[0.0, 0.0, -2e-05]"
