"""The verdict on each statement, from made-up tables with a known answer."""

import math
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from response_clusters.statistics.abstract import abstract_digest, statements, told
from response_clusters.statistics.claims import EVIDENCE, claims_table
from response_clusters.tables import validated

K = 6
NAN = math.nan
FOOD = ["apple", "broccoli", "cake", "pizza"]
ANIMALS = ["cow", "horse"]
SAMPLES = ("in_sample", "other_images", "other_subjects")
Edit = Callable[[dict[str, Any]], None]


def compared(observed: float, **over: Any) -> dict[str, Any]:
    """A row beside both models: far beyond the continuum, unless said otherwise."""
    row = {"observed": observed, "continuum": 0.4, "low": 0.35, "high": 0.45, "p": 0.025}
    return {**row, "groups": 0.9, "index": 0.9, "surrogates": 39, **over}


def nulls() -> pd.DataFrame:
    names = {
        **{"r2_between": 0.85, "r2_explained": 0.62, "repeat_kappa": 0.5, "r_next_k": 0.95},
        **{"matched_r_median": 0.97, "matched_r_above": 0.96, "shared_kappa": 0.4},
    }
    rows = [
        {"cohort": cohort, "k": K, "statistic": name, **compared(value)}
        for cohort in ("subj01", "pooled")
        for name, value in names.items()
    ]
    return validated(pd.DataFrame(rows), "nulls", "nulls")


def chosen_k() -> pd.DataFrame:
    rows = [
        ("bootstrap", "pooled", 6, 20, 1.0),
        ("continuum", "pooled", 4, 9, 0.9),
        ("continuum", "pooled", 7, 10, 0.1),
        ("groups", "pooled", 6, 9, 1.0),
        ("continuum", "subj01", 6, 19, 1.0),
    ]
    columns = ["source", "cohort", "k", "draws", "share"]
    return validated(pd.DataFrame(rows, columns=columns), "chosen_k", "chosen_k")


def ladder() -> pd.DataFrame:
    rows = [
        {"level": level, "rows": 900, "cohort": "pooled", "k": k, "statistic": "r2_explained"}
        | compared(0.6)
        for level in ("trials", "images", "shared")
        for k in (5, K)
    ]
    return validated(pd.DataFrame(rows), "ladder", "ladder")


def stability() -> pd.DataFrame:
    values = {
        **{"prediction_strength": 0.9, "jaccard_least": 0.4, "half_ari": 0.9},
        **{f"jaccard_{cluster}": 0.95 for cluster in range(1, K + 1)},
        **{"rival_objective": 0.05, "rival_ari": 0.6},
    }
    rows = [
        {"cohort": "pooled", "k": K, "statistic": name, **compared(value)}
        for name, value in values.items()
    ]
    return validated(pd.DataFrame(rows), "stability", "stability")


def repeats() -> pd.DataFrame:
    rows = [
        {"cohort": cohort, "k": K, "statistic": "kappa", "pairs": 900, "observed": 0.5, "low": 0.45}
        | {"high": 0.55, "permuted": 0.0, "p": 0.001, "continuum": 0.3, "groups": 0.5, "index": 1.0}
        for cohort in ("subj01", "pooled")
    ]
    return validated(pd.DataFrame(rows), "repeats", "repeats")


def shared() -> pd.DataFrame:
    rows = [
        {"subject_a": a, "subject_b": b, "images": 90, "kappa": 0.4, "low": 0.3, "high": 0.5}
        | {"permuted": 0.0, "p": 0.001}
        for a, b in (("all", "all"), ("subj01", "subj02"))
    ]
    return validated(pd.DataFrame(rows), "shared", "shared")


