"""Where the Natural Scenes Dataset keeps its files: the paths below an NSD root."""

import re
from pathlib import Path

from response_clusters.files import is_there

DESIGN_EXPECTED = "NSD's design, nsd_expdesign.mat"
STIMULI_EXPECTED = "NSD's stimulus table, nsd_stim_info_merged.csv"
RESPONSES_EXPECTED = "NSD's table of what a subject pressed, responses.tsv"
PICTURES_EXPECTED = "NSD's pictures, nsd_stimuli.hdf5"
"""What is expected of a file, as it stands in a sentence."""

TRIALS_PER_SESSION = 750
PLANNED_SESSIONS = 40
SUBJECT = re.compile(r"subj[0-9][0-9]")
_SESSION = re.compile(r"betas_session([0-9][0-9])\.(hdf5|nii\.gz)")
_PARTIAL = re.compile(r"\.?betas_session([0-9][0-9])\.(hdf5|nii\.gz)[.~_-].+")

DESIGN = "nsddata/experiments/nsd/nsd_expdesign.mat"
STIMULI = "nsddata/experiments/nsd/nsd_stim_info_merged.csv"
PICTURES = "nsddata_stimuli/stimuli/nsd/nsd_stimuli.hdf5"
ANNOTATIONS = tuple(
    f"nsddata_stimuli/stimuli/nsd/annotations/instances_{split}2017.json"
    for split in ("train", "val")
)


def behaviour(subject: str) -> str:
    """The table of a subject's trials and button presses."""
    return f"nsddata/ppdata/{subject}/behav/responses.tsv"


def volume(subject: str, space: str, name: str) -> str:
    """An anatomical or quality map of a subject: ``brainmask``, ``aseg``, ``valid_session01``, …"""
    return f"nsddata/ppdata/{subject}/{space}/{name}.nii.gz"


def region_volume(subject: str, space: str, collection: str) -> str:
    """The label volume of a collection, both hemispheres; ``aseg`` lies one folder higher."""
    name = collection if collection == "aseg" else f"roi/{collection}"
    return volume(subject, space, name)


def hemispheres(subject: str, space: str, collection: str) -> list[str]:
    """A collection's three label volumes: both hemispheres together, left alone, right alone."""
    whole = region_volume(subject, space, collection)
    folder, _, name = whole.rpartition("/")
    return [whole, f"{folder}/lh.{name}", f"{folder}/rh.{name}"]


def region_names(subject: str, collection: str) -> str:
    """The table of a collection's label numbers and names."""
    return f"nsddata/freesurfer/{subject}/label/{collection}.mgz.ctab"


def betas_folder(subject: str, space: str, version: str) -> str:
    """Where one version of a subject's betas lies, with its noise ceiling."""
    return f"nsddata_betas/ppdata/{subject}/{space}/{version}"


def ncsnr(subject: str, space: str, version: str) -> str:
    """The map of each voxel's noise-ceiling signal-to-noise ratio."""
    return f"{betas_folder(subject, space, version)}/ncsnr.nii.gz"


def betas(subject: str, space: str, version: str, session: int | str, suffix: str) -> str:
    """One session's betas; `suffix` is ``hdf5`` or ``nii.gz``."""
    number = session if isinstance(session, str) else f"{session:02d}"
    return f"{betas_folder(subject, space, version)}/betas_session{number}.{suffix}"


def recorded(root: str | Path, subject: str, space: str, version: str) -> dict[int, set[str]]:
    """The sessions found in a subject's betas folder, each with the formats it is there in."""
    sessions: dict[int, set[str]] = {}
    folder = Path(root) / betas_folder(subject, space, version)
    if not is_there(folder, "a subject's betas") or not folder.is_dir():
        return {}
    for path in sorted(folder.iterdir()):
        match = _SESSION.fullmatch(path.name)
        if match and is_there(path, "one session's betas"):
            sessions.setdefault(int(match[1]), set()).add(match[2])
    return dict(sorted(sessions.items()))


def unfinished(root: str | Path, subject: str, space: str, version: str) -> dict[int, str]:
    """Downloads of sessions that did not end, where there is no whole file: ``….hdf5.4f5e6a``."""
    folder = Path(root) / betas_folder(subject, space, version)
    whole = recorded(root, subject, space, version)
    parts = {
        int(match[1]): str(path)
        for path in (sorted(folder.iterdir()) if folder.is_dir() else [])
        if (match := _PARTIAL.fullmatch(path.name))
    }
    return {session: path for session, path in parts.items() if session not in whole}


def versions(root: str | Path) -> list[str]:
    """The spaces and beta versions that are there under `root`, as ``func1mm/betas_fithrf``."""
    folders = Path(root).glob("nsddata_betas/ppdata/subj[0-9][0-9]/*/betas_*")
    return sorted({"/".join(folder.parts[-2:]) for folder in folders if folder.is_dir()})


def subjects(root: str | Path) -> list[str]:
    """The subjects that have a folder of betas under `root`."""
    folder = Path(root) / "nsddata_betas/ppdata"
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return sorted(name for name in names if SUBJECT.fullmatch(name))
