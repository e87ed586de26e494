"""The simulated folder is laid out as NSD's: what a reader of NSD would look at, file by file."""

import hashlib
import json
from pathlib import Path

import h5py
import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from response_clusters.sources.nsd.tables import STIMULUS_COLUMNS
from scipy.io import loadmat

from tests.workflow.conftest import OLDEST, SMALL, run_snakemake

VERSION = "betas_fithrf_GLMdenoise_RR"


@pytest.fixture(scope="module")
def root(small: Path) -> Path:
    return small / "simulated"


def volume(root: Path, subject: str, name: str) -> np.ndarray:
    path = root / "nsddata/ppdata" / subject / "func1pt8mm" / f"{name}.nii.gz"
    return np.asanyarray(nib.load(path).dataobj)


def test_the_paths_are_nsds(root: Path) -> None:
    for subject, sessions in (("subj01", 2), ("subj02", 1), ("subj04", 1)):
        anatomy = root / "nsddata/ppdata" / subject / "func1pt8mm"
        for name in ("brainmask", "aseg", "mean", "R2", "valid"):
            assert (anatomy / f"{name}.nii.gz").is_file()
        collections = (
            *("prf-visualrois", "prf-eccrois", "floc-bodies", "floc-faces", "floc-places"),
            *("floc-words", "streams", "nsdgeneral"),
        )
        for collection in collections:
            for side in ("", "lh.", "rh."):
                assert (anatomy / "roi" / f"{side}{collection}.nii.gz").is_file()
            labels = root / "nsddata/freesurfer" / subject / "label" / f"{collection}.mgz.ctab"
            assert labels.read_text().startswith("0 Unknown\n1 ")
        betas = root / "nsddata_betas/ppdata" / subject / "func1pt8mm" / VERSION
        names = {path.name for path in betas.iterdir()}
        assert names == {"ncsnr.nii.gz"} | {
            f"betas_session{s:02d}.hdf5" for s in range(1, sessions + 1)
        }
        for session in range(1, sessions + 1):
            assert (anatomy / f"valid_session{session:02d}.nii.gz").is_file()


def test_betas_are_int16_reversed_and_a_chunk_per_voxel(root: Path) -> None:
    path = root / "nsddata_betas/ppdata/subj01/func1pt8mm" / VERSION / "betas_session01.hdf5"
    brain = volume(root, "subj01", "brainmask") == 1
    with h5py.File(path) as file:
        betas = file["betas"]
        assert betas.dtype == np.int16
        assert betas.shape == (750, *brain.shape[::-1])
        assert betas.chunks == (750, 1, 1, 1)
        assert betas.compression is None
        values = betas[:].T
    assert not values[~brain].any()
    lost = brain & ~values.any(axis=3)
    assert lost.sum() == 3
    valid = volume(root, "subj01", "valid_session01")
    np.testing.assert_array_equal(valid == 1, brain & ~lost)
    share = volume(root, "subj01", "valid")
    np.testing.assert_allclose(share[lost], 0.5)
    np.testing.assert_allclose(share[brain & ~lost], 1.0)
    spread = values[brain & ~lost].astype(float).std(axis=1) / 300
    assert (spread == 0).sum() == 1  # the constant voxel
    assert 0.5 < np.median(spread) < 5  # percent signal change


def test_sessions_differ_in_gain_and_offset(root: Path) -> None:
    folder = root / "nsddata_betas/ppdata/subj01/func1pt8mm" / VERSION
    paths = [folder / f"betas_session{s:02d}.hdf5" for s in (1, 2)]
    with h5py.File(paths[0]) as a, h5py.File(paths[1]) as b:
        one, two = a["betas"][:].astype(float), b["betas"][:].astype(float)
    varying = (one.std(axis=0) > 0) & (two.std(axis=0) > 0)
    assert abs(np.median((two.std(axis=0) / one.std(axis=0).clip(1e-9))[varying]) - 1) > 0.005
    assert abs(np.median((two.mean(axis=0) - one.mean(axis=0))[varying])) > 1


def test_affines_centre_the_slab(root: Path) -> None:
    image = nib.load(root / "nsddata/ppdata/subj02/func1pt8mm/brainmask.nii.gz")
    np.testing.assert_allclose(np.diag(image.affine)[:3], 1.8)
    middle = image.affine @ [*((np.array(image.shape) - 1) / 2), 1]
    np.testing.assert_allclose(middle[:3], 0, atol=1e-5)


