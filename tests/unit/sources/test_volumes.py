"""Volumes and betas are read to their last byte, in the orientation and unit that they state."""

import gzip
import itertools
import subprocess
import sys
from pathlib import Path

import h5py
import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from response_clusters.errors import StudyError
from response_clusters.responses.regional_means import regional_means
from response_clusters.sources.label_names import read_names
from response_clusters.sources.nifti import Volume, axes_of
from response_clusters.sources.nsd.betas import read_betas, session_betas
from response_clusters.sources.regions import aligned, read_labels, require_region_names
from response_clusters.sources.voxels import Voxels, read_voxels, write_voxels

SHAPE, TRIALS = (4, 5, 6), 8
AFFINE = np.diag([1.8, 1.8, 1.8, 1.0])
AFFINE[:3, 3] = [-2.7, -3.6, -4.5]
ORIENTATIONS = [
    np.array(list(zip(axes, flips, strict=True)), dtype=float)
    for axes in itertools.permutations(range(3))
    for flips in itertools.product((1, -1), repeat=3)
]


def labels() -> np.ndarray:
    rng = np.random.default_rng(3)
    return rng.integers(-1, 4, SHAPE).astype(np.float64)


def betas() -> np.ndarray:
    return np.random.default_rng(4).integers(-900, 900, (*SHAPE, TRIALS)).astype(np.int16)


def written(values: np.ndarray, path: Path, turn: np.ndarray | None = None) -> Path:
    """A NIfTI of values in NSD's order, stored with its axes turned."""
    image = nib.Nifti1Image(values, AFFINE)
    (image if turn is None else image.as_reoriented(turn)).to_filename(path)
    return path


@pytest.mark.parametrize(
    "turn", ORIENTATIONS, ids=lambda turn: "".join(nib.orientations.ornt2axcodes(turn))
)
def test_every_orientation_gives_the_same_means(turn: np.ndarray, tmp_path: Path) -> None:
    plain = aligned([read_labels(written(labels(), tmp_path / "a.nii.gz"))])[0]
    turned = aligned([plain, read_labels(written(labels(), tmp_path / "b.nii.gz", turn))])[1]
    np.testing.assert_array_equal(turned.values, labels())
    mask = turned.values == 2
    voxels = Voxels(mask, {"V1v": np.arange(mask.sum())}, plain.affine, "labels")
    found = read_betas(written(betas(), tmp_path / "s.nii.gz", turn), voxels, TRIALS)
    np.testing.assert_array_equal(found, betas()[mask])


def test_volumes_whose_voxels_lie_elsewhere_are_refused_by_both_names(tmp_path: Path) -> None:
    first = read_labels(written(labels(), tmp_path / "first.nii.gz"))

    def refused(affine: np.ndarray, values: np.ndarray, says: str) -> None:
        nib.Nifti1Image(values, affine).to_filename(tmp_path / "other.nii.gz")
        match = rf"other\.nii\.gz: .*{says}.*first\.nii\.gz"
        with pytest.raises(StudyError, match=match):
            aligned([first, read_labels(tmp_path / "other.nii.gz")])

    moved, larger = AFFINE.copy(), AFFINE.copy()
    moved[0, 3] += 1.8
    larger[0, 0] = 2.0
    angle = np.deg2rad(5)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    oblique = AFFINE.copy()
    oblique[:2, :2] = 1.8 * turn
    for affine in (moved, larger, oblique):
        refused(affine, labels(), "its affine puts voxels up to")
    refused(AFFINE, labels()[:-1], "the volume has the shape")
    # A rounding of the header is no difference, and a header may state no affine at all.
    close = AFFINE + 1e-3
    nib.Nifti1Image(labels(), close).to_filename(tmp_path / "close.nii.gz")
    nib.Nifti1Image(labels(), None).to_filename(tmp_path / "silent.nii.gz")
    for name in ("close", "silent"):
        found = aligned([first, read_labels(tmp_path / f"{name}.nii.gz")])[1]
        np.testing.assert_array_equal(found.values, labels())


