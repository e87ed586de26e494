"""Which trials stand for a cluster."""

import pandas as pd
from response_clusters.images.nearest import nearest, with_coco


def assigned() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "subject": ["subj02", "subj01", "subj01", "subj01", "subj02", "subj01"],
            "trial": [1, 9, 2, 3, 4, 5],
            "image": pd.array([7, 7, 8, 9, 9, None], dtype="Int32"),
            "cluster": [1, 1, 1, 1, 1, 2],
            "correlation": [0.9, 0.8, 0.7, 0.7, 0.7, 0.1],
        }
    )


def test_an_image_appears_once_for_its_best_trial_of_any_subject() -> None:
    found = nearest(assigned(), 10, distinct=True)
    first = found[found["cluster"] == 1]
    assert first[["subject", "trial"]].to_numpy().tolist() == [
        ["subj02", 1],
        ["subj01", 2],
        ["subj01", 3],
    ]
    assert first["rank"].tolist() == [1, 2, 3]


def test_ties_go_by_subject_then_trial_and_repeats_may_count() -> None:
    found = nearest(assigned(), 4, distinct=False)
    first = found[found["cluster"] == 1]
    assert first["trial"].tolist() == [1, 9, 2, 3]


def test_a_trial_of_an_unknown_image_always_counts() -> None:
    rows = assigned().assign(image=pd.array([None] * 6, dtype="Int32"))
    assert len(nearest(rows, 10, distinct=True)) == 6


def test_coco_ids_come_from_the_stimulus_table() -> None:
    images = pd.DataFrame({"image": [7, 8, 9], "coco_id": [70, 80, 90]})
    found = with_coco(nearest(assigned(), 10, distinct=True), images)
    assert list(found.columns)[4:6] == ["image", "coco_id"]
    assert found["coco_id"].tolist()[:3] == [70, 80, 90]
    assert found["coco_id"].isna().tolist()[-1]
    assert with_coco(nearest(assigned(), 10, distinct=True), None)["coco_id"].isna().all()
