"""One rule for names, one sentence for what breaks it."""

import pytest
from response_clusters.errors import StudyError
from response_clusters.names import require_name

LONG = "great white shark, white shark, man-eater, man-eating shark, Carcharodon carcharias"


@pytest.mark.parametrize(
    "name", ["x", "L-hippocampus", "ecc4+", "$V1$", "région", "<script>", "a{b}", LONG]
)
def test_regions_and_categories_may_be_called_anything_that_can_be_shown(name: str) -> None:
    assert require_name(name, "region", "table.csv") == name


@pytest.mark.parametrize("name", ["", " V1", "V1\t", "a\nb", "a\x00b", "\udcff", "x" * 101])
def test_what_cannot_be_shown_is_no_name(name: str) -> None:
    with pytest.raises(StudyError, match=r"table\.csv: .* is no name for a region; expected 1 to"):
        require_name(name, "region", "table.csv")


@pytest.mark.parametrize("name", ["subj01", "sub-01", "Proband 3 (neu)", "søren", "1", "_x"])
def test_subjects_may_be_called_what_a_folder_may(name: str) -> None:
    assert require_name(name, "subject", "data") == name


@pytest.mark.parametrize("name", ["..", ".x", "-x", "a/b", "a{b}", "<s>", "x.", "*", "é" * 60])
def test_a_subject_that_is_no_folder_is_no_subject(name: str) -> None:
    with pytest.raises(StudyError, match="is no name for a subject; expected up to 100 letters"):
        require_name(name, "subject", "data")