def enrichment() -> pd.DataFrame:
    """Cluster 1 shows food and cluster 2 animals, in all samples; `all` images show nothing."""
    rows = []
    for top in ("all", "10", "100"):
        for sample in SAMPLES:
            for cluster in range(1, K + 1):
                for category in [*FOOD, *ANIMALS]:
                    kind = "food" if category in FOOD else "animal"
                    more = top == "100" and cluster == {"food": 1, "animal": 2}[kind]
                    rows.append(
                        {"cluster": cluster, "top": top, "category": category}
                        | {"supercategory": kind, "sample": sample, "images": 30.0 if more else 1.0}
                        | {"rate": 0.3, "base": 0.02, "lift": 15.0, "log_odds": 2.0}
                        | {"low": 1.0 if more else -1.0, "high": 3.0}
                        | {"p": 1e-6 if more else 0.6, "q": 1e-4 if more else 0.9}
                        | {"ratio": 30.0, "ratio_low": 12.0, "ratio_high": 55.0}
                    )
    return validated(pd.DataFrame(rows), "enrichment", "enrichment")


def nearest_again() -> pd.DataFrame:
    rows = [
        {"cluster": cluster, "images": 100, "again": 90, "presentations": 180, "several": 20}
        | {"r_nearest": 0.9, "r_again": 0.6, "r_base": 0.0, "same": 0.7, "base": 1 / 6}
        for cluster in range(1, K + 1)
    ]
    return validated(pd.DataFrame(rows), "nearest_again", "nearest_again")


def mantel(r: float | None, p: float | None) -> dict[str, float | None]:
    return {"mantel_r": r, "p": p, "shuffled": 0.0, "shuffled_low": -0.1, "shuffled_high": 0.1}


def tables() -> dict[str, Any]:
    return {
        "elbow": {"k": K, "reached": True},
        "nulls": nulls(),
        "chosen_k": chosen_k(),
        "ladder": ladder(),
        "stability": stability(),
        "repeats": repeats(),
        "shared": shared(),
        "enrichment": enrichment(),
        "nearest_again": nearest_again(),
        "cooccurrence": mantel(0.4, 0.001),
    }


def judged(edit: Edit | None = None) -> pd.DataFrame:
    """The table of claims after `edit` has changed what it rests on."""
    found = tables()
    if edit:
        edit(found)
    return validated(claims_table(found), "claims", "claims").set_index("claim")


def put(table: str, column: str, value: Any, **where: Any) -> Edit:
    """Set a column in the rows of a table in which others have these values."""

    def edit(found: dict[str, Any]) -> None:
        rows = pd.Series(True, index=found[table].index)
        for name, wanted in where.items():
            wanted = wanted if isinstance(wanted, tuple) else (wanted,)
            rows &= found[table][name].isin(wanted)
        assert rows.any()
        found[table].loc[rows, column] = value

    return edit


def without(*names: str) -> Edit:
    def edit(found: dict[str, Any]) -> None:
        for name in names:
            del found[name]

    return edit


def elbow(**record: Any) -> Edit:
    return lambda found: found.update(elbow={"k": K, "reached": True, **record})


def both(*edits: Edit) -> Edit:
    def edit(found: dict[str, Any]) -> None:
        for one in edits:
            one(found)

    return edit


def drop(table: str, **where: Any) -> Edit:
    """Leave the rows out in which columns have these values."""

    def edit(found: dict[str, Any]) -> None:
        rows = pd.Series(True, index=found[table].index)
        for name, wanted in where.items():
            rows &= found[table][name].isin(wanted if isinstance(wanted, tuple) else (wanted,))
        assert rows.any()
        found[table] = found[table][~rows].reset_index(drop=True)

    return edit