def test_region_volumes(root: Path) -> None:
    shapes = set()
    for subject, absent in (("subj01", {4, 5}), ("subj04", {5})):
        faces = volume(root, subject, "roi/floc-faces")
        shapes.add(faces.shape)
        assert faces.dtype.kind == "f"
        expected = {-1, 0, 1, 2, 3, 4, 5} - (absent if subject == "subj04" else {4})
        assert set(np.unique(faces)) == expected
        left, right = (
            volume(root, subject, "roi/lh.floc-faces"),
            volume(root, subject, "roi/rh.floc-faces"),
        )
        np.testing.assert_array_equal(np.maximum(left, right), faces)
        assert not ((left > 0) & (right > 0)).any()
        bodies = volume(root, subject, "roi/floc-bodies")
        assert ((faces > 0) & (bodies > 0)).any()  # collections share voxels
        assert {17, 18, 53, 54} <= set(np.unique(volume(root, subject, "aseg")))
        early = volume(root, subject, "roi/prf-visualrois")
        sizes = np.bincount(early[early > 0].astype(int))
        assert sizes[1] > sizes[7] > 20  # V1v is larger than hV4
    assert len(shapes) == 2


def test_the_design_and_the_stimulus_table(root: Path) -> None:
    held = loadmat(root / "nsddata/experiments/nsd/nsd_expdesign.mat")
    assert held["masterordering"].shape == (1, 30000)
    assert held["subjectim"].shape == (8, 10000)
    assert held["sharedix"].shape == (1, 1000)
    assert held["masterordering"].min() == held["subjectim"].min() == 1
    assert (held["subjectim"][:, :1000] == held["sharedix"]).all()
    table = pd.read_csv(root / "nsddata/experiments/nsd/nsd_stim_info_merged.csv")
    assert list(table.columns) == ["Unnamed: 0", *STIMULUS_COLUMNS]
    assert table.shape == (73000, 41)
    assert (table["nsdId"] == table.index).all()
    assert table["cocoId"].is_unique
    assert table["shared1000"].sum() == 1000
    assert (table.loc[table["shared1000"], "cocoSplit"] == "train2017").all()
    assert table["cropBox"].str.fullmatch(r"\(([\d.]+, ){3}[\d.]+\)").all()
    reps = table[[f"subject3_rep{r}" for r in range(3)]].to_numpy()
    assert sorted(reps[reps > 0]) == list(range(1, 30001))
    assert ((reps > 0).all(axis=1) == (table["subject3"] == 1)).all()


def test_pictures_and_annotations(root: Path) -> None:
    folder = root / "nsddata_stimuli/stimuli/nsd"
    with h5py.File(folder / "nsd_stimuli.hdf5") as file:
        brick = file["imgBrick"]
        assert brick.shape == (73000, 425, 425, 3)
        assert brick.dtype == np.uint8
        design = loadmat(root / "nsddata/experiments/nsd/nsd_expdesign.mat")
        first = design["subjectim"][0, int(design["masterordering"][0, 0]) - 1] - 1
        assert brick[int(first)].std() > 5
    for split in ("train", "val"):
        held = json.loads((folder / "annotations" / f"instances_{split}2017.json").read_text())
        assert list(held) == ["info", "licenses", "images", "annotations", "categories"]
        assert len(held["categories"]) == 80
        assert list(held["annotations"][0]) == [
            *("segmentation", "area", "iscrowd", "image_id", "bbox", "category_id", "id")
        ]
    assert any(a["iscrowd"] for a in held["annotations"]) or split == "val"


def test_behaviour_has_nsds_columns(root: Path) -> None:
    table = pd.read_csv(root / "nsddata/ppdata/subj01/behav/responses.tsv", sep="\t")
    assert len(table) == 1500
    assert list(table.columns[:6]) == ["SUBJECT", "SESSION", "RUN", "TRIAL", "73KID", "10KID"]
    runs = table.groupby(["SESSION", "RUN"]).size()
    assert runs[1].tolist() == [63, 62] * 6
    assert table["TRIAL"].max() == 63


def digests(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_writes_the_same_bytes_on_another_processor(
    small: Path, tmp_path: Path
) -> None:
    wanted = [
        path.relative_to(small.parents[1]).as_posix()
        for path in sorted((small / "simulated").rglob("*"))
        if path.is_file() and "stimuli.hdf5" not in path.name
    ]
    run_snakemake(tmp_path, SMALL, *wanted, env=OLDEST)
    again = digests(tmp_path / "results" / "small" / "simulated")
    first = digests(small / "simulated")
    assert again == {name: first[name] for name in again}
    assert len(again) == len(wanted)
