"""Betas and regions in files laid out as NSD's, with the traps that readers fall into."""

import contextlib
import gzip
from pathlib import Path

import h5py
import nibabel as nib
import numpy as np
import pytest
from response_clusters import StudyError
from response_clusters.responses.regional_means import EPSILON, regional_means
from response_clusters.sources.byte_ranges import LocalFile
from response_clusters.sources.label_names import read_names
from response_clusters.sources.nsd import betas as nsd_betas
from response_clusters.sources.nsd.betas import read_betas
from response_clusters.sources.nsd.chunks import read_chunks
from response_clusters.sources.regions import chosen, read_labels, region_masks, region_table
from response_clusters.sources.voxels import read_voxels, write_voxels

SHAPE = (6, 7, 5)
TRIALS = 20


@pytest.fixture
def betas() -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.integers(-3000, 3000, (*SHAPE, TRIALS)).astype(np.int16)


@pytest.fixture
def mask() -> np.ndarray:
    return np.random.default_rng(1).random(SHAPE) < 0.4


def hdf5(betas: np.ndarray, path: Path, **layout: object) -> Path:
    with h5py.File(path, "w") as file:
        file.create_dataset("betas", data=betas.transpose(3, 2, 1, 0), **layout)
    return path


def nifti(betas: np.ndarray, path: Path) -> Path:
    image = nib.Nifti1Image(betas, np.diag([1.8, 1.8, 1.8, 1]))
    image.to_filename(path)
    return path