INDEXED = ("r2_between", "r2_explained", "repeat_kappa")
NO_INDEX = both(
    put("nulls", "index", NAN), put("ladder", "index", NAN), put("stability", "index", NAN)
)
NO_GROUPS = both(
    put("nulls", "index", 0.02), put("ladder", "index", 0.01), put("stability", "index", -0.2)
)
UNCERTAIN = put("enrichment", "p", 0.5)
UNSTABLE = put("stability", "observed", 0.5, statistic=("prediction_strength", "jaccard_5"))
NOT_AGAIN = both(put("nearest_again", "again", 0), put("nearest_again", "r_again", NAN))
NOTHING = both(put("enrichment", "low", -1.0), put("enrichment", "q", 0.9))
CASES: list[tuple[str, str, Edit | None]] = [
    ("elbow", "holds", None),
    ("elbow", "in_part", put("chosen_k", "k", 6, source="continuum", k=7)),
    ("elbow", "in_part", without("chosen_k")),
    ("elbow", "does_not", elbow(k=7)),
    ("elbow", "untestable", without("elbow")),
    ("clusters_exist", "holds", None),
    ("clusters_exist", "in_part", put("nulls", "index", 0.4, statistic="repeat_kappa")),
    ("clusters_exist", "in_part", put("ladder", "index", 0.4, level="shared")),
    ("clusters_exist", "in_part", put("nulls", "p", 0.2, statistic="r2_between")),
    ("clusters_exist", "in_part", put("nulls", "index", NAN, statistic="repeat_kappa")),
    ("clusters_exist", "does_not", NO_GROUPS),
    ("clusters_exist", "untestable", NO_INDEX),
    ("one_partition", "holds", None),
    ("one_partition", "in_part", put("stability", "observed", 0.7, statistic="jaccard_5")),
    ("one_partition", "in_part", put("stability", "observed", 0.001, statistic="rival_objective")),
    ("one_partition", "in_part", put("stability", "p", 0.3, statistic="prediction_strength")),
    ("one_partition", "in_part", put("stability", "index", 0.3, statistic="prediction_strength")),
    ("one_partition", "in_part", drop("stability", statistic="rival_objective")),
    # No rival is as good, but the clusters do not come again.
    ("one_partition", "does_not", UNSTABLE),
    (
        "one_partition",
        "holds",
        put("stability", "observed", NAN, statistic=("rival_objective", "rival_ari")),
    ),
    (
        "one_partition",
        "holds",
        both(
            put("stability", "observed", 0.001, statistic="rival_objective"),
            put("stability", "observed", 0.95, statistic="rival_ari"),
        ),
    ),
    (
        "one_partition",
        "does_not",
        both(
            put("stability", "observed", 0.001, statistic="rival_objective"),
            put("stability", "observed", 0.5, statistic=("prediction_strength", "jaccard_5")),
        ),
    ),
    ("one_partition", "untestable", drop("stability", statistic="prediction_strength")),
    ("across_k", "holds", None),
    ("across_k", "in_part", put("nulls", "p", 0.5, statistic="r_next_k")),
    ("across_k", "in_part", put("nulls", "index", 0.1, statistic="r_next_k")),
    ("across_k", "does_not", put("nulls", "observed", 0.7, statistic="r_next_k")),
    ("across_k", "untestable", put("nulls", "observed", NAN, statistic="r_next_k")),
    ("across_subjects", "holds", None),
    ("across_subjects", "in_part", put("nulls", "index", NAN, statistic="matched_r_above")),
    ("across_subjects", "does_not", put("nulls", "observed", 0.89, statistic="matched_r_above")),
    ("across_subjects", "untestable", drop("nulls", statistic="matched_r_above")),
    ("theme_food", "holds", None),
    ("theme_food", "in_part", put("enrichment", "q", 0.2, sample="other_subjects")),
    ("theme_food", "in_part", drop("enrichment", sample="other_subjects")),
    ("theme_food", "in_part", put("enrichment", "q", 0.2, category=("apple", "cake", "pizza"))),
    ("theme_food", "holds", put("enrichment", "q", 0.2, category=("apple", "cake"))),
    # Not the same cluster in all samples.
    (
        "theme_food",
        "in_part",
        both(
            put("enrichment", "q", 0.2, sample="other_images", cluster=1),
            put("enrichment", "q", 0.0, sample="other_images", cluster=3),
            put("enrichment", "low", 1.0, sample="other_images", cluster=3),
        ),
    ),
    ("theme_food", "does_not", NOTHING),
    ("theme_food", "untestable", drop("enrichment", supercategory="food")),
    ("theme_food", "untestable", put("enrichment", "q", NAN, supercategory="food")),
    ("theme_animals", "holds", None),
    ("theme_animals", "untestable", without("enrichment")),
    ("theme_faces", "untestable", None),
    ("theme_sky", "untestable", None),
    ("theme_sky", "holds", put("enrichment", "category", "Sky", category="cow")),
    ("theme_faces", "holds", put("enrichment", "supercategory", "faces", category="cow")),
    ("theme_indoor", "untestable", None),
    ("theme_bodies", "untestable", None),
    ("theme_bodies", "holds", put("enrichment", "category", "person", category="cow")),
    ("broccoli", "holds", None),
    ("broccoli", "in_part", put("enrichment", "ratio", 20.0)),
    ("broccoli", "does_not", both(put("enrichment", "ratio", 20.0), UNCERTAIN)),
    ("broccoli", "untestable", drop("enrichment", category="broccoli")),
    ("broccoli", "untestable", put("enrichment", "ratio", NAN)),
    ("similar_stimuli", "holds", None),
    ("similar_stimuli", "in_part", put("shared", "p", 0.2)),
    ("similar_stimuli", "in_part", without("shared")),
    ("similar_stimuli", "does_not", both(put("shared", "low", -0.1), put("repeats", "low", -0.1))),
    ("similar_stimuli", "untestable", without("shared", "repeats")),
    ("coactivation", "holds", None),
    ("coactivation", "does_not", lambda found: found.update(cooccurrence=mantel(0.4, 0.3))),
    ("coactivation", "does_not", lambda found: found.update(cooccurrence=mantel(-0.4, 0.01))),
    ("coactivation", "untestable", lambda found: found.update(cooccurrence=mantel(None, None))),
    ("coactivation", "untestable", without("cooccurrence")),
    ("nearest", "holds", None),
    ("nearest", "in_part", put("nearest_again", "r_again", 0.4)),
    ("nearest", "in_part", put("nearest_again", "same", 1 / 6)),
    (
        "nearest",
        "does_not",
        both(put("nearest_again", "r_again", 0.01), put("nearest_again", "same", 1 / 6)),
    ),
    ("nearest", "untestable", NOT_AGAIN),
    ("nearest", "untestable", without("nearest_again")),
]


