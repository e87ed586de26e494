"""What the study refuses: each mistake is made, and the sentence that the user reads is shown.

Every case builds a bad dataset or configuration from the small study, runs Snakemake for the one
file whose making meets it, and looks at what was printed and at what was left behind. `pytest -rA`
shows the sentences.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from response_clusters.sources.nsd import layout as nsd_layout
from scipy.io import loadmat, savemat

from tests.workflow.conftest import try_snakemake

SUBJECT = "subj04"
SPACE, VERSION = "func1pt8mm", "betas_fithrf_GLMdenoise_RR"
HDF5 = nsd_layout.betas(SUBJECT, SPACE, VERSION, 1, "hdf5")
NIFTI = nsd_layout.betas(SUBJECT, SPACE, VERSION, 1, "nii.gz")
FACES = nsd_layout.region_volume(SUBJECT, SPACE, "floc-faces")
NAMES = nsd_layout.region_names(SUBJECT, "floc-faces")
BEHAVIOUR = nsd_layout.behaviour(SUBJECT)
TRAIN = nsd_layout.ANNOTATIONS[0]

Change = Callable[[Path], object]
Build = Callable[[Path, Path], dict[str, Any]]


@dataclass(frozen=True)
class Refusal:
    """A mistake, the file whose making meets it, and the sentence that must be printed."""

    name: str
    build: Build
    target: str
    says: str


# --- how a dataset is spoilt ---------------------------------------------------------------------


def nothing(_: Path) -> None:
    """Leave the dataset as it is."""


def nsd(change: Change = nothing, dataset: dict[str, Any] | None = None, **over: Any) -> Build:
    """The simulated root, changed, as a dataset in NSD's layout."""

    def build(small: Path, folder: Path) -> dict[str, Any]:
        shutil.copytree(small / "simulated", folder / "data", copy_function=os.link)
        change(folder / "data")
        source = {"source": "nsd", "root": "data", **(dataset or {})}
        return {"study": "s", "subjects": [SUBJECT], "dataset": source, **over}

    return build


def table(
    change: Callable[[pd.DataFrame], pd.DataFrame], suffix: str = "csv", **over: Any
) -> Build:
    """Forty trials of four regions as a subject's table, changed."""

    def write(rows: pd.DataFrame, folder: Path) -> None:
        path = folder / f"{SUBJECT}.{suffix}"
        rows.to_parquet(path) if suffix == "parquet" else rows.to_csv(path, index=False)

    return averages(
        lambda rows, folder: write(change(rows), folder), f"{{subject}}.{suffix}", **over
    )


def texts(change: Change = nothing, **over: Any) -> Build:
    """The same trials as a text file for each region, changed in their folder."""

    def write(rows: pd.DataFrame, folder: Path) -> None:
        (folder / SUBJECT).mkdir()
        for region in rows.columns[2:]:
            lines = "".join(f"{value}\n" for value in rows[region])
            (folder / SUBJECT / f"meanbeta_{region}.txt").write_text(lines)
        change(folder / SUBJECT)

    return averages(write, "{subject}/meanbeta_{region}.txt", **over)


def averages(
    write: Callable[[pd.DataFrame, Path], object],
    pattern: str,
    dataset: dict[str, Any] | None = None,
    **over: Any,
) -> Build:
    """A dataset of averages that `write` makes of a subject's first responses."""

    def build(small: Path, folder: Path) -> dict[str, Any]:
        (folder / "data").mkdir()
        os.symlink(small / "simulated", folder / "nsd")
        rows = pd.read_parquet(small / SUBJECT / "responses.parquet")
        regions = ["V1v", "EBA", "OFA", "PPA"]
        write(rows[["trial", "image", *regions]].head(40), folder / "data")
        source = {"source": "regions", "root": "data", "pattern": pattern, **(dataset or {})}
        return {"study": "s", "regions": "all", "dataset": source, **over}

    return build


def configured(**over: Any) -> Build:
    """The default configuration with something laid over it."""
    return lambda *_: {"study": "s", **over}


