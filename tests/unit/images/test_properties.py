"""Properties of pictures whose luminance, contrast and spectrum are known."""

from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from response_clusters.errors import StudyError
from response_clusters.images import pictures
from response_clusters.images.properties import (
    CUTOFF,
    MOST,
    SIDE,
    fine_energy,
    luminance,
    picture_properties,
    rms_contrast,
    sampled,
)
from response_clusters.tables import validated


def grating(cycles: float, oblique: bool = False) -> np.ndarray:
    """A sine of so many cycles per picture, around a mean of .5."""
    down, across = np.mgrid[:SIDE, :SIDE] / SIDE
    phase = (down + across) / np.sqrt(2) if oblique else across
    return 0.5 + 0.3 * np.sin(2 * np.pi * cycles * phase)


def test_luminance_is_linear_light() -> None:
    colours = np.array([[[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]]])
    light = luminance(colours.astype(np.uint8))
    np.testing.assert_allclose(light, [[0, 1, 0.2126, 0.7152, 0.0722]], atol=1e-12)
    # Half of the light has the code 188 (IEC 61966-2-1); 10 lies on the linear part.
    grey = luminance(np.full((1, 1, 3), 188, np.uint8))[0, 0]
    assert grey == pytest.approx(0.5029, abs=1e-4)
    assert luminance(np.full((1, 1, 3), 10, np.uint8))[0, 0] == pytest.approx(10 / 255 / 12.92)


def test_contrast_is_relative_to_the_mean() -> None:
    light = np.array([[0.2, 0.6], [0.2, 0.6]])
    assert rms_contrast(light) == pytest.approx(0.2 / 0.4)
    assert rms_contrast(light / 2) == pytest.approx(0.5)
    assert rms_contrast(np.full((2, 2), 0.3)) == 0
    assert np.isnan(rms_contrast(np.zeros((2, 2))))


@pytest.mark.parametrize("oblique", [False, True])
def test_detail_is_what_varies_faster_than_the_cutoff(oblique: bool) -> None:
    edge = CUTOFF * SIDE
    assert edge == 32
    assert fine_energy(grating(edge - 6, oblique)) < 0.001
    assert fine_energy(grating(edge + 6, oblique)) > 0.999
    both = grating(edge / 4, oblique) + 2 * (grating(2 * edge, oblique) - 0.5)
    assert fine_energy(both) == pytest.approx(4 / 5, abs=0.01)


def test_a_uniform_picture_and_a_slope_have_no_detail() -> None:
    assert np.isnan(fine_energy(np.full((SIDE, SIDE), 0.7)))
    # Its ends do not meet, which is no detail.
    assert fine_energy(np.tile(np.linspace(0, 1, SIDE), (SIDE, 1))) < 1e-4


def test_a_sample_of_the_images_shown() -> None:
    images = pd.Series([5, 3, 3, None, 9], dtype="Int32")
    assert list(sampled(images, np.random.default_rng(0))["image"]) == [3, 5, 9]
    many = pd.Series(np.arange(3 * MOST)[::-1], dtype="Int32")
    drawn = sampled(many, np.random.default_rng(0))["image"]
    assert len(drawn) == MOST and drawn.is_monotonic_increasing and drawn.is_unique
    assert list(drawn) == list(sampled(many, np.random.default_rng(0))["image"])
    assert list(drawn) != list(sampled(many, np.random.default_rng(1))["image"])
    assert drawn.max() > 2.8 * MOST and drawn.min() < 0.2 * MOST


def test_pictures_are_measured_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "BATCH", 2)
    rng = np.random.default_rng(0)
    stored = rng.integers(0, 256, (6, 20, 20, 3), dtype=np.uint8)
    stored[4] = 0
    with h5py.File(tmp_path / "pictures.hdf5", "w") as file:
        file["imgBrick"] = stored
    shown = pd.DataFrame({"image": pd.array([0, 2, 3, 4, 5], "Int32")})
    table = picture_properties(str(tmp_path / "pictures.hdf5"), shown)
    assert list(table["image"]) == [0, 2, 3, 4, 5]
    for image, light in zip(table["image"], table["luminance"], strict=True):
        large = Image.fromarray(stored[image]).resize((SIDE, SIDE), Image.Resampling.BOX)
        assert light == pytest.approx(luminance(np.asarray(large)).mean())
    black = table.set_index("image").loc[4]
    assert black["luminance"] == 0 and black[["contrast", "spatial_frequency"]].isna().all()
    validated(table, "picture_properties", "here")
    with pytest.raises(StudyError, match="image 7 was asked for"):
        picture_properties(str(tmp_path / "pictures.hdf5"), pd.DataFrame({"image": [7]}))


def test_pictures_in_a_folder(tmp_path: Path) -> None:
    Image.new("RGB", (30, 20), (255, 0, 0)).save(tmp_path / "sea.png")
    shown = pd.DataFrame({"image": pd.array(["sea"], "string")})
    table = picture_properties(str(tmp_path), shown)
    assert list(table["luminance"]) == pytest.approx([0.2126])
    assert validated(table, "picture_properties", "here")["image"][0] == "sea"