NSD_CHUNKS = (TRIALS, 1, 1, 1)
LAYOUTS: dict[str, dict[str, object]] = {
    "as NSD": {"chunks": NSD_CHUNKS},
    "as NSD, compressed": {"chunks": NSD_CHUNKS, "compression": "gzip"},
    "as NSD, checksums": {"chunks": NSD_CHUNKS, "fletcher32": True},
    "contiguous": {},
    "big-endian": {"dtype": ">i2"},
    "by trial": {"chunks": (1, 5, 7, 6), "compression": "gzip"},
    "by trials and boxes": {"chunks": (3, 2, 4, 5), "shuffle": True},
    "by boxes": {"chunks": (TRIALS, 2, 3, 4)},
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("together", [2**25, 50])
def test_every_hdf5_layout_gives_the_same_integers(
    betas: np.ndarray,
    mask: np.ndarray,
    layout: str,
    together: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nsd_betas, "_TOGETHER", together)
    found = read_betas(hdf5(betas, tmp_path / "betas_session01.hdf5", **LAYOUTS[layout]), mask)
    assert found.dtype == np.int16
    np.testing.assert_array_equal(found, betas[mask])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_index_is_read_directly_where_the_layout_is_nsds_and_only_there(
    layout: str, tmp_path: Path
) -> None:
    # Enough voxels for an index of three levels, and an order that is not the file's.
    shape = (23, 19, 17)
    rng = np.random.default_rng(5)
    values = rng.integers(-3000, 3000, (*shape, TRIALS)).astype(np.int16)
    path = hdf5(values, tmp_path / "a.hdf5", **LAYOUTS[layout])
    voxels = rng.permutation(np.argwhere(rng.random(shape[::-1]) < 0.1))
    with LocalFile(path) as source, source.h5() as file:
        found = read_chunks(source, file["betas"], voxels)
        assert (found is not None) == (layout == "as NSD")
        if found is not None:
            for row, (z, y, x) in zip(found, voxels, strict=True):
                np.testing.assert_array_equal(row, file["betas"][:, z, y, x])


def test_an_index_that_is_not_understood_is_left_to_the_library(
    betas: np.ndarray, mask: np.ndarray, tmp_path: Path
) -> None:
    values = betas.transpose(3, 2, 1, 0)
    voxels = np.argwhere(mask)[:, ::-1]

    def both(path: Path) -> np.ndarray | None:
        with LocalFile(path) as source, source.h5() as file:
            direct = read_chunks(source, file["betas"], voxels)
        np.testing.assert_array_equal(read_betas(path, mask), betas[mask])
        return direct

    # Newer versions of the format, an address that counts from elsewhere, and a name for another.
    for number, options in enumerate([{"libver": "latest"}, {"userblock_size": 512}]):
        with h5py.File(tmp_path / f"{number}.hdf5", "w", **options) as file:
            file.create_dataset("betas", data=values, chunks=NSD_CHUNKS)
        assert both(tmp_path / f"{number}.hdf5") is None
    with h5py.File(tmp_path / "link.hdf5", "w") as file:
        file.create_dataset("inner/betas", data=values, chunks=NSD_CHUNKS)
        file["betas"] = h5py.SoftLink("/inner/betas")
    both(tmp_path / "link.hdf5")
    # A header that continues elsewhere in the file is followed.
    with h5py.File(tmp_path / "long.hdf5", "w") as file:
        written = file.create_dataset("betas", data=values, chunks=NSD_CHUNKS)
        for number in range(40):
            written.attrs[f"note {number}"] = "x" * 50
    assert both(tmp_path / "long.hdf5") is not None


def test_a_damaged_index_gives_the_values_or_what_the_library_gives_or_nothing(
    betas: np.ndarray, mask: np.ndarray, tmp_path: Path
) -> None:
    whole = hdf5(betas, tmp_path / "whole.hdf5", chunks=NSD_CHUNKS).read_bytes()
    nodes = [at for at in range(len(whole)) if whole.startswith(b"TREE\x01", at)]
    voxels = np.argwhere(mask)[:, ::-1]
    rng = np.random.default_rng(7)
    direct = 0
    for trial in range(80):
        damaged = bytearray(whole)
        at = nodes[trial % len(nodes)] + int(rng.integers(8 if trial % 2 else 3000))
        damaged[at] ^= 1 << int(rng.integers(8))
        path = tmp_path / f"{trial}.hdf5"
        path.write_bytes(damaged)
        with contextlib.suppress(OSError), LocalFile(path) as source, source.h5() as file:
            found = read_chunks(source, file["betas"], voxels)
            if found is not None:
                direct += 1
                wrong = (found != betas[mask]).any(axis=1)
                np.testing.assert_array_equal(found[wrong], file["betas"][:].T[mask][wrong])
    assert 0 < direct < 80


def test_both_formats_give_the_same_integers(
    betas: np.ndarray, mask: np.ndarray, tmp_path: Path
) -> None:
    a = read_betas(hdf5(betas, tmp_path / "a.hdf5", chunks=(TRIALS, 1, 1, 1)), mask)
    b = read_betas(nifti(betas, tmp_path / "a.nii.gz"), mask)
    assert a.dtype == b.dtype == np.int16
    np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(b, betas[mask])


def test_a_big_endian_nifti_is_read(betas: np.ndarray, mask: np.ndarray, tmp_path: Path) -> None:
    header = nib.Nifti1Header(endianness=">")
    header.set_data_dtype(np.dtype(">i2"))
    image = nib.Nifti1Image(betas, np.eye(4), header)
    image.to_filename(tmp_path / "big.nii.gz")
    np.testing.assert_array_equal(read_betas(tmp_path / "big.nii.gz", mask), betas[mask])


def test_a_gzip_file_of_several_members_is_read(
    betas: np.ndarray, mask: np.ndarray, tmp_path: Path
) -> None:
    plain = gzip.decompress(nifti(betas, tmp_path / "a.nii.gz").read_bytes())
    parts = [gzip.compress(part) for part in (plain[:100], plain[100:999], b"", plain[999:])]
    (tmp_path / "b.nii.gz").write_bytes(b"".join(parts))
    np.testing.assert_array_equal(read_betas(tmp_path / "b.nii.gz", mask), betas[mask])
    (tmp_path / "c.nii.gz").write_bytes(b"".join(parts)[:-3])
    with pytest.raises(StudyError, match="c.nii.gz: the file is damaged or cut short"):
        read_betas(tmp_path / "c.nii.gz", mask)


def test_damaged_files_are_told(betas: np.ndarray, mask: np.ndarray, tmp_path: Path) -> None:
    whole = nifti(betas, tmp_path / "whole.nii.gz").read_bytes()
    cut = tmp_path / "cut.nii.gz"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StudyError, match="cut.nii.gz"):
        read_betas(cut, mask)
    short = tmp_path / "short.nii.gz"
    short.write_bytes(gzip.compress(gzip.decompress(whole)[:-500]))
    with pytest.raises(StudyError, match="ends within volume"):
        read_betas(short, mask)
    flipped = bytearray(whole)
    flipped[-8] ^= 1  # the checksum
    (tmp_path / "flipped.nii.gz").write_bytes(flipped)
    (tmp_path / "bare.nii.gz").write_bytes(gzip.decompress(whole))
    with pytest.raises(StudyError, match="damaged"):
        read_betas(tmp_path / "bare.nii.gz", mask)
    (tmp_path / "extra.nii.gz").write_bytes(gzip.compress(gzip.decompress(whole) + bytes(5000)))
    with pytest.raises(StudyError, match="goes on behind volume 20"):
        read_betas(tmp_path / "extra.nii.gz", mask)
    with pytest.raises(StudyError, match="damaged"):
        read_betas(tmp_path / "flipped.nii.gz", mask)
    broken = tmp_path / "broken.hdf5"
    broken.write_bytes(hdf5(betas, tmp_path / "a.hdf5").read_bytes()[:900])
    with pytest.raises(StudyError, match="damaged or cut short"):
        read_betas(broken, mask)