def test_betas_that_lie_elsewhere_than_the_regions_are_refused(tmp_path: Path) -> None:
    moved = AFFINE.copy()
    moved[2, 3] += 2
    voxels = Voxels(labels() == 2, {}, moved, "regions.npz")
    path = written(betas(), tmp_path / "s.nii.gz")
    with pytest.raises(StudyError, match=r"s\.nii\.gz: its affine .* from where regions\.npz"):
        read_betas(path, voxels)


def test_hdf5_is_held_against_the_nifti_beside_it(tmp_path: Path) -> None:
    voxels = Voxels(labels() == 2, {}, AFFINE, "labels")
    beside = str(written(betas(), tmp_path / "s.nii.gz"))
    with h5py.File(tmp_path / "s.hdf5", "w") as file:
        file["betas"] = betas().T
    found = read_betas(tmp_path / "s.hdf5", voxels, TRIALS, beside)
    np.testing.assert_array_equal(found, betas()[voxels.mask])
    with h5py.File(tmp_path / "flipped.hdf5", "w") as file:
        file["betas"] = betas()[::-1].T
    with pytest.raises(StudyError, match=r"flipped\.hdf5: its first trial is not that of .*s\.nii"):
        read_betas(tmp_path / "flipped.hdf5", voxels, TRIALS, beside)
    # A copy in percent signal change or another type is the same trial; turned, it is not.
    empty = np.where(betas() > 890, np.nan, betas() / 300).astype(np.float32)
    for copy in (empty, betas().astype(np.float64), betas().astype(np.int32)):
        written(copy, Path(beside))
        np.testing.assert_array_equal(
            read_betas(tmp_path / "s.hdf5", voxels, TRIALS, beside), found
        )
        with pytest.raises(StudyError, match=r"flipped\.hdf5: its first trial is not that of"):
            read_betas(tmp_path / "flipped.hdf5", voxels, TRIALS, beside)


def test_a_nifti_beside_hdf5_passes_only_if_it_cannot_be_read(tmp_path: Path) -> None:
    voxels = Voxels(labels() == 2, {}, AFFINE, "labels")
    beside = written(betas(), tmp_path / "s.nii.gz")
    with h5py.File(tmp_path / "s.hdf5", "w") as file:
        file["betas"] = betas().T
    whole = beside.read_bytes()
    for unreadable in (b"", whole[:40], whole[:400], b"no gzip", gzip.compress(b"no NIfTI")):
        beside.write_bytes(unreadable)
        read_betas(tmp_path / "s.hdf5", voxels, TRIALS, str(beside))
    moved = AFFINE.copy()
    moved[0, 3] += 1.8
    nib.Nifti1Image(betas(), moved).to_filename(beside)
    with pytest.raises(StudyError, match=r"s\.nii\.gz: its affine .* from where labels has"):
        read_betas(tmp_path / "s.hdf5", voxels, TRIALS, str(beside))
    written(betas()[1:], beside)
    with pytest.raises(StudyError, match=r"s\.nii\.gz: the betas have the shape \(3, 5, 6, 8\)"):
        read_betas(tmp_path / "s.hdf5", voxels, TRIALS, str(beside))


@pytest.mark.parametrize(
    "turn", ORIENTATIONS, ids=lambda turn: "".join(nib.orientations.ornt2axcodes(turn))
)
def test_hdf5_is_refused_beside_a_mean_volume_that_was_turned(
    turn: np.ndarray, tmp_path: Path
) -> None:
    mean = read_labels(written(labels(), tmp_path / "mean.nii.gz", turn))
    masks, path = {"a": labels() == 2}, tmp_path / "regions.npz"
    write_voxels(masks, AFFINE, path, axes_of(mean))
    count = int(masks["a"].sum())
    voxels = read_voxels(path, pd.DataFrame({"region": ["a"], "voxels": count, "present": True}))
    with h5py.File(tmp_path / "s.hdf5", "w") as file:
        file["betas"] = betas().T
    if np.array_equal(turn, nib.io_orientation(AFFINE)):
        found = read_betas(tmp_path / "s.hdf5", voxels)
        np.testing.assert_array_equal(found, betas()[masks["a"]])
        return
    with pytest.raises(StudyError, match=r"s\.hdf5: .* the axes of .*mean\.nii\.gz run [A-Z]{3};"):
        read_betas(tmp_path / "s.hdf5", voxels)