def replaced(path: str, content: Callable[[bytes], bytes]) -> Change:
    """Replace a file by something made of its bytes; its hard link elsewhere stays as it was."""

    def change(root: Path) -> None:
        before = (root / path).read_bytes()
        (root / path).unlink()
        (root / path).write_bytes(content(before))

    return change


def removed(path: str) -> Change:
    return lambda root: (root / path).unlink()


def as_folder(path: str) -> Change:
    def change(root: Path) -> None:
        (root / path).unlink()
        (root / path).mkdir()

    return change


def rebetas(change: Callable[[np.ndarray], np.ndarray], name: str = "betas") -> Change:
    """Rewrite the session's betas; the array is (trials, Z, Y, X)."""

    def write(root: Path) -> None:
        with h5py.File(root / HDF5) as file:
            betas = file["betas"][:]
        (root / HDF5).unlink()
        with h5py.File(root / HDF5, "w") as file:
            file[name] = change(betas)

    return write


def as_nifti(content: Callable[[bytes], bytes]) -> Change:
    """The session as .nii.gz instead, changed in its bytes."""

    def write(root: Path) -> None:
        with h5py.File(root / HDF5) as file:
            affine = nib.load(root / FACES).affine
            nib.Nifti1Image(file["betas"][:].T, affine).to_filename(root / NIFTI)
        (root / HDF5).unlink()
        replaced(NIFTI, content)(root)

    return write


def revolume(change: Callable[[np.ndarray], np.ndarray]) -> Change:
    def write(root: Path) -> None:
        values = np.asanyarray(nib.load(root / FACES).dataobj)
        (root / FACES).unlink()
        nib.Nifti1Image(change(values), np.eye(4)).to_filename(root / FACES)

    return write


def redesign(**change: Callable[[np.ndarray], np.ndarray | None]) -> Change:
    """Rewrite variables of the design; None leaves one out."""

    def write(root: Path) -> None:
        path = root / nsd_layout.DESIGN
        held = {key: value for key, value in loadmat(path).items() if not key.startswith("__")}
        held |= {key: made(held[key]) for key, made in change.items()}
        path.unlink()
        savemat(path, {key: value for key, value in held.items() if value is not None})

    return write


def rejson(change: Callable[[dict[str, Any]], object]) -> Change:
    """Rewrite a short annotation file: two images and what they show."""

    def write(root: Path) -> None:
        held = json.loads((root / TRAIN).read_bytes())
        images = held["images"][:2]
        ids = {image["id"] for image in images}
        shown = [a for a in held["annotations"] if a["image_id"] in ids]
        short = {**held, "images": images, "annotations": shown}
        change(short)
        (root / TRAIN).unlink()
        (root / TRAIN).write_text(json.dumps(short))
        (root / nsd_layout.ANNOTATIONS[1]).unlink()

    return write


def first_annotation(**change: Any) -> Change:
    return rejson(lambda held: held["annotations"][0].update(change))


def flipped(place: int) -> Callable[[bytes], bytes]:
    return lambda held: held[:place] + bytes([held[place] ^ 1]) + held[place + 1 :]


def cut(share: float) -> Callable[[bytes], bytes]:
    return lambda held: held[: int(share * len(held))]


def with_pictures(count: int) -> Change:
    """A picture file of so many pictures."""

    def write(root: Path) -> None:
        (root / nsd_layout.PICTURES).unlink()
        with h5py.File(root / nsd_layout.PICTURES, "w") as file:
            file["imgBrick"] = np.zeros((count, 8, 8, 3), np.uint8)

    return write


def rows_of(path: str, change: Callable[[pd.DataFrame], pd.DataFrame], sep: str = ",") -> Change:
    def write(root: Path) -> None:
        rows = pd.read_csv(root / path, sep=sep)
        (root / path).unlink()
        change(rows).to_csv(root / path, sep=sep, index=False)

    return write