def test_other_shapes_and_types_are_refused(
    betas: np.ndarray, mask: np.ndarray, tmp_path: Path
) -> None:
    path = hdf5(betas, tmp_path / "a.hdf5")
    with pytest.raises(StudyError, match="same subject and space"):
        read_betas(path, mask[:-1])
    with pytest.raises(StudyError, match="are uint8; expected int16"):
        read_betas(hdf5(betas.astype(np.uint8), tmp_path / "b.hdf5"), mask)
    for wide in (hdf5, nifti):
        suffix = "hdf5" if wide is hdf5 else "nii.gz"
        fitting = read_betas(wide(betas.astype(np.int32), tmp_path / f"i.{suffix}"), mask)
        assert fitting.dtype == np.int16
        np.testing.assert_array_equal(fitting, betas[mask])
        with pytest.raises(StudyError, match="are int32 from -.* to .*; expected int16"):
            read_betas(wide(betas.astype(np.int32) * 20, tmp_path / f"l.{suffix}"), mask)
    with pytest.raises(StudyError, match="no such file"):
        read_betas(tmp_path / "none.hdf5", mask)
    with h5py.File(tmp_path / "c.hdf5", "w") as file:
        file["other"] = 1
    with pytest.raises(StudyError, match="no dataset 'betas'"):
        read_betas(tmp_path / "c.hdf5", mask)


def test_zscoring_is_its_formula() -> None:
    rng = np.random.default_rng(2)
    betas = rng.integers(-900, 900, (5, 30)).astype(np.int16)
    members = {"A": np.array([0, 1, 2]), "B": np.array([2, 3, 4])}  # one voxel in both
    found = regional_means(betas, members, zscore=True, invalid="omit", scale=300)
    percent = betas / 300.0
    z = (percent - percent.mean(axis=1, keepdims=True)) / (percent.std(axis=1)[:, None] + 1e-6)
    for column, rows in enumerate(members.values()):
        np.testing.assert_allclose(found.means[:, column], z[rows].mean(axis=0), atol=1e-6)
    plain = regional_means(betas, members, zscore=False, invalid="omit", scale=300)
    np.testing.assert_allclose(plain.means[:, 0], percent[:3].mean(axis=0), atol=1e-6)


def test_zero_and_constant_voxels_are_left_out_and_counted() -> None:
    rng = np.random.default_rng(3)
    betas = rng.integers(-900, 900, (4, 30)).astype(np.int16)
    betas[1], betas[2] = 0, 217
    members = {"A": np.arange(4)}
    omitted = regional_means(betas, members, zscore=True, invalid="omit")
    valid = regional_means(betas[[0, 3]], {"A": np.arange(2)}, zscore=True, invalid="omit")
    np.testing.assert_array_equal(omitted.means, valid.means)
    assert (omitted.voxels[0], omitted.zero[0], omitted.constant[0]) == (4, 1, 1)
    zeroed = regional_means(betas, members, zscore=True, invalid="zero")
    np.testing.assert_allclose(zeroed.means, omitted.means / 2, rtol=1e-6)


