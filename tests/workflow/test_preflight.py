"""Preflight: everything that is wrong with a dataset, in one run, before anything is computed."""

import os
import re
import shutil
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import yaml

from tests.workflow.conftest import run_preflight

BETAS = "nsddata_betas/ppdata/subj01/func1pt8mm/betas_fithrf_GLMdenoise_RR"
KINDS = dict[str, list[str]]


def preflight(folder: Path, text: str = "", **config: Any) -> tuple[int, str]:
    """The exit status, and what was printed, of a configuration or of a text in its place."""
    return run_preflight(folder, text or yaml.safe_dump({"study": "preflight", **config}))


def faults(printed: str) -> list[str]:
    """The lines of faults, without those of what is left out."""
    return [line for line in printed.split("\n\n")[0].splitlines() if line.startswith("- ")]


@pytest.fixture
def root(small: Path, tmp_path: Path) -> Path:
    """A sound NSD root of links: three subjects, four sessions."""
    root = tmp_path / "nsd"
    shutil.copytree(small / "simulated", root, copy_function=os.link)
    return root


def nsd(root: Path, **dataset: Any) -> dict[str, Any]:
    return {"dataset": {"source": "nsd", "root": str(root), **dataset}}


def test_a_sound_root_has_no_faults(root: Path, tmp_path: Path) -> None:
    status, printed = preflight(tmp_path, **nsd(root))
    assert status == 0
    assert printed.startswith("0 faults.")
    assert re.search(r"^3 subjects, 4 sessions, about 3,000 trials\.$", printed, re.M)
    assert re.search(r"^subj01: \d+ of \d+ regions\.$", printed, re.M)
    assert re.search(r"about \d+ minutes on one core, up to [\d,]+ MB in a job", printed)


def test_five_faults_are_five_lines_and_one_command(root: Path, tmp_path: Path) -> None:
    """One each that is missing, cut short, of another shape, of another type, and no such thing."""
    ends = root / BETAS / "betas_session02.hdf5"
    contents = ends.read_bytes()
    ends.unlink()
    ends.write_bytes(contents[: len(contents) // 2])
    other = root / BETAS.replace("subj01", "subj02") / "betas_session01.hdf5"
    rewrite(other, lambda betas: betas[:, 1:])
    text = root / BETAS.replace("subj01", "subj04") / "betas_session01.hdf5"
    rewrite(text, lambda betas: betas.astype(np.uint8))
    design = root / "nsddata/experiments/nsd/nsd_expdesign.mat"
    design.unlink()
    design.write_text("not MATLAB")
    gone = "nsddata/ppdata/subj04/func1pt8mm/roi/floc-faces.nii.gz"
    (root / gone).unlink()
    status, printed = preflight(tmp_path, **nsd(root))
    assert status == 1
    assert printed.startswith("5 faults:")
    named = [line.split(": ")[0].removeprefix("- ") for line in faults(printed)]
    assert sorted(named) == sorted(map(str, (ends, other, text, design, root / gone)))
    commands = [line.strip() for line in printed.splitlines() if line.startswith("    ")]
    bucket = "s3://natural-scenes-dataset"
    assert commands == [f"aws s3 cp --no-sign-request {bucket}/{gone} {root}/{gone}"]


def rewrite(path: Path, change: Any) -> None:
    """Write betas again, otherwise."""
    with h5py.File(path) as file:
        betas = file["betas"][:]
    path.unlink()
    with h5py.File(path, "w") as file:
        file["betas"] = change(betas)


def test_sessions_and_subjects_that_are_asked_for_are_missed(root: Path, tmp_path: Path) -> None:
    config = nsd(root) | {"subjects": ["subj01", "subj03"], "sessions": [1, 3]}
    status, printed = preflight(tmp_path, **config)
    assert status == 1
    assert len(faults(printed)) == 2
    assert "subjects names 'subj03'" in printed
    key = f"{BETAS}/betas_session03.hdf5"
    assert f"s3://natural-scenes-dataset/{key} {root}/{key}" in printed


def test_a_gap_among_the_sessions_is_a_fault(root: Path, tmp_path: Path) -> None:
    (root / BETAS / "betas_session01.hdf5").unlink()
    status, printed = preflight(tmp_path, **nsd(root))
    assert status == 1
    assert len(faults(printed)) == 1
    assert f"{BETAS}/betas_session01.hdf5 {root}" in printed


def test_what_is_left_out_is_no_fault(root: Path, tmp_path: Path) -> None:
    pictures = "nsddata_stimuli/stimuli/nsd"
    shutil.rmtree(root / pictures)
    status, printed = preflight(tmp_path, **nsd(root))
    assert status == 0
    assert printed.startswith("0 faults.")
    assert f"s3://natural-scenes-dataset/{pictures}/nsd_stimuli.hdf5" in printed
    assert "annotations/instances_train2017.json annotations/instances_val2017.json -d" in printed
    assert "Left out: labels and wordclouds" in printed


def test_sessions_as_nifti_are_told_by_their_headers(nifti_root: Path, tmp_path: Path) -> None:
    status, printed = preflight(tmp_path, **nsd(nifti_root))
    assert (status, faults(printed)) == (0, [])
    root = tmp_path / "nsd"
    shutil.copytree(nifti_root, root, copy_function=os.link)
    first = next(root.rglob("betas_session*.nii.gz"))
    first.unlink()
    first.write_bytes(b"\x1f\x8b" + bytes(100))
    status, printed = preflight(tmp_path, **nsd(root))
    assert status == 1
    assert [line.startswith(f"- {first}: ") for line in faults(printed)] == [True]


def test_averages_are_looked_at_too(averages: Path, tmp_path: Path) -> None:
    config = {"dataset": {"source": "regions", "root": str(averages)}, "regions": "all"}
    status, printed = preflight(tmp_path, **config)
    assert (status, faults(printed)) == (0, [])


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"kmeans": {"k": {"max": 0}}}, "kmeans.k.max is 0"),
        ({"dataset": {"source": "nsd", "root": "nowhere"}}, "there is no such folder"),
        ({"describe": {"k": [40]}}, "describe.k asks for 40"),
    ],
)
def test_a_configuration_that_cannot_be_followed_is_one_fault(
    config: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    status, printed = preflight(tmp_path, **config)
    assert status == 1
    assert len(faults(printed)) == 1
    assert sentence in printed


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("study: [1", "the file is no YAML (while parsing a flow sequence"),
        ("- study", "it holds no keys"),
        (" ", "it holds no keys"),
    ],
)
def test_a_file_that_is_no_configuration_is_one_fault(
    text: str, sentence: str, tmp_path: Path
) -> None:
    status, printed = preflight(tmp_path, text)
    assert status == 1
    assert len(faults(printed)) == 1
    assert f"preflight.yaml: {sentence}" in printed


def test_the_embedded_study_has_no_faults(tmp_path: Path) -> None:
    status, printed = preflight(tmp_path)
    assert (status, faults(printed)) == (0, [])
    assert "8 subjects, 20 sessions" in printed


def test_true_numbers_of_sessions_take_seconds(root: Path, tmp_path: Path) -> None:
    """Forty sessions of a subject, as links to one."""
    one = root / BETAS / "betas_session01.hdf5"
    for number in range(3, 41):
        os.link(one, root / BETAS / f"betas_session{number:02d}.hdf5")
    status, printed = preflight(tmp_path, **nsd(root))
    assert (status, faults(printed)) == (0, [])
    assert "3 subjects, 42 sessions" in printed