def test_a_mean_volume_that_states_no_orientation_says_nothing_of_hdf5(tmp_path: Path) -> None:
    nib.Nifti1Image(labels(), None).to_filename(tmp_path / "mean.nii.gz")
    assert axes_of(read_labels(tmp_path / "mean.nii.gz")) == ""


def test_every_bit_and_byte_of_a_label_volume_is_looked_at(tmp_path: Path) -> None:
    whole = written(labels(), tmp_path / "whole.nii.gz").read_bytes()
    plain = gzip.decompress(whole)
    path = tmp_path / "x.nii.gz"
    for bad in (
        whole[:-9],
        whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2),
        whole + b"more",
        whole[:-6] + bytes([whole[-6] ^ 1]) + whole[-5:],
        gzip.compress(plain[:-8]),
        gzip.compress(plain + bytes(8)),
        plain,
    ):
        path.write_bytes(bad)
        with pytest.raises(StudyError, match=r"x\.nii\.gz: "):
            read_labels(path)


@pytest.mark.parametrize("value", [-2.0, 2.0**25, np.nan, np.inf, 1.5])
def test_numbers_that_are_no_labels_are_refused(value: float, tmp_path: Path) -> None:
    volume = labels()
    volume[0, 0, 0] = value
    with pytest.raises(StudyError, match=r"x\.nii\.gz: "):
        read_labels(written(volume, tmp_path / "x.nii.gz"))


def test_a_size_that_is_only_declared_takes_no_memory(tmp_path: Path) -> None:
    plain = bytearray(gzip.decompress(written(labels(), tmp_path / "a.nii.gz").read_bytes()))
    plain[42:48] = np.array([32767] * 3, "<i2").tobytes()
    (tmp_path / "a.nii.gz").write_bytes(gzip.compress(bytes(plain)))
    with pytest.raises(StudyError, match=r"a\.nii\.gz: .*declares 281,.* bytes"):
        read_labels(tmp_path / "a.nii.gz")
    voxels = Voxels(labels() == 2, {}, None, "labels")
    with h5py.File(tmp_path / "b.hdf5", "w") as file:
        file.create_dataset("betas", (30000, 6, 5, 4), "<i2", chunks=(30000, 1, 1, 1))
    with pytest.raises(StudyError, match=r"b\.hdf5: it holds 30000 trials; expected 750"):
        read_betas(tmp_path / "b.hdf5", voxels, 750)


def test_a_second_nifti_format_and_one_more_axis_of_one_are_read(tmp_path: Path) -> None:
    nib.Nifti2Image(labels(), AFFINE).to_filename(tmp_path / "two.nii.gz")
    np.testing.assert_array_equal(read_labels(tmp_path / "two.nii.gz").values, labels())
    nib.Nifti2Image(betas(), AFFINE).to_filename(tmp_path / "s.nii.gz")
    mask = labels() == 2
    np.testing.assert_array_equal(read_betas(tmp_path / "s.nii.gz", mask), betas()[mask])
    for longer in (betas()[:, :, :, None], betas()[..., None]):
        written(longer, tmp_path / "five.nii.gz")
        np.testing.assert_array_equal(read_betas(tmp_path / "five.nii.gz", mask), betas()[mask])
    written(labels()[..., None], tmp_path / "flat.nii.gz")
    np.testing.assert_array_equal(read_labels(tmp_path / "flat.nii.gz").values, labels())


