"""The study in three sentences, and its warnings."""

from dataclasses import replace
from typing import Any

import pytest
from response_clusters.names import POOLED
from response_clusters.records import checked_record
from response_clusters.report.summary import (
    between,
    choice_sentence,
    claims_sentence,
    data_sentence,
    enumerated,
    sentences,
)
from response_clusters.report.warnings import warnings

from tests.unit.report.studies import claims, elbow, fit, study, voxels

TWO = study({"ada": 3, "ben": 4})


def told(found: Any, **over: Any) -> dict[str, str]:
    """The warnings of a study by what they are about."""
    given = warnings(found, over.get("note", ""), over.get("parts", {}), over.get("names", {}))
    assert len({warning["about"] for warning in given}) == len(given)
    return {warning["about"]: warning["text"] for warning in given}


def test_data_of_subjects_who_have_all_regions() -> None:
    assert data_sentence(TWO) == (
        "Responses of 2 subjects (2 sessions each) in 1,500 trials, showing 500 images, were "
        "clustered by their pattern over 4 regions."
    )


def test_data_of_subjects_with_different_regions() -> None:
    found = study({"ada": 3, "ben": 4}, {"ben": ("FFA", "PPA")}, sessions={"ada": [1], "ben": [1]})
    assert data_sentence(found) == (
        "Responses of 2 subjects in 1,500 trials, showing 500 images, were clustered by their "
        "pattern over 2 to 4 regions in each subject, and over the 2 regions that all subjects "
        "have when pooled."
    )


def test_data_of_one_subject_and_unknown_images() -> None:
    found = study({"ada": 3}, {"ada": ("FFA",)}, images=None)
    assert data_sentence(found) == (
        "Responses of one subject (2 sessions) in 1,500 trials were clustered by their pattern "
        "over 3 regions."
    )


def test_data_that_are_means_over_repeats() -> None:
    assert data_sentence(replace(TWO, means=True)).startswith(
        "Mean responses of 2 subjects (2 sessions each) to 500 images, 1,500 in all, were clustered"
    )


def test_the_choice_has_both_r2_of_the_chosen_fit() -> None:
    assert choice_sentence(TWO) == (
        "The elbow of R² (between) lies at k = 3 for all subjects pooled, with R² (between) = 0.30 "
        "and R² (explained) = 0.15; for each subject alone, k = 3 or 4 was chosen."
    )


def test_the_choice_by_the_other_r2_for_one_subject() -> None:
    other = {cohort: elbow(3, statistic="r2_explained") for cohort in ("ada", POOLED)}
    assert choice_sentence(study({"ada": 3}, elbows=other)) == (
        "The elbow of R² (explained) lies at k = 3, with R² (explained) = 0.15 and R² (between) = "
        "0.30."
    )


def test_a_choice_without_an_elbow_is_told_as_such() -> None:
    none = {"ada": elbow(5, False), "ben": elbow(4), POOLED: elbow(5, False)}
    found = replace(TWO, elbows=none)
    assert choice_sentence(found).startswith(
        "R² (between) has no elbow up to k = 5 for all subjects pooled, so that this k was kept as "
        "the largest tried, with R² (between) = 0.50"
    )
    assert told(found)["elbow"].startswith(
        "Up to k = 5, no gain in R² fell below 0.01 for ada, pooled: the largest k was kept"
    )


def test_verdicts_are_counted_with_the_index_of_clusters() -> None:
    assert claims_sentence(replace(TWO, claims=claims(0.25, "in_part"))) == (
        "Of the abstract's 15 statements, 1 holds in part, 1 does not hold and 13 are untestable; "
        "that responses form distinct clusters holds in part: on a scale from 0 (one continuous "
        "cloud without clusters) to 1 (as many distinct groups), they lie at 0.25 (0.15 to 0.35 by "
        "statistic)."
    )


def test_verdicts_without_an_index() -> None:
    assert claims_sentence(replace(TWO, claims=claims())) == (
        "Of the abstract's 15 statements, 1 does not hold and 14 are untestable; whether responses "
        "form distinct clusters cannot be tested with these data."
    )


def test_an_index_that_is_not_a_number_is_not_told() -> None:
    table = claims(0.25, "does_not")
    table.loc[table["claim"] == "clusters_exist", ["index", "low", "high"]] = float("nan")
    assert claims_sentence(replace(TWO, claims=table)).endswith(
        "; that responses form distinct clusters does not hold."
    )


def test_without_claims_nothing_is_said_of_clusters() -> None:
    assert "not computed (claims: null)" in claims_sentence(TWO)
    assert len(sentences(TWO)) == 3


def test_ranges_and_lists() -> None:
    assert [between(n) for n in ([3], [3, 3], [4, 3], [3, 4, 7])] == ["3", "3", "3 or 4", "3 to 7"]
    assert [enumerated(t) for t in ("1 a", "1 a, 2 b", "1 a, 2 b, 3 c")] == (
        ["1 a", "1 a and 2 b", "1 a, 2 b and 3 c"]
    )


