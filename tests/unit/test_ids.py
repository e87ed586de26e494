"""Image ids are whole numbers or text, and agree between files whatever the type of a column."""

import pandas as pd
import pytest
from response_clusters import StudyError
from response_clusters.ids import as_ids, in_one_type


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0, 5, None], "Int32"),
        ([0.0, 5.0], "Int32"),
        (["0", "12"], "Int32"),
        (["0", "012"], "string"),
        (["beach_01", "12"], "string"),
        (["², 3", "a"], "string"),
        ([None, None], "Int32"),
    ],
)
def test_numbers_stay_numbers_and_text_text(values: list[object], kind: str) -> None:
    ids = as_ids(pd.Series(values, name="image"), "here")
    assert ids.dtype == kind
    assert ids.isna().tolist() == [value is None for value in values]


@pytest.mark.parametrize(
    "values", [[-1], [0.5], [2**31], [True, False], ["a", ""], ["a", " b"], ["a", "x" * 101]]
)
def test_what_is_no_id_is_told(values: list[object]) -> None:
    with pytest.raises(StudyError, match="here: the column 'image' holds .* in row"):
        as_ids(pd.Series(values, name="image"), "here")


def test_tables_are_compared_in_one_type() -> None:
    numbers = pd.DataFrame({"image": pd.array([1, None], "Int32")})
    texts = pd.DataFrame({"image": pd.array(["1", "b"], "string")})
    left, right = in_one_type(numbers, texts)
    assert left["image"].isin(right["image"]).tolist() == [True, False]
    assert in_one_type(numbers, numbers)[0] is numbers