class TestUnits:
    """Betas that are not NSD's integers are taken as the values they state."""

    members = {"V1v": np.arange(int((labels() == 2).sum()))}  # noqa: RUF012
    mask = labels() == 2

    def means(self, path: Path, zscore: bool) -> np.ndarray:
        voxels = Voxels(self.mask, self.members, None, "the region volumes")
        betas = session_betas({"betas": str(path)}, "subj01", 1, voxels, trials=None)
        assert betas.trials.tolist() == list(range(1, betas.values.shape[1] + 1))
        averaged = regional_means(betas.values, self.members, zscore, "omit", betas.scale)
        return averaged.means[:, 0]

    def test_floating_point_is_not_divided_by_300(self, tmp_path: Path) -> None:
        percent = betas().astype(np.float32) / 300
        path = written(percent, tmp_path / "f.nii.gz")
        with h5py.File(tmp_path / "f.hdf5", "w") as file:
            file["betas"] = percent.T
        own = percent[self.mask].mean(axis=0)
        for stored in (path, tmp_path / "f.hdf5"):
            np.testing.assert_allclose(self.means(stored, False), own, rtol=1e-6)
        whole = written(betas(), tmp_path / "i.nii.gz")
        np.testing.assert_allclose(self.means(whole, False), own, rtol=1e-5)
        np.testing.assert_allclose(self.means(whole, True), self.means(path, True), atol=1e-4)

    def test_a_scale_factor_is_applied(self, tmp_path: Path) -> None:
        image = nib.Nifti1Image(betas(), AFFINE)
        image.header.set_slope_inter(0.5, 10.0)
        image.to_filename(tmp_path / "s.nii.gz")
        nib.load(tmp_path / "s.nii.gz")
        stated = np.asanyarray(nib.load(tmp_path / "s.nii.gz").dataobj)[self.mask].mean(axis=0)
        np.testing.assert_allclose(self.means(tmp_path / "s.nii.gz", False), stated, rtol=1e-6)

    def test_attributes_of_hdf5_scale_as_a_header_does(self, tmp_path: Path) -> None:
        for slope, intercept in (("scale_factor", "add_offset"), ("scl_slope", "scl_inter")):
            path = tmp_path / f"{slope}.hdf5"
            with h5py.File(path, "w") as file:
                file["betas"] = betas().T
                file["betas"].attrs[slope] = np.float32(0.5)
                file["betas"].attrs[intercept] = [10.0]
            np.testing.assert_array_equal(
                read_betas(path, self.mask), betas()[self.mask] * 0.5 + 10
            )
            with h5py.File(path, "r+") as file:
                file["betas"].attrs[slope], file["betas"].attrs[intercept] = 1, 0
            assert read_betas(path, self.mask).dtype == np.int16
            for odd in ("1/300", [1.0, 2.0], np.nan):
                with h5py.File(path, "r+") as file:
                    file["betas"].attrs[slope] = odd
                with pytest.raises(StudyError, match=rf"attribute '{slope}' of 'betas' is"):
                    read_betas(path, self.mask)

    def test_a_voxel_with_a_value_that_is_not_finite_is_invalid(self) -> None:
        values = np.array([[1.0, 2.0, 4.0], [1.0, np.nan, 3.0], [5.0, np.inf, 3.0]])
        found = regional_means(values, {"A": np.arange(3)}, zscore=False, invalid="omit")
        assert found.means[:, 0].tolist() == [1.0, 2.0, 4.0]
        assert found.zero.tolist() == [2]


