"""Maps: every voxel has the value of its region, where the label volumes have the region."""

import gzip
import time
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from response_clusters.errors import StudyError
from response_clusters.records import read_record, write_record
from response_clusters.report.maps import (
    map_image,
    map_record,
    painted,
    prototypes_of,
    read_mean,
    write_map,
)
from response_clusters.sources.nsd.regions import regions
from response_clusters.sources.series import read_series
from response_clusters.sources.voxels import Voxels, read_voxels, write_voxels
from response_clusters.tables import validated

SHAPE, K = (4, 5, 6), 3
AFFINE = np.diag([1.8, 2.0, 2.5, 1.0]).astype(np.float32).astype(np.float64)
AFFINE[:3, 3] = np.float32([-2.7, 3.3, 1.1])
IDENTITY = {1: 2, 2: None, 3: 1}


def rotated(shear: float = 0.0) -> np.ndarray:
    """AFFINE turned by ten degrees, with one axis leaning."""
    c, s = np.cos(np.pi / 18), np.sin(np.pi / 18)
    turn = np.eye(4)
    turn[:2, :2] = [[c, -s], [s, c]]
    lean = np.eye(4)
    lean[0, 1] = shear
    return (turn @ lean @ AFFINE).astype(np.float32).astype(np.float64)


def masks(seed: int = 0) -> dict[str, np.ndarray]:
    """Five regions that share voxels, and a voxel that is in none."""
    rng = np.random.default_rng(seed)
    found = {f"R{n}": rng.random(SHAPE) < 0.2 for n in range(5)}
    for mask in found.values():
        mask[0, 0, 0] = False
    return found


def kept(found: dict[str, np.ndarray], affine: np.ndarray | None, folder: Path) -> Voxels:
    """Voxels as the study keeps and reads them; the regions table has one that is absent too."""
    table = pd.DataFrame(
        {
            "region": [*found, "absent"],
            "collection": None,
            "label": None,
            "voxels": [*(int(mask.sum()) for mask in found.values()), 0],
            "present": [True] * len(found) + [False],
        }
    )
    write_voxels(found, affine, folder / "regions.npz")
    return read_voxels(folder / "regions.npz", validated(table, "regions", "here"))


def centroids(names: list[str], k: int = K) -> pd.DataFrame:
    """A row per cluster and region, in no order."""
    rng = np.random.default_rng(5)
    rows = pd.MultiIndex.from_product([range(1, k + 1), names], names=["cluster", "region"])
    table = rows.to_frame(index=False)
    table["response"], table["prototype"] = rng.normal(size=(2, len(table))) / 4
    return table.sample(frac=1, random_state=1)


def mapped(voxels: Voxels, subject: str = "subj01") -> nib.Nifti1Image:
    table = centroids(list(voxels.members))
    return map_image(voxels, painted(voxels, prototypes_of(table, voxels, "centroids")), subject)


@pytest.mark.parametrize("seed", range(3))
def test_a_voxel_has_the_mean_of_its_regions_values(seed: int, tmp_path: Path) -> None:
    found = masks(seed)
    voxels = kept(found, AFFINE, tmp_path)
    write_map(mapped(voxels), tmp_path / "map.nii.gz")
    image = nib.load(tmp_path / "map.nii.gz")
    assert image.shape == (*SHAPE, K) and image.get_data_dtype() == np.float32
    value = centroids(list(found)).set_index(["cluster", "region"])["prototype"]
    shared = 0
    for place in np.ndindex(SHAPE):
        of = [name for name, mask in found.items() if mask[place]]
        shared += len(of) > 1
        for volume in range(K):
            each = [value[volume + 1, name] for name in of]
            expected = np.float32(sum(each) / len(each)) if each else 0
            assert image.dataobj[(*place, volume)] == pytest.approx(expected, abs=1e-7)
    assert shared > 5
    record = map_record("subj01", voxels, IDENTITY, "")
    assert record["shared_voxels"] == shared
    assert record["regions"] == {name: mask.sum() for name, mask in found.items()}


