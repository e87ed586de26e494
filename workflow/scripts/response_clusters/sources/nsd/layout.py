"""Where the Natural Scenes Dataset keeps its files: the paths below an NSD root."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from response_clusters.sources.places import Place

DESIGN_EXPECTED = "NSD's design, nsd_expdesign.mat"
STIMULI_EXPECTED = "NSD's stimulus table, nsd_stim_info_merged.csv"
RESPONSES_EXPECTED = "NSD's table of what a subject pressed, responses.tsv"
PICTURES_EXPECTED = "NSD's pictures, nsd_stimuli.hdf5"
"""What is expected of a file, as it stands in a sentence."""

TRIALS_PER_SESSION = 750
RUN_LENGTHS = (63, 62) * 6
"""Trials of a session's 12 runs (Allen et al. 2022, Nat Neurosci 25:116)."""
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


BETAS = "nsddata_betas/ppdata"


def betas_folder(subject: str, space: str, version: str) -> str:
    """Where one version of a subject's betas lies, with its noise ceiling."""
    return f"{BETAS}/{subject}/{space}/{version}"


def ncsnr(subject: str, space: str, version: str) -> str:
    """The map of each voxel's noise-ceiling signal-to-noise ratio."""
    return f"{betas_folder(subject, space, version)}/ncsnr.nii.gz"


def betas(subject: str, space: str, version: str, session: int | str, suffix: str) -> str:
    """One session's betas; `suffix` is ``hdf5`` or ``nii.gz``."""
    number = session if isinstance(session, str) else f"{session:02d}"
    return f"{betas_folder(subject, space, version)}/betas_session{number}.{suffix}"


def recorded(place: "Place", subject: str, space: str, version: str) -> dict[int, set[str]]:
    """The sessions found in a subject's betas folder, each with the formats it is there in."""
    sessions: dict[int, set[str]] = {}
    folder = betas_folder(subject, space, version)
    for name in place.names(folder):
        match = _SESSION.fullmatch(name)
        # A folder in the place of a file counts: whoever reads it says what it is.
        if match and place.exists(f"{folder}/{name}", "one session's betas"):
            sessions.setdefault(int(match[1]), set()).add(match[2])
    return dict(sorted(sessions.items()))


def unfinished(place: "Place", subject: str, space: str, version: str) -> dict[int, str]:
    """Downloads of sessions that did not end, where there is no whole file: ``….hdf5.4f5e6a``."""
    folder = betas_folder(subject, space, version)
    whole = recorded(place, subject, space, version)
    parts = {
        int(match[1]): place.below(f"{folder}/{name}")
        for name in place.names(folder)
        if (match := _PARTIAL.fullmatch(name))
    }
    return {session: path for session, path in parts.items() if session not in whole}


def versions(place: "Place") -> list[str]:
    """The spaces and beta versions that are there, as ``func1mm/betas_fithrf``."""
    found = set()
    for subject in subjects(place):
        for space in place.names(f"{BETAS}/{subject}"):
            names = place.names(f"{BETAS}/{subject}/{space}")
            found |= {f"{space}/{name}" for name in names if name.startswith("betas_")}
    return sorted(found)


def subjects(place: "Place") -> list[str]:
    """The subjects that have a folder of betas."""
    return [name for name in place.names(BETAS) if SUBJECT.fullmatch(name)]