def setting(row: int, **values: Any) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Set columns of one row."""

    def change(rows: pd.DataFrame) -> pd.DataFrame:
        changed = rows.astype({name: object for name in values})
        for name, value in values.items():
            changed.loc[row, name] = value
        return changed

    return change


# --- the refusals --------------------------------------------------------------------------------

SESSION = f"results/s/{SUBJECT}/betas/session01.parquet"
IMPORTED = f"results/s/{SUBJECT}/regional_means.parquet"
RESPONSES = f"results/s/{SUBJECT}/responses.parquet"
REGIONS = f"results/s/{SUBJECT}/regions.tsv"
TRIALS = f"results/s/{SUBJECT}/trials.parquet"
IMAGES = "results/s/images.parquet"
NEAREST = f"results/s/{SUBJECT}/k02/nearest.tsv"
CONFIG = "results/s/config.yaml"
QUICK = {"k": {"max": 7}, "replicates": 2}
NSD_IMAGES = {
    "design": f"nsd/{nsd_layout.DESIGN}",
    "stimuli": f"nsd/{nsd_layout.STIMULI}",
}

CONFIGURATION = [
    (
        "an unknown key",
        configured(kmeens={}),
        "there is no key 'kmeens' at the top level; expected some of study, .*mean 'kmeans'",
    ),
    (
        "an unknown key within a section",
        configured(nearest={"distnct": True}),
        "there is no key 'distnct' at nearest; expected some of top, distinct, annotated: .*did "
        "you mean 'distinct'",
    ),
    (
        "an unknown value",
        configured(dataset={"source": "simulate"}),
        "dataset.source is 'simulate'; expected one of simulated, nsd, regions, .*did you mean "
        "'simulated'",
    ),
    (
        "a value out of range",
        configured(kmeans={"replicates": 0}),
        "kmeans.replicates is 0; expected a whole number from 1 up to 100000: correct it",
    ),
    (
        "a value in place of a section",
        configured(kmeans=6),
        "kmeans is 6; expected the keys k, replicates, swaps, max_iterations: correct it",
    ),
    (
        "an infinite number",
        configured(simulated={"noise": float("inf")}),
        "simulated.noise is inf; expected a finite number: correct it",
    ),
    (
        "a described k that is not fitted",
        configured(describe={"k": [13]}),
        "describe.k asks for 13; expected best or at most kmeans.k.max, 12: lower",
    ),
    (
        "a wordcloud of a top that is not counted",
        configured(wordcloud={"top": 50}),
        "wordcloud.top is 50; expected one of nearest.top, 10, 100, or all: change",
    ),
    (
        "more surrogates with a curve than there are",
        configured(claims={"surrogates": 5}),
        "claims.curve is 9; expected at most claims.surrogates, 5: lower",
    ),
    (
        "words sized by what is switched off",
        configured(wordcloud={"size_by": "enrichment"}, claims=None),
        "wordcloud.size_by is enrichment, but claims is null; expected claims.labels.prior",
    ),
    (
        "an unknown cohort",
        configured(describe={"cohorts": ["poled"]}),
        "describe.cohorts names 'poled'; expected some of subj01, .*did you mean 'pooled'",
    ),
    (
        "an unknown collection",
        configured(regions={"floc-bodys": "all"}),
        "regions names the collection 'floc-bodys'; expected .*did you mean 'floc-bodies'",
    ),
    (
        "no root",
        configured(dataset={"source": "nsd"}),
        "dataset.root is empty; expected the folder .*: set it",
    ),
    (
        "a missing root",
        configured(dataset={"source": "nsd", "root": "nowhere"}),
        "dataset.root is 'nowhere', .*no such folder; expected the dataset's folder: correct",
    ),
    (
        "a missing subject",
        nsd(subjects=["subj4"]),
        "subjects names 'subj4', which data/nsddata_betas does not have; expected some of subj01, "
        "subj02, subj04: .*did you mean 'subj04'",
    ),
    (
        "a missing session",
        nsd(sessions=[1, 2]),
        r"sessions asks for \[1, 2\], but subj04 has only 1 in data/nsddata_betas; expected .*: "
        r"ask for fewer",
    ),
    (
        "a name of two regions",
        nsd(regions={"aseg": {17: "hippocampus", 53: "hippocampus"}}),
        "regions has 'hippocampus' twice, as label 17 of aseg and as label 53 of aseg; expected a "
        "name of its own for each: rename",
    ),
    (
        "an unknown region of a collection",
        nsd(regions={"floc-faces": ["FFA1"]}),
        "regions.floc-faces names 'FFA1'; expected some of OFA, FFA-1, .*did you mean 'FFA-1'",
    ),
    (
        "a region that no subject has",
        nsd(regions={"aseg": {99: "claustrum", 17: "L-hippocampus"}}),
        "regions names 'claustrum', which none of subj04 has; expected some of L-hippocampus, .*: "
        "correct the name or leave it out",
    ),
]
"""Sentences that begin with the configuration, met while the plan is made but for
the last three."""

PLANNED = [
    (
        "a root without betas",
        nsd(dataset={"space": "func1mm"}),
        "data/nsddata_betas: no subject with any session .*; expected files such as .*, found "
        "betas of func1pt8mm/betas_fithrf_GLMdenoise_RR: correct",
    ),
    (
        "no design",
        nsd(removed(nsd_layout.DESIGN)),
        "nsd_expdesign.mat: there is no such file; expected NSD's design, .*: correct the path or "
        "fetch the file",
    ),
    (
        "a missing region volume",
        nsd(removed(FACES)),
        "roi/floc-faces.nii.gz: there is no such file, and the folder has .*; expected the label "
        "volume of floc-faces: fetch it",
    ),
    (
        "a missing label table",
        nsd(removed(NAMES)),
        "floc-faces.mgz.ctab: there is no such file; expected the names of the labels of "
        "floc-faces: .*fetch",
    ),
    (
        "a missing annotation file",
        nsd(dataset={"annotations": ["instances.json"]}),
        "instances.json: there is no such file; expected COCO's instance annotations "
        ".dataset.annotations.: correct the path",
    ),
    (
        "missing pictures",
        nsd(dataset={"pictures": "pictures.hdf5"}),
        "pictures.hdf5: there is no such file; expected the pictures, .*dataset.pictures.: correct",
    ),
    (
        "a missing design of averages",
        texts(dataset={"design": "design.mat"}),
        "design.mat: there is no such file; expected the experiment's design .dataset.design.: "
        "correct",
    ),
    (
        "a missing stimulus table",
        texts(dataset={"stimuli": "stimuli.csv"}),
        "stimuli.csv: there is no such file; expected the stimulus table .dataset.stimuli.: "
        "correct",
    ),
    (
        "a pattern that matches nothing",
        texts(dataset={"pattern": "{subject}/mean_{region}.txt"}),
        "data: no file there matches dataset.pattern; expected files such as "
        "'{subject}/mean_{region}.txt': correct",
    ),
    (
        "an unreadable table",
        averages(
            lambda _, folder: (folder / f"{SUBJECT}.parquet").write_text("no"), "{subject}.parquet"
        ),
        "subj04.parquet: the file is damaged or something else .*; expected a table with a row per "
        "trial and a column per region: fetch",
    ),
    (
        "columns of one name",
        averages(
            lambda rows, folder: (folder / f"{SUBJECT}.csv").write_text("V1v,EBA,V1v\n1,2,3\n"),
            "{subject}.csv",
        ),
        "subj04.csv: 2 columns are called 'V1v'; expected a name of its own for each: rename",
    ),
    (
        "an index that was written along",
        averages(lambda rows, folder: rows.to_csv(folder / f"{SUBJECT}.csv"), "{subject}.csv"),
        "subj04.csv: column 1 has no name of its own .*; expected a region, or trial, session, "
        "image or repeat: name it, or write the table without its index",
    ),
    (
        "a trial that is there twice",
        table(lambda rows: rows.assign(trial=rows["trial"].replace(9, 8))),
        "subj04.csv: trial 8 is there twice; expected one row per trial: remove",
    ),
    (
        "an image id below zero",
        table(setting(3, image=-1)),
        "subj04.csv: the column 'image' holds -1 in row 4; expected whole numbers from 0 .*: "
        "correct",
    ),
    (
        "a text that is not UTF-8",
        texts(replaced("meanbeta_EBA.txt", lambda held: b"\xff" + held)),
        "meanbeta_EBA.txt: the file is not UTF-8 text .*; expected one number on each line, a line "
        "per trial: fetch",
    ),
]
"""Sentences that begin with a file, met while the plan is made."""

BETAS = [
    (
        "betas cut within the header",
        replaced(HDF5, lambda held: held[:900]),
        "the file is damaged or cut short .*; expected one session's betas: fetch it again",
    ),
    (
        "betas cut within the values",
        replaced(HDF5, cut(0.6)),
        "the file is damaged or cut short .*truncated file.*; expected one session's betas: fetch "
        "it again",
    ),
    (
        "betas with a zeroed index",
        replaced(HDF5, lambda held: held[:600] + bytes(4000) + held[4600:]),
        "the file is damaged or cut short .*; expected one session's betas: fetch it again",
    ),
    (
        "betas with zeroed values",
        rebetas(np.zeros_like),
        "region L-hippocampus has no valid voxel, all 40 are zero or constant throughout the "
        "session; expected at least one: fetch the session again",
    ),
    (
        "empty betas",
        replaced(HDF5, lambda _: b""),
        "the file is empty; expected one session's betas: fetch it again",
    ),
    (
        "a folder in place of betas",
        as_folder(HDF5),
        "found a folder; expected one session's betas: put the file in its place",
    ),
    (
        "betas that are something else",
        replaced(HDF5, lambda _: b"<html>Not found</html>"),
        "the file is damaged or cut short .*; expected one session's betas: fetch it again",
    ),
    (
        "betas under another name",
        rebetas(lambda betas: betas[:1], "beta"),
        "there is no dataset 'betas' in it, but beta; expected one session's betas: fetch",
    ),
    (
        "betas of another shape than the regions",
        rebetas(lambda betas: betas[:, 1:]),
        r"the betas have the shape \(16, 19, 15, 750\); expected \(X, Y, Z, trials\) with the "
        r"region volumes' \(16, 19, 16\) first: take both from the same subject",
    ),
    (
        "betas of 749 trials",
        rebetas(lambda betas: betas[1:]),
        "it holds 749 trials; expected 750, .*: fetch the file again",
    ),
    (
        "betas that are not int16",
        rebetas(lambda betas: betas.astype(np.uint8)),
        "the betas are uint8; expected int16, .*: fetch NSD's own file",
    ),
]
NIFTI_BETAS = [
    (
        "a NIfTI cut short",
        cut(0.7),
        "the file is damaged or cut short .*; expected one session's betas: fetch it again",
    ),
    (
        "a NIfTI with a wrong checksum",
        flipped(-8),
        "the file is damaged or cut short .*CRC.*; expected one session's betas: fetch it again",
    ),
    (
        "a NIfTI with damaged gzip data",
        lambda held: held[:3000] + bytes(500) + held[3500:],
        "the file is damaged or cut short .*; expected one session's betas: fetch it again",
    ),
    (
        "a NIfTI with a wrong header",
        lambda held: b"\x1f\x8b" + bytes(400),
        "the file is damaged or cut short .*; expected one session's betas: fetch it again",
    ),
]
ANATOMY = [
    (
        "a region volume cut short",
        replaced(FACES, cut(0.5)),
        "floc-faces.nii.gz: the file is damaged, cut short or not NIfTI .*; expected a region's "
        "label volume in NIfTI format: fetch",
    ),
    (
        "a region volume of fractions",
        revolume(lambda values: values + 0.5),
        "floc-faces.nii.gz: found numbers of type float64 that are not all whole; expected the "
        "labels of regions: fetch",
    ),
    (
        "region volumes of different shapes",
        revolume(lambda values: values[1:]),
        r"floc-faces.nii.gz: the volume has the shape \(15, 19, 16\); expected \(16, 19, 16\), as "
        r".* has: take",
    ),
    (
        "a label table of something else",
        replaced(NAMES, lambda _: b"OFA 1\n"),
        "floc-faces.mgz.ctab: found the line 'OFA 1'; expected a label number and a name on each: "
        "fetch",
    ),
    (
        "a label table that is not text",
        replaced(NAMES, lambda _: b"\xff\xfe\x00"),
        "floc-faces.mgz.ctab: the file is not UTF-8 text .*; expected a table of label numbers and "
        "names: fetch",
    ),
]
DESIGN = [
    (
        "a damaged design",
        replaced(nsd_layout.DESIGN, cut(0.5)),
        "nsd_expdesign.mat: the file is damaged, cut short or not a MATLAB file .*; expected NSD's "
        "design, .*: fetch",
    ),
    (
        "a design without a variable",
        redesign(subjectim=lambda _: None),
        "nsd_expdesign.mat: the variable 'subjectim' is missing, found .*; expected NSD's design, "
        ".*: fetch",
    ),
    (
        "a design with ids out of range",
        redesign(subjectim=lambda ids: ids - 1),
        "nsd_expdesign.mat: subjectim holds the image id 0; expected ids from 1 .*: fetch",
    ),
    (
        "a session that the design never planned",
        redesign(masterordering=lambda order: order[:, :700]),
        "nsd_expdesign.mat: it plans 700 trials, but session 1 of subj04 ends at trial 750; "
        "expected .*: leave",
    ),
    (
        "behaviour that contradicts the design",
        rows_of(BEHAVIOUR, lambda rows: rows.assign(**{"73KID": rows["73KID"] % 73000 + 1}), "\t"),
        r"responses.tsv: trial 1 of subj04 showed image \d+ \(from 0\); expected \d+ by the "
        r"design: fetch both",
    ),
    (
        "behaviour without image ids",
        rows_of(BEHAVIOUR, lambda rows: rows.drop(columns="73KID"), "\t"),
        "responses.tsv: the file is damaged or something else .*; expected NSD's table of "
        "responses with the columns SESSION and 73KID: fetch",
    ),
]
ANNOTATIONS = [
    (
        "annotations cut short",
        replaced(TRAIN, cut(0.5)),
        "the file is damaged, cut short or not JSON .*; expected one of COCO's instance files, .*: "
        "fetch it again",
    ),
    (
        "annotations that are captions",
        rejson(lambda held: held.pop("categories")),
        "it is JSON, but of another kind .Object missing required field `categories`.; expected "
        "one of COCO's instance files, .*: name that file",
    ),
    (
        "annotations of another kind",
        rejson(lambda held: held["annotations"].append({"id": 1, "caption": "A dog."})),
        "it is JSON, but of another kind .Object missing required field `image_id` - at "
        "`.*annotations.*; expected one of COCO's instance files, .*: name that file",
    ),
    (
        "annotations of an unlisted category",
        first_annotation(category_id=999),
        "the category 999 is not listed under 'categories'; expected one of COCO's",
    ),
    (
        "annotations with ids as text",
        rejson(lambda held: held["images"][0].update(id="11")),
        r"it is JSON, but of another kind .Expected `int`, got `str` - at `\$.images\[0\].id`.; "
        "expected one of COCO's",
    ),
    (
        "annotations that cannot be drawn",
        first_annotation(segmentation=[["a"] * 6]),
        r"annotation \d+ has a segmentation or a box that does not fit its image of .* pixels: a "
        r"polygon is not a list of x, y, x, y, …; expected polygons, .*: fetch",
    ),
]
STIMULI = [
    (
        "a stimulus table of something else",
        rows_of(nsd_layout.STIMULI, lambda rows: rows[["cocoId"]]),
        "nsd_stim_info_merged.csv: the file is damaged or something else .*; expected NSD's "
        "stimulus table, .*: fetch",
    ),
    (
        "a stimulus table with a wrong crop",
        rows_of(nsd_layout.STIMULI, setting(5, cropBox="(0, 0, 2)")),
        r"nsd_stim_info_merged.csv: found the cropBox '\(0, 0, 2\)'; expected .*: fetch",
    ),
    (
        "a stimulus table with an id twice",
        rows_of(nsd_layout.STIMULI, setting(5, nsdId=4)),
        "nsd_stim_info_merged.csv: nsdId 4 is there twice; expected one row per image: fetch",
    ),
]
AVERAGES = [
    (
        "texts of unequal length",
        texts(replaced("meanbeta_OFA.txt", lambda held: held + b"1\n")),
        IMPORTED,
        "meanbeta_OFA.txt: the file has 41 lines; expected 40, .*: fetch",
    ),
    (
        "an empty line between numbers",
        texts(replaced("meanbeta_OFA.txt", lambda held: held.replace(b"\n", b"\n\n", 1))),
        IMPORTED,
        "meanbeta_OFA.txt: line 2 is empty; expected one number on each line, .*: put",
    ),
    (
        "a word between numbers",
        texts(replaced("meanbeta_OFA.txt", lambda held: b"beta\n" + held)),
        IMPORTED,
        "meanbeta_OFA.txt: line 1 holds 'beta'; expected one number on each line, .*: put",
    ),
    (
        "a word in a table",
        table(setting(3, OFA="none given")),
        IMPORTED,
        "subj04.csv: region OFA is 'none given' in row 4; expected numbers only, .*: correct the "
        "file",
    ),
    (
        "one region only",
        table(lambda rows: rows[["trial", "image", "OFA"]]),
        IMPORTED,
        "subj04.csv: 1 of the 1 regions asked for are there, found OFA; expected at least two, .*: "
        "correct",
    ),
    (
        "a trial that was never planned",
        table(lambda rows: rows.assign(trial=rows["trial"] + 29980), dataset=NSD_IMAGES),
        IMPORTED,
        "subj04.csv: it goes up to trial 30020; expected at most 30000, as planned in nsd/.*: take "
        "both",
    ),
    (
        "an image that contradicts the design",
        table(lambda rows: rows.assign(image=rows["image"] + 1), dataset=NSD_IMAGES),
        IMPORTED,
        r"subj04.csv: image is \d+ in trial 1; expected \d+ by nsd/.*nsd_expdesign.mat: leave one",
    ),
    (
        "an infinite response in a text",
        texts(replaced("meanbeta_OFA.txt", lambda held: held.replace(held.split()[6], b"inf", 1))),
        RESPONSES,
        "meanbeta_OFA.txt: region OFA is inf in trial 7 of subj04; expected finite numbers .*: "
        "correct the file, or set responses.constant to 'drop'",
    ),
    (
        "a missing response in a table",
        table(setting(3, OFA=None), "parquet"),
        RESPONSES,
        "subj04.parquet: region OFA is nan in trial 4 of subj04; expected finite numbers .*: "
        "correct the file",
    ),
    (
        "a constant trial",
        table(setting(3, V1v=2, EBA=2, OFA=2, PPA=2)),
        RESPONSES,
        "subj04.csv: trial 4 of subj04 is 2 in every region; expected finite numbers that differ "
        "between regions: correct",
    ),
    (
        "more clusters than distinct trials",
        table(lambda rows: pd.concat([rows.head(5).drop(columns="trial")] * 8), kmeans=QUICK),
        f"results/s/{SUBJECT}/k07/fit.json",
        "results/s/subj04/responses.parquet: 7 clusters were asked for, but only 5 of the 40 rows "
        "are distinct; expected at least 7: ask for at most 5 clusters .*lower kmeans.k.max",
    ),
    (
        "an image beyond the stimulus table",
        table(setting(3, image=99999), dataset={"stimuli": NSD_IMAGES["stimuli"]}, kmeans=QUICK),
        NEAREST,
        "results/s/stimuli.parquet: image 99999, which trial 4 of subj04 showed, is not in the "
        "stimulus table; expected one of its 73000 images, 0 to 72999: take",
    ),
]
PICTURES = f"data/{nsd_layout.PICTURES}"
MOSAIC = f"results/s/{SUBJECT}/k02/mosaic.png"


def spoilt_pictures(change: Change) -> Build:
    """Averages of known images whose pictures are changed."""

    def write(rows: pd.DataFrame, folder: Path) -> None:
        rows.to_csv(folder / f"{SUBJECT}.csv", index=False)
        path = folder / nsd_layout.PICTURES
        path.parent.mkdir(parents=True)
        path.touch()
        change(folder)

    return averages(write, "{subject}.csv", dataset={"pictures": PICTURES}, kmeans=QUICK)


def refusals() -> Iterator[Refusal]:
    for name, build, says in CONFIGURATION:
        late = {"a name of two regions": REGIONS, "an unknown region of a collection": REGIONS}
        target = late.get(name, "results/s/pooled/regions.tsv" if "no subject" in name else CONFIG)
        yield Refusal(name, build, target, f"Configuration: {says}")
    for name, build, says in PLANNED:
        yield Refusal(name, build, CONFIG, says)
    for name, change, says in BETAS:
        yield Refusal(name, nsd(change), SESSION, f"data/{re.escape(HDF5)}: {says}")
    for name, content, says in NIFTI_BETAS:
        yield Refusal(name, nsd(as_nifti(content)), SESSION, f"data/{re.escape(NIFTI)}: {says}")
    for name, change, says in ANATOMY:
        yield Refusal(name, nsd(change), REGIONS, f"data/.*{says}")
    for name, change, says in DESIGN:
        yield Refusal(name, nsd(change), TRIALS, f"data/.*{says}")
    for name, change, says in ANNOTATIONS:
        yield Refusal(name, nsd(change), IMAGES, f"data/{re.escape(TRAIN)}: {says}")
    for name, change, says in STIMULI:
        yield Refusal(name, nsd(change), IMAGES, f"data/.*{says}")
    for name, build, target, says in AVERAGES:
        yield Refusal(name, build, target, says)
    few = f"{PICTURES}: image .* but .* holds 9 pictures; expected numbers from 0 to 8: "
    yield Refusal("an image beyond the pictures", spoilt_pictures(with_pictures(9)), MOSAIC, few)
    other = f"{PICTURES}: the file is damaged or cut short .*; expected the pictures: .*: fetch"
    spoil = spoilt_pictures(replaced(nsd_layout.PICTURES, lambda _: b"no pictures"))
    yield Refusal("pictures that are something else", spoil, MOSAIC, other)


CASES = list(refusals())


# --- the test ------------------------------------------------------------------------------------

Run = tuple[Path, "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def runs(
    small: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[dict[str, "Future[Run]"]]:
    """The runs of the cases that were selected, two at a time."""

    def run(case: Refusal) -> Run:
        folder = tmp_path_factory.mktemp("refused")
        overlay = case.build(small, folder)
        return folder, try_snakemake(folder, overlay, case.target, cores=1)

    chosen = [
        item.callspec.params["case"]
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.originalname == "test_refused"
    ]
    with ThreadPoolExecutor(2) as pool:
        yield {case.name: pool.submit(run, case) for case in chosen}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_refused(case: Refusal, runs: dict[str, "Future[Run]"]) -> None:
    folder, done = runs[case.name].result()
    printed = done.stdout + done.stderr
    assert done.returncode != 0, printed
    lines = [line for line in printed.splitlines() if re.search(case.says, line)]
    assert lines, printed
    sentence = lines[0].strip()
    print(sentence)
    # One sentence that says what was expected and then what to do.
    assert "; expected " in sentence
    assert re.search(r"[.?]$", sentence)
    assert not re.search(r"[.?!] [A-Z]", sentence)
    assert "Traceback" not in printed
    assert "MissingInputException" not in printed
    # Nothing half-written: no draft, and nothing that the failed rule makes.
    left = {path for path in (folder / "results").rglob("*") if path.is_file()}
    assert not [path for path in left if path.name.startswith(".")]
    failed = re.search(r"Error in rule \w+:.*?\n    output: (.*?)\n", printed, re.DOTALL)
    if failed is None:  # refused before anything ran
        assert not left
    else:
        assert not left & {folder / name for name in failed[1].split(", ")}


def test_every_refusal_has_a_name_of_its_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