def stored_as(kind: str, folder: Path) -> Path:
    """An HDF5 session some of whose values were never written."""
    path, values = folder / f"{kind}.hdf5", betas().T
    with h5py.File(path, "w") as file:
        if kind == "unwritten chunk":
            sparse = file.create_dataset("betas", values.shape, "<i2", chunks=(TRIALS, 1, 1, 1))
            for z, y, x in itertools.islice(np.ndindex(values.shape[1:]), 1, None):
                sparse[:, z, y, x] = values[:, z, y, x]
        elif kind == "unwritten trials":
            sparse = file.create_dataset("betas", values.shape, "<i2", chunks=(1, 6, 5, 4))
            sparse[:-1] = values[:-1]
        elif kind == "never written":
            file.create_dataset("betas", values.shape, "<i2")
        elif kind == "missing source":
            layout = h5py.VirtualLayout(values.shape, "<i2")
            layout[:] = h5py.VirtualSource(folder / "gone.hdf5", "betas", values.shape)
            file.create_virtual_dataset("betas", layout)
        elif kind == "half-written source":
            with h5py.File(folder / "half.hdf5", "w") as half:
                sparse = half.create_dataset(
                    "betas", values.shape, "<i2", chunks=(1, 6, 5, 4), compression="gzip"
                )
                sparse[:-1] = values[:-1]
            layout = h5py.VirtualLayout(values.shape, "<i2")
            layout[:] = h5py.VirtualSource(folder / "half.hdf5", "betas", values.shape)
            file.create_virtual_dataset("betas", layout)
        elif kind == "missing raw file":
            external = [(str(folder / "gone.raw"), 0, values.nbytes)]
            file.create_dataset("betas", values.shape, "<i2", external=external)
    return path


@pytest.mark.parametrize(
    "kind",
    [
        *("unwritten chunk", "unwritten trials", "never written"),
        *("missing source", "half-written source", "missing raw file"),
    ],
)
def test_values_that_were_never_stored_are_refused(kind: str, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="the file is incomplete, fetch it again"):
        read_betas(stored_as(kind, tmp_path), np.ones(SHAPE, bool))


def test_a_virtual_dataset_whose_sources_are_there_is_read(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "source.hdf5", "w") as file:
        file.create_dataset("betas", data=betas().T, chunks=(3, 4, 5, 3), compression="gzip")
    with h5py.File(tmp_path / "v.hdf5", "w") as file:
        layout = h5py.VirtualLayout(betas().T.shape, "<i2")
        layout[:] = h5py.VirtualSource(tmp_path / "source.hdf5", "betas", betas().T.shape)
        file.create_virtual_dataset("betas", layout)
    mask = labels() == 2
    np.testing.assert_array_equal(read_betas(tmp_path / "v.hdf5", mask), betas()[mask])


def test_a_session_that_is_open_elsewhere_is_read(tmp_path: Path) -> None:
    path, mask = tmp_path / "s.hdf5", labels() == 2
    with h5py.File(path, "w") as file:
        file["betas"] = betas().T
    hold = "import h5py, sys; f = h5py.File(sys.argv[1], 'r+'); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout
        writer.stdout.readline()
        found = read_betas(path, mask)
        writer.communicate(b"\n")
    np.testing.assert_array_equal(found, betas()[mask])


FORMS = {
    "NSD": "0 Unknown\n1 V1v\n2 mfs words\n",
    "colours": "# a comment\n\n0\tUnknown\t0 0 0 0\n1\tV1v\t10 20 30 0\n2\tmfs words\t1 2 3 0\n",
    "three colours, CRLF": "0 Unknown 0 0 0\r\n1 V1v 10 20 30\r\n2 mfs words 1 2 3\r\n",
    "ITK-SNAP": '# IDX R G B A VIS MSH LABEL\n0 0 0 0 0 0 0 "Clear"\n1 255 0 0 1 1 1 "V1v"\n'
    '2 0 255 0 0.5 1 1 "mfs words"\n',
    "Workbench": "V1v\n1 255 0 0 255\nmfs words\n2 0 255 0 255\n",
    "BIDS": "index\tname\tcolor\n1\tV1v\t#ff0000\n2\tmfs words\t#00ff00\n",
    "tissue types": "1 V1v 220 216 20 0 2\n2 mfs words 1 2 3 0\n",
    "comma": "1,V1v\n2,mfs words\n",
    "byte-order mark": "\ufeff1 V1v\n2 mfs words\n",
    "comments behind": "1 V1v # primary\n2\tmfs words 1 2 3 0\t# mid-fusiform\n",
    "negative": "-1 outside\n1 V1v\n2 mfs words\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_label_tables_are_read_in_all_their_forms(form: str, tmp_path: Path) -> None:
    path = tmp_path / "x.ctab"
    path.write_bytes(FORMS[form].encode())
    assert read_names(path) == {1: "V1v", 2: "mfs words"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1 V1v\n1 V2v\n", "label 1 is called 'V1v' and 'V2v'"),
        ("1 V1v\n2\n", "found the line '2'"),
        ("1_0 V1v\n", "found the line '1_0 V1v'"),
        ("١ V1v\n", "found the line '١ V1v'"),
        ("1 V1v\x0b2 V2v\n", r"found the line '1 V1v\\x0b2 V2v'"),
        ("16777217 V1v\n", "found the line '16777217 V1v'"),
        ("9" * 5000 + " V1v\n", "found the line '999"),
        ("index\tname\n" + "9" * 5000 + "\tV1v\n", "found the line '999"),
        ("# nothing\n0 Unknown\n", "it names no label above 0"),
    ],
)
def test_label_tables_that_contradict_themselves_are_refused(
    text: str, says: str, tmp_path: Path
) -> None:
    (tmp_path / "x.ctab").write_text(text, "utf-8")
    with pytest.raises(StudyError, match=says):
        read_names(tmp_path / "x.ctab")