@pytest.mark.parametrize(
    "affine", [AFFINE, rotated(), rotated(0.3)], ids=["RAS", "turned", "sheared"]
)
def test_the_affine_is_kept_to_the_last_bit(affine: np.ndarray, tmp_path: Path) -> None:
    write_map(mapped(kept(masks(), affine, tmp_path)), tmp_path / "map.nii.gz")
    image = nib.load(tmp_path / "map.nii.gz")
    np.testing.assert_array_equal(image.affine, affine)
    assert image.header["sform_code"] == 1
    # A qform holds no shear: rather none than a wrong one.
    is_sheared = affine[0, 1] > 0
    assert image.header["qform_code"] == (0 if is_sheared else 1)
    if not is_sheared:
        np.testing.assert_allclose(image.get_qform(), affine, atol=1e-5)
    assert image.header.get_xyzt_units()[0] == "mm"
    assert image.header["cal_max"] == -image.header["cal_min"] == np.abs(image.get_fdata()).max()


@pytest.mark.parametrize("stored", ["RAS", "LAS", "PSR", "IPL"])
def test_values_are_where_the_label_volume_has_the_region(stored: str, tmp_path: Path) -> None:
    """In millimetres, of a label volume and a mean volume that are stored in other orders."""
    labels = np.random.default_rng(2).integers(0, 4, SHAPE).astype(np.int16)
    mean = np.arange(labels.size, dtype=np.float32).reshape(SHAPE)
    turn = nib.orientations.ornt_transform(
        nib.orientations.axcodes2ornt("RAS"), nib.orientations.axcodes2ornt(stored)
    )
    for name, values in (("labels", labels), ("mean", mean)):
        nib.Nifti1Image(values, AFFINE).as_reoriented(turn).to_filename(tmp_path / f"{name}.nii.gz")
    assert nib.aff2axcodes(nib.load(tmp_path / "labels.nii.gz").affine) == tuple(stored)
    files = {"volumes": [tmp_path / "labels.nii.gz"], "names": [], "mean": tmp_path / "mean.nii.gz"}
    found = regions(files, "subj01", {"x": {1: "R0", 2: "R1", 3: "R2"}})
    write_voxels(found.masks, found.affine, tmp_path / "regions.npz")
    voxels = read_voxels(tmp_path / "regions.npz", found.table)
    write_map(mapped(voxels), tmp_path / "map.nii.gz")
    image, source = nib.load(tmp_path / "map.nii.gz"), nib.load(tmp_path / "labels.nii.gz")
    assert nib.aff2axcodes(image.affine) == ("R", "A", "S")
    value = centroids(["R0", "R1", "R2"]).set_index(["cluster", "region"])["prototype"]
    there = np.linalg.inv(source.affine)
    lies_under = read_mean(tmp_path / "mean.nii.gz", voxels)
    for place in np.ndindex(SHAPE):
        at = tuple(np.rint(there @ image.affine @ [*place, 1]).astype(int)[:3])
        label = int(source.dataobj[at])
        expected = [value[c, f"R{label - 1}"] if label else 0 for c in range(1, K + 1)]
        np.testing.assert_allclose(image.dataobj[place], expected, atol=1e-7)
        assert lies_under[place] == nib.load(tmp_path / "mean.nii.gz").dataobj[at]
    np.testing.assert_array_equal(lies_under, mean)


def test_an_absent_region_is_not_there(tmp_path: Path) -> None:
    voxels = kept(masks(), AFFINE, tmp_path)
    assert "absent" not in map_record("subj01", voxels, IDENTITY, "")["regions"]
    table = centroids([*masks(), "absent"])
    with pytest.raises(
        StudyError, match=r"fit\.tsv: its regions .*regions\.npz differ by absent; "
    ):
        prototypes_of(table, voxels, "fit.tsv")
    with pytest.raises(StudyError, match="differ by R4; expected the same"):
        prototypes_of(centroids(list(masks())[:-1]), voxels, "fit.tsv")