@pytest.mark.parametrize(
    ("claim", "expected", "edit"),
    CASES,
    ids=[f"{claim}-{word}" for claim, word, _ in CASES],
)
def test_each_claim_gets_each_verdict(claim: str, expected: str, edit: Edit | None) -> None:
    row = judged(edit).loc[claim]
    assert row["verdict"] == expected, row["reason"]
    if expected == "untestable":
        assert row["reason"] == statements()[claim]["needs"]


def test_every_claim_has_cases_of_all_verdicts_it_can_get() -> None:
    seen: dict[str, set[str]] = {}
    for claim, expected, _ in CASES:
        seen.setdefault(claim, set()).add(expected)
    themes = {claim for claim in statements() if claim not in EVIDENCE}
    assert set(seen) == set(statements())
    every = {"holds", "in_part", "does_not", "untestable"}
    for claim in EVIDENCE:
        # Against chance and without a figure, it is there or not.
        assert seen[claim] == every - ({"in_part"} if claim == "coactivation" else set()), claim
    assert set().union(*(seen[theme] for theme in themes)) == every


def test_rows_follow_the_abstract_and_say_where_they_come_from() -> None:
    table = judged()
    assert list(table.index) == list(statements())
    assert table["table"].str.fullmatch(r"claims/\w+\.tsv").all()
    assert table["reason"].str.fullmatch(r"[A-Z].*\.").all()
    assert table.loc["elbow", ["ours", "null", "low"]].tolist() == [6, 7, 6]
    assert table.loc["elbow", "p"] == 1 / 20
    assert table.loc["across_subjects", "null"] == 0.4
    assert table.loc["broccoli", ["ours", "low", "high", "null"]].tolist() == [30, 12, 55, 1]