def test_a_study_without_faults_has_no_warning() -> None:
    whole = replace(
        TWO,
        voxels={"ada": [voxels(0, 0)], "ben": [voxels(0)]},
        coverage={"base": {"images": 500, "uncovered": 0}},
        drawn={"instances": 5, "boxes": 2, "below_one_pixel": 1, "left_out": 0},
    )
    assert told(whole, names={"3": "food"}) == {}


def test_the_note_comes_first() -> None:
    given = warnings(TWO, "Simulated data", {"images": "no design"})
    assert given[0] == {"about": "what the data are", "text": "Simulated data."}


def test_regions_are_told_by_the_subjects_who_lack_them() -> None:
    absent = {"ada": ("FFA", "EBA"), "ben": ("PPA", "EBA"), "eva": ("EBA", "FFA")}
    assert told(study({"ada": 3, "ben": 3, "eva": 3}, absent))["regions"] == (
        "Missing in every subject: EBA; in ada and eva: FFA; in ben: PPA. So the pooled clusters "
        "rest on 1 of 4 regions."
    )


def test_regions_of_one_subject() -> None:
    assert told(study({"ada": 3}, {"ada": ("FFA", "EBA")}))["regions"] == (
        "Missing: FFA and EBA. So clusters rest on 2 of 4 regions."
    )


@pytest.mark.parametrize(
    ("omitted", "done"), [(True, "left out of the regional means"), (False, "counted as 0")]
)
def test_voxels_are_counted_over_regions_and_sessions(omitted: bool, done: str) -> None:
    counts = {"ada": [voxels(1, 2), voxels(0, 0)], "ben": [voxels(0, 30)]}
    # 33 of 600; at most 30 of 200.
    assert told(replace(TWO, voxels=counts, omitted=omitted))["voxels"] == (
        "Of the voxels of all regions in all sessions, 33 of 600 (5.5 %) were zero or constant "
        f"throughout the session and {done}; 2 of 3 sessions had any, none more than 15 %."
    )


def test_images_and_instances_without_labels() -> None:
    drawn = {"instances": 1990, "boxes": 0, "below_one_pixel": 0, "left_out": 10}
    coverage = {"base": {"images": 375, "uncovered": 125}}
    assert told(replace(TWO, coverage=coverage, drawn=drawn))["labels"] == (
        "125 of 500 images (25 %) have no annotation and are left out of every count of labels. 10 "
        "of 2,000 annotated instances lie nowhere in their image and are left out."
    )


def test_parts_left_out_have_their_reasons() -> None:
    parts = {"mosaics": "no pictures", "session 3 of ada": "its download did not end"}
    assert told(TWO, parts=parts)["parts left out"] == (
        "Not made, as the dataset lacks what they need: mosaics (no pictures); session 3 of ada "
        "(its download did not end)."
    )


def test_fits_that_did_not_converge() -> None:
    fits = TWO.fits | {"ada": [fit(1), fit(2, converged=False), fit(3, converged=False)]}
    assert told(replace(TWO, fits=fits))["convergence"] == (
        "2 of 13 fits had not converged when kmeans.max_iterations stopped them: ada at k = 2, ada "
        "at k = 3. Among them is a chosen fit: ada at k = 3."
    )


def test_solutions_that_one_start_alone_has_found() -> None:
    alone = {"agreeing_replicates": 1}
    fits = {
        "ada": [fit(1, agreeing_replicates=1, replicates=1), fit(2, **alone), fit(3)],
        POOLED: [fit(k, agreeing_replicates=(0 if k > 3 else 2)) for k in range(1, 6)],
    }
    found = replace(study({"ada": 3}), fits=fits)
    assert told(found)["starts"] == (
        "In 3 of 6 fits of more than one cluster, no second of 50 starts found the best solution, "
        "so there may be a better one. None of these is a chosen fit. In the pooled cohort, "
        "these are k = 4 and 5. Each fit.json has the numbers."
    )


def test_names_of_clusters_that_are_not_there() -> None:
    text = told(TWO, names={"10": "sky", "4": "food", "3": "faces"})["names"]
    assert text.startswith("report.names names cluster 4 (food) and 10 (sky), but")
    assert "3 clusters" in text and "faces" not in text


def test_it_fits_the_schema() -> None:
    given = warnings(replace(TWO, elbows=TWO.elbows | {"ada": elbow(5, False)}), "Made up", {})
    record = {"study": "small", "sentences": sentences(TWO), "warnings": given, "note": "Made up"}
    assert checked_record(record, "summary", "summary") == record
    for text in [*sentences(TWO), *(warning["text"] for warning in given)]:
        assert text.endswith(".") and "  " not in text and "nan" not in text