def test_a_voxel_that_is_zero_in_some_trials_is_valid() -> None:
    betas = np.array([[0, 0, 300, -300]], dtype=np.int16)
    found = regional_means(betas, {"A": np.array([0])}, zscore=False, invalid="omit", scale=300)
    assert found.zero[0] == 0
    np.testing.assert_allclose(found.means[:, 0], [0, 0, 1, -1])


def test_a_region_without_a_valid_voxel_is_named() -> None:
    betas = np.zeros((2, 10), dtype=np.int16)
    with pytest.raises(StudyError, match="region RSC has no valid voxel"):
        regional_means(betas, {"RSC": np.arange(2)}, zscore=True, invalid="omit")


def test_the_order_of_trials_changes_no_bit() -> None:
    rng = np.random.default_rng(4)
    betas = rng.integers(-9000, 9000, (40, 50)).astype(np.int16)
    order = rng.permutation(50)
    members = {"A": np.arange(40)}
    a = regional_means(betas, members, zscore=True, invalid="omit").means
    b = regional_means(betas[:, order], members, zscore=True, invalid="omit").means
    np.testing.assert_array_equal(a[order], b)


@pytest.mark.parametrize("zscore", [True, False])
def test_the_order_of_voxels_changes_no_bit(zscore: bool) -> None:
    rng = np.random.default_rng(8)
    betas = rng.integers(-(2**15), 2**15, (900, 50)).astype(np.int16)
    betas[5], betas[300:600] = 7, rng.integers(-2, 3, (300, 50))
    members = {"A": np.arange(700), "B": rng.choice(900, 400, replace=False)}
    order = rng.permutation(900)
    place = np.argsort(order)
    shuffled = {region: place[rng.permutation(rows)] for region, rows in members.items()}
    a = regional_means(betas, members, zscore, "omit").means
    b = regional_means(betas[order], shuffled, zscore, "omit").means
    np.testing.assert_array_equal(a, b)


def test_z_scores_are_summed_exactly() -> None:
    """Against fractions: the rounding to the grid is the whole of the error."""
    rng = np.random.default_rng(9)
    betas = rng.integers(-(2**15), 2**15, (300, 12)).astype(np.int16)
    betas[:100] = rng.integers(0, 2, (100, 12)) + 30000
    betas[0] = [*[-(2**15)] * 11, 2**15 - 1]  # the largest z-score there is
    percent = betas.astype(np.longdouble) / 300
    spread = percent.std(axis=1, keepdims=True) + np.longdouble(EPSILON)
    z = (percent - percent.mean(axis=1, keepdims=True)) / spread
    rounded = np.rint(z * 2**28) / 2**28
    assert abs(rounded - z).max() <= 2.0**-29
    members = {"A": np.arange(300)}
    found = regional_means(betas, members, zscore=True, invalid="omit", scale=300).means[:, 0]
    np.testing.assert_allclose(found, z.mean(axis=0), rtol=2.0**-23, atol=2.0**-29)


def labels() -> np.ndarray:
    """−1 outside cortex, 0 unlabelled, label 2 absent."""
    volume = np.full(SHAPE, -1.0)
    volume[:, :, 1:] = 0.0
    volume[:2, 0, 2], volume[3:, 1, 2] = 1.0, 3.0
    return volume


def test_regions_are_label_equalities_whatever_the_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "floc-x.nii.gz"
    nib.Nifti1Image(labels(), np.eye(4)).to_filename(path)
    volumes = {"floc-x": read_labels(path).values}
    names = {"floc-x": {1: "one", 2: "two", 3: "three"}}
    table = region_table(volumes, names)
    assert table["voxels"].tolist() == [2, 0, 3]
    assert table["present"].tolist() == [True, False, True]  # a name does not make a region
    masks = region_masks(volumes, table)
    assert list(masks) == ["one", "three"]
    np.testing.assert_array_equal(masks["three"], labels() == 3)