def test_clusters_exist_shows_indices_and_the_least_convincing_p() -> None:
    row = judged(
        both(
            put("nulls", "index", 0.6, statistic="r2_between"),
            put("stability", "p", 0.1),
            put("stability", "surrogates", 9),
        )
    ).loc["clusters_exist"]
    assert row[["ours", "low", "high", "null"]].tolist() == [0.9, 0.6, 0.9, 0]
    # The continuum's band, .35 to .45 around .4, on the scale from .4 to .9.
    assert row[["null_low", "null_high"]].tolist() == pytest.approx([-0.1, 0.1])
    assert row["verdict"] == "holds"
    assert row["p"] == 0.1
    assert "p = 0.1 with 9 surrogates" in row["reason"]


def test_whether_prototypes_are_poles_is_told_beside_the_indices() -> None:
    poles = {"statistic": "antipode_median", "observed": -0.5, "continuum": -0.987}
    known = tables()
    known["nulls"] = pd.concat([nulls(), nulls().iloc[-1:].assign(**poles)])
    reason = claims_table(known).set_index("claim").loc["clusters_exist", "reason"]
    assert "most negative r of prototypes is −0.50 in the median; of a continuum −0.99" in reason


def test_the_cluster_of_a_theme_is_named() -> None:
    table = judged()
    assert (
        "4 of 4 in sample, 4 of 4 with prototypes of other images"
        in table.loc["theme_food", "reason"]
    )
    assert "cluster 2" in table.loc["theme_animals", "reason"]


def test_nearest_images_again_are_weighted_by_how_many_there_are() -> None:
    edit = both(
        put("nearest_again", "again", 0, cluster=(2, 3, 4, 5)),
        put("nearest_again", "r_again", NAN, cluster=(2, 3, 4, 5)),
        put("nearest_again", "same", NAN, cluster=(2, 3, 4, 5)),
        put("nearest_again", "again", 30, cluster=6),
        put("nearest_again", "r_again", 0.2, cluster=6),
    )
    row = judged(edit).loc["nearest"]
    assert row["ours"] == pytest.approx((90 * 0.6 + 30 * 0.2) / 120)
    assert row[["low", "high"]].tolist() == [0.2, 0.6]
    assert "56% of the nearest" in row["reason"]


def test_without_any_table_nothing_can_be_tested() -> None:
    table = validated(claims_table({}), "claims", "claims")
    assert set(table["verdict"]) == {"untestable"}
    assert table["ours"].isna().all()


def test_one_cluster_only_can_be_no_partition() -> None:
    """k = 1 was chosen: statistics are there, without values."""
    edit = both(
        elbow(k=1),
        put("nulls", "k", 1),
        put("stability", "k", 1),
        put("ladder", "k", 1, k=K),
        *(put(t, "observed", NAN) for t in ("nulls", "stability", "ladder", "repeats")),
        *(put(t, "index", NAN) for t in ("nulls", "stability", "ladder", "repeats")),
        put("shared", "kappa", NAN),
    )
    table = judged(edit)
    assert table.loc["elbow", "verdict"] == "does_not"
    names = ["clusters_exist", "one_partition", "across_k", "across_subjects", "similar_stimuli"]
    assert set(table.loc[names, "verdict"]) == {"untestable"}


def test_values_are_told_in_their_units() -> None:
    assert told("elbow", 6.0) == "k = 6"
    assert told("across_subjects", 0.964) == "96% above .8"
    assert told("broccoli", 30.04) == "30 ×"
    assert told("coactivation", -0.001) == "r = 0.00"
    assert told("coactivation", -0.4) == "r = \N{MINUS SIGN}0.40"
    assert told("nearest", NAN) == "–"
    assert len(abstract_digest()) == 16


def test_the_abstract_is_complete() -> None:
    for claim, said in statements().items():
        asked = {"statement", "paper", "aim", "form", "scale", "against", "needs", "table"}
        assert asked <= set(said) <= asked | {"names", "remark", "marked"}
        assert said["against"] in ("continuum", "choices", "chance")
        assert ("names" in said) == (claim.startswith("theme_") or claim == "broccoli")
