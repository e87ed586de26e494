"""The pictures of the page: each image once, in every size, whatever pictures are stored in."""

import base64
import io
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from response_clusters.errors import StudyError
from response_clusters.images import pictures
from response_clusters.report.pictures import PIXELS
from response_clusters.report.thumbnails import images_of, thumbnails
from response_clusters.tables import read_table, write_table


def explorer(*images: Any) -> dict[str, Any]:
    """What matters here of an explorer record: a fit of a cluster for each image."""
    return {
        "fits": [{"k": 1, "clusters": [{"nearest": [{"image": i}, {"image": i}]}]} for i in images]
    }


def test_each_image_is_listed_once_and_trials_without_one_are_not() -> None:
    shown = images_of([explorer(10, None, 9), explorer(9, 2)])
    assert shown["image"].tolist() == [2, 9, 10]
    assert pd.api.types.is_integer_dtype(shown["image"])
    assert images_of([explorer(None)]).empty


def test_numbers_beside_text_are_text() -> None:
    """A subject may have seen only images whose names are numbers."""
    assert images_of([explorer(7, 12), explorer("b", "7")])["image"].tolist() == ["12", "7", "b"]


@pytest.fixture
def pixels() -> np.ndarray:
    """Five pictures, smooth so that they survive WebP."""
    down, across = np.mgrid[0:425, 0:425] / 425
    pictures = [
        np.stack([255 * down, 255 * across, np.full_like(down, 50.0 * n)], -1) for n in range(5)
    ]
    return np.array(pictures).astype(np.uint8)


@pytest.fixture
def stored(pixels: np.ndarray, tmp_path: Path) -> str:
    path = tmp_path / "pictures.hdf5"
    with h5py.File(path, "w") as file:
        file["imgBrick"] = pixels
    return str(path)


def decoded(text: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(text, validate=True)))


def test_pictures_are_webp_of_every_size_and_show_what_is_stored(
    stored: str, pixels: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "BATCH", 2)  # the last has fewer
    shown = pd.DataFrame({"image": pd.array([0, 1, 2, 3, 4], "Int32")})
    table = thumbnails(stored, shown)
    write_table(table, tmp_path / "thumbnails.parquet", "thumbnails")
    table = read_table(tmp_path / "thumbnails.parquet", "thumbnails")
    assert table["image"].tolist() == [0, 1, 2, 3, 4]
    for row in table.itertuples():
        whole = Image.fromarray(pixels[row.image])
        for side in PIXELS:
            small = decoded(getattr(row, f"webp_{side}"))
            assert (small.format, small.size) == ("WEBP", (side, side))
            exact = np.asarray(whole.resize((side, side), Image.Resampling.BOX), float)
            assert np.abs(np.asarray(small.convert("RGB"), float) - exact).mean() < 4


def test_the_same_pictures_make_the_same_bytes(stored: str) -> None:
    shown = pd.DataFrame({"image": pd.array([1, 3], "Int32")})
    pd.testing.assert_frame_equal(thumbnails(stored, shown), thumbnails(stored, shown))


def test_a_folder_of_pictures_named_by_a_table(pixels: np.ndarray, tmp_path: Path) -> None:
    Image.fromarray(pixels[4]).save(tmp_path / "cat.png")
    stimuli = pd.DataFrame({"image": ["a", "b"], "picture": ["cat.png", None]}, dtype="string")
    table = thumbnails(str(tmp_path), pd.DataFrame({"image": ["a"]}, dtype="string"), stimuli)
    assert decoded(table["webp_112"][0]).size == (112, 112)
    with pytest.raises(StudyError, match="there is no picture 'b' of image b"):
        thumbnails(str(tmp_path), pd.DataFrame({"image": ["b"]}, dtype="string"), stimuli)


def test_where_no_image_is_shown_the_table_is_empty(stored: str, tmp_path: Path) -> None:
    table = thumbnails(stored, images_of([explorer(None)]))
    write_table(table, tmp_path / "thumbnails.parquet", "thumbnails")
    assert read_table(tmp_path / "thumbnails.parquet", "thumbnails").empty