def test_a_number_sign_may_belong_to_a_name(tmp_path: Path) -> None:
    (tmp_path / "x.ctab").write_text('1 patch #1\n2 255 0 0 1 1 1 "patch # 2"\n')
    assert read_names(tmp_path / "x.ctab") == {1: "patch #1", 2: "patch # 2"}


@pytest.mark.parametrize("name", ["trial", "Trial", "SESSION"])
def test_a_region_called_like_a_column_is_refused(name: str) -> None:
    with pytest.raises(StudyError, match=r"x\.ctab: label 1 is called .*another column"):
        require_region_names({1: name}, "x.ctab")


def test_alignment_does_not_depend_on_which_volume_states_an_affine(tmp_path: Path) -> None:
    stated = read_labels(written(labels(), tmp_path / "a.nii.gz"))
    silent = Volume(stated.values, None, "silent.nii.gz")
    for order in ([stated, silent], [silent, stated]):
        for volume in aligned(order):
            np.testing.assert_array_equal(volume.values, labels())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"shape": [2**40, 5, 6]}, "the file is damaged .*the shape of the volumes"),
        ({"shape": [120]}, "the file is damaged .*the shape of the volumes"),
        ({"voxels": [3, 9, -1]}, "the file is damaged .*a voxel lies outside"),
        ({"voxels": [3, 9, 120]}, "the file is damaged .*a voxel lies outside"),
        ({"voxels": [3.0, 9.0, 4.0]}, "the file is damaged .*not a list of whole numbers"),
        ({"voxels": [9, 9, 4]}, "the voxels of a are not in order, each once"),
        ({}, ""),
    ],
)
def test_voxels_are_held_against_their_volumes(
    change: dict[str, list[float]], says: str, tmp_path: Path
) -> None:
    table = pd.DataFrame({"region": ["a", "b"], "voxels": [2, 1], "present": True})
    good = {"shape": list(SHAPE), "affine": AFFINE, "mean_axes": "", "voxels": [3, 9, 9]}
    np.savez(tmp_path / "regions.npz", **(good | change))
    if not says:
        assert read_voxels(tmp_path / "regions.npz", table).mask.sum() == 2
        return
    with pytest.raises(StudyError, match=rf"regions\.npz: {says}"):
        read_voxels(tmp_path / "regions.npz", table)


def test_a_damaged_size_in_the_file_of_voxels_is_no_lack_of_memory(tmp_path: Path) -> None:
    path = tmp_path / "regions.npz"
    np.savez(path, shape=SHAPE, affine=AFFINE, mean_axes="RAS", voxels=[3, 9, 9])
    declared, huge = b"(3,), }" + 12 * b" ", b"(3000000000000,), }"
    held = path.read_bytes()
    assert declared in held
    path.write_bytes(held.replace(declared, huge))
    table = pd.DataFrame({"region": ["a"], "voxels": [3], "present": True})
    with pytest.raises(StudyError, match=r"regions\.npz: the file is damaged"):
        read_voxels(path, table)