def test_regions_are_kept_for_every_session(tmp_path: Path) -> None:
    volume = labels().astype(np.int32)
    names = {"a": {1: "one", 2: "two", 3: "three"}, "b": {1: "uno"}}
    volumes = {"a": volume, "b": volume}
    table = region_table(volumes, names)
    masks = region_masks(volumes, table)
    path = tmp_path / "regions.npz"
    write_voxels(masks, np.eye(4), path)
    found = read_voxels(path, table)
    mask, members = found.mask, found.members
    np.testing.assert_array_equal(found.affine, np.eye(4))
    assert list(members) == ["one", "three", "uno"]
    np.testing.assert_array_equal(mask, masks["one"] | masks["three"])
    for region, rows in members.items():
        np.testing.assert_array_equal(np.argwhere(mask)[rows], np.argwhere(masks[region]))
    written = path.read_bytes()
    write_voxels(masks, np.eye(4), path)
    assert path.read_bytes() == written
    with pytest.raises(StudyError, match="regions.npz: it holds 7 voxels; expected 5, .*: delete"):
        read_voxels(path, table[:3].assign(voxels=[2, 0, 3]))
    path.write_bytes(written[:200])
    with pytest.raises(StudyError, match="regions.npz: the file is damaged or cut short"):
        read_voxels(path, table)


def test_collections_may_share_voxels() -> None:
    volume = labels().astype(np.int32)
    names = {"a": {1: "one"}, "b": {1: "uno"}}
    masks = region_masks(
        {"a": volume, "b": volume}, region_table({"a": volume, "b": volume}, names)
    )
    np.testing.assert_array_equal(masks["one"], masks["uno"])


def test_fractions_are_no_labels(tmp_path: Path) -> None:
    path = tmp_path / "x.nii.gz"
    nib.Nifti1Image(labels() + 0.5, np.eye(4)).to_filename(path)
    with pytest.raises(StudyError, match="that are not all whole"):
        read_labels(path)
    path.write_bytes(b"no nifti")
    with pytest.raises(StudyError, match="not NIfTI"):
        read_labels(path)
    with pytest.raises(StudyError, match="no such file"):
        read_labels(tmp_path / "none.nii.gz")


def test_label_tables_and_choices(tmp_path: Path) -> None:
    path = tmp_path / "floc-x.mgz.ctab"
    path.write_text("0 Unknown\n1 OFA\n 2 FFA-1 \n\n")
    names = read_names(path)
    assert names == {1: "OFA", 2: "FFA-1"}
    assert chosen("x", "all", names) == names
    assert chosen("x", ["FFA-1"], names) == {2: "FFA-1"}
    assert chosen("aseg", {"18": "L-amygdala", "17": "L-hippocampus", "9": "x"}, {}) == {
        9: "x",
        17: "L-hippocampus",
        18: "L-amygdala",
    }
    with pytest.raises(StudyError, match="names 'FFA'; .*OFA, FFA-1.* did you mean 'FFA-1'"):
        chosen("x", ["FFA"], names)
    path.write_text("OFA 1\n")
    with pytest.raises(StudyError, match="expected a label number and a name"):
        read_names(path)


def test_session_tables_number_trials_within_the_subject() -> None:
    from response_clusters.responses.regional_means import voxel_counts

    betas = np.array([[1, 2, 3], [0, 0, 0]], dtype=np.int16)
    found = regional_means(betas, {"A": np.arange(2)}, zscore=True, invalid="omit")
    row = voxel_counts(found, ["A"]).iloc[0].to_dict()
    assert row == {"region": "A", "voxels": 2, "zero": 1, "constant": 0, "used": 1}


@pytest.mark.parametrize("kind", ["int32", "uint16", "float32"])
def test_the_unit_of_the_response_is_what_the_reader_says(kind: str) -> None:
    """Whatever the betas are stored as: 20 of them make one unit here."""
    rng = np.random.default_rng(12)
    betas = rng.integers(1, 40_000, (4, 60)).astype(kind)
    own = regional_means(betas, {"A": np.arange(4)}, zscore=False, invalid="omit", scale=20)
    np.testing.assert_allclose(own.means[:, 0], betas.mean(axis=0) / 20, rtol=1e-6)
    z = regional_means(betas, {"A": np.arange(4)}, zscore=True, invalid="omit", scale=20)
    units = betas.astype(np.float64) / 20
    expected = (units - units.mean(axis=1, keepdims=True)) / (units.std(axis=1)[:, None] + EPSILON)
    np.testing.assert_allclose(z.means[:, 0], expected.mean(axis=0), atol=1e-6)