def test_where_no_space_is_known_none_is_made_up(tmp_path: Path) -> None:
    voxels = kept(masks(), None, tmp_path)
    write_map(mapped(voxels), tmp_path / "map.nii.gz")
    header = nib.load(tmp_path / "map.nii.gz").header
    assert header["sform_code"] == header["qform_code"] == 0
    assert header.get_xyzt_units()[0] == "unknown"
    record = map_record("subj01", voxels, IDENTITY, "")
    assert record["axes"].startswith("Unknown: the label volumes state no orientation")
    assert record["units"].startswith("Unknown")
    known = map_record("subj01", kept(masks(), AFFINE, tmp_path), IDENTITY, "")
    assert (known["axes"], known["units"]) == ("RAS", "mm")


@pytest.mark.parametrize("affine", [AFFINE, None])
def test_the_studys_own_reader_gives_back_what_was_painted(
    affine: np.ndarray | None, tmp_path: Path
) -> None:
    voxels = kept(masks(), affine, tmp_path)
    values = painted(voxels, prototypes_of(centroids(list(masks()), 1), voxels, "here"))
    write_map(map_image(voxels, values, "subj01"), tmp_path / "map.nii.gz")
    read = read_series(tmp_path / "map.nii.gz", voxels)
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, values)


def test_the_same_map_has_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voxels = kept(masks(), AFFINE, tmp_path)
    write_map(mapped(voxels), tmp_path / "a.nii.gz")
    monkeypatch.setattr(time, "time", lambda: 1e9)
    write_map(mapped(voxels), tmp_path / "another name.nii.gz")
    first = (tmp_path / "a.nii.gz").read_bytes()
    assert first == (tmp_path / "another name.nii.gz").read_bytes()
    assert first[3:8] == bytes(5)  # neither a name nor a time
    assert len(gzip.decompress(first)) == 352 + 4 * K * np.prod(SHAPE)


def test_the_record_says_which_cluster_a_volume_is(tmp_path: Path) -> None:
    record = map_record("subj01", kept(masks(), AFFINE, tmp_path), IDENTITY, "Simulated")
    write_record(record, tmp_path / "map.json", "map")
    read = read_record(tmp_path / "map.json", "map")
    assert read["k"] == K and read["note"] == "Simulated"
    assert [tuple(volume.values()) for volume in read["volumes"]] == [
        *((0, 1, 2), (1, 2, None), (2, 3, 1)),
    ]


@pytest.mark.parametrize("subject", ["subj01", "ö" * 90])
def test_the_header_names_the_subject_and_k(subject: str, tmp_path: Path) -> None:
    told = mapped(kept(masks(), AFFINE, tmp_path), subject).header["descrip"].item().decode()
    assert told == f"Prototypes of k = 3, {subject}"[: len(told)]
    assert told.endswith(subject[-1]) and len(told.encode()) <= 79


def test_masks_of_other_geometries_have_room(tmp_path: Path) -> None:
    """The vertices of a surface, say: more in a row than NIfTI-1 can count."""
    mask = np.zeros((40_000, 1, 1), dtype=bool)
    mask[[7, 39_999]] = True
    voxels = kept({"a": mask, "b": ~mask}, None, tmp_path)
    write_map(mapped(voxels), tmp_path / "map.nii.gz")
    image = nib.load(tmp_path / "map.nii.gz")
    assert isinstance(image, nib.Nifti2Image) and image.shape == (40_000, 1, 1, K)
    assert len(np.unique(np.asarray(image.dataobj)[..., 0])) == 2


def test_a_mean_volume_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    voxels = kept(masks(), AFFINE, tmp_path)
    path = tmp_path / "mean.nii.gz"
    nib.Nifti1Image(np.ones((4, 5, 7), np.float32), AFFINE).to_filename(path)
    with pytest.raises(StudyError, match=r"mean\.nii\.gz: .*shape .4, 5, 7.; .*regions\.npz"):
        read_mean(path, voxels)
    nib.Nifti1Image(np.ones(SHAPE, np.complex64), AFFINE).to_filename(path)
    with pytest.raises(StudyError, match=r"mean\.nii\.gz: its values are complex64; expected"):
        read_mean(path, voxels)
    holes = np.full(SHAPE, 7.0)
    holes[0, 0, :2] = np.nan, np.inf
    nib.Nifti1Image(holes, AFFINE).to_filename(path)
    np.testing.assert_array_equal(read_mean(path, voxels), np.where(np.isfinite(holes), holes, 0))
