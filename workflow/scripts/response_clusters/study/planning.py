"""A study's plan, from its configuration and from what is found in the dataset's folder.

Everything is known before anything runs. File names are read and, of already averaged responses,
the number of rows and the columns that say what the rows are.
"""

import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import yaml
from response_clusters.errors import StudyError, did_you_mean, listed
from response_clusters.files import (
    DESIGN,
    INSTANCES,
    PICTURES,
    RESPONSES,
    STIMULI,
    is_there,
    readable,
)
from response_clusters.names import POOLED
from response_clusters.sources.averages.listing import matching, rows_of, unfinished
from response_clusters.sources.nsd import layout as nsd_layout
from response_clusters.study.plan import Plan, described_cohorts

RESERVED = (POOLED, "consistency_subjects", "simulated", "logs", "benchmarks")
"""Folders of a study's results that no subject may be called by."""
SIMULATED_NOTE = "Simulated data: planted groups, not a measurement"
SIMULATED_REGIONS = ("floc-bodies", "floc-faces", "floc-places", "floc-words", "prf-visualrois")
"""The simulated collections whose regions respond; `aseg` does so too."""
SIMULATED_ATLASES = ("nsdgeneral", "prf-eccrois", "streams")
"""Those that are only there to be found."""
SIMULATED_COLLECTIONS = (*SIMULATED_REGIONS, "aseg", *SIMULATED_ATLASES)
UNGROUPED_NOTE = "Simulated data: no groups planted, not a measurement"


def make_plan(config: dict[str, Any]) -> Plan:
    """The plan of a checked configuration.

    Raises
    ------
    StudyError
        If a folder, subject or session that the configuration names is not there, or if the
        study's folder holds results of another dataset.
    """
    out = f"results/{config['study']}"
    _refuse_other_dataset(config, out)
    makers = {"simulated": _simulated, "nsd": _nsd, "regions": _regions}
    plan = makers[config["dataset"]["source"]](config, out)
    _require_no_braces(plan)
    reserved = [subject for subject in plan.subjects if subject.casefold() in RESERVED]
    if reserved:
        raise StudyError(
            f"{plan.root}: {reserved[0]!r} is the name of a folder of the results; expected a "
            "subject's name: rename it, or list the subjects that are meant."
        )
    folded, times = Counter(map(str.casefold, plan.subjects)).most_common(1)[0]
    if times > 1:
        alike = [subject for subject in plan.subjects if subject.casefold() == folded]
        raise StudyError(
            f"{plan.root}: the subjects {listed(alike)} differ by capital letters only; expected "
            "names that are folders of their own on every disk: rename one, or list the subjects "
            "that are meant."
        )
    unknown = [c for c in described_cohorts(config, plan) if c not in plan.cohorts]
    if unknown:
        raise StudyError(
            f"Configuration: describe.cohorts names {unknown[0]!r}; expected some of "
            f"{listed(plan.cohorts)}: correct the name or leave it out"
            f"{did_you_mean(unknown[0], plan.cohorts) or '.'}"
        )
    if config["responses"]["repeats"] == "mean" and not plan.trials_known:
        raise StudyError(
            "Configuration: responses.repeats is 'mean', but it is not known which trials repeat "
            "an image; expected dataset.design or a column image in every table: add one of them, "
            "or use 'single'."
        )
    if config["nearest"]["annotated"] and not plan.labels_known:
        raise StudyError(
            "Configuration: nearest.annotated is true, but no annotations of known images are "
            "there; expected COCO's instance annotations (dataset.annotations): name them, or set "
            "it to false."
        )
    plan.missing.update(_missing(plan))
    return plan


def _refuse_other_dataset(config: dict[str, Any], out: str) -> None:
    """One study, one dataset: results of another are not overwritten under the same name."""
    recorded = Path(out) / "config.yaml"
    if not recorded.is_file():
        return
    try:
        held = yaml.safe_load(recorded.read_text("utf-8"))["dataset"]
        before = (held["source"], held["root"])
    except (ValueError, TypeError, KeyError, yaml.YAMLError):
        raise StudyError(
            f"{recorded}: the file is damaged or something else, so it is not known which dataset "
            "this folder is a study of; expected the settings that the study recorded: remove it "
            "if it was this dataset, or give the study another name (study)."
        ) from None
    now = (config["dataset"]["source"], config["dataset"]["root"])
    if before != now:
        was, wanted = (f"{source} {root}" if root else source for source, root in (before, now))
        raise StudyError(
            f"{recorded}: this folder holds a study of another dataset ({was}; now {wanted}): give "
            f"the new one a name of its own (study), or remove {recorded} to go on in the same "
            "folder."
        )


def _missing(plan: Plan) -> dict[str, str]:
    missing = {}
    if not plan.trials_known:
        missing["images"] = "no experimental design: it is not known which image a trial showed"
    elif not plan.stimuli:
        missing["images"] = "no stimulus table: COCO ids and crops are not known"
    if not plan.labels_known:
        why = missing.get("images", "no COCO instance annotations were found")
        missing["labels and wordclouds"] = why
    if not plan.pictures_known:
        unknown = "it is not known which image a trial showed"
        why = "no pictures" if plan.trials_known else unknown
        missing["mosaics and contact sheets"] = why
    if len(plan.subjects) < 2:
        missing["consistency across subjects"] = "there is one subject only"
    return missing


def _select(
    found: dict[str, list[int]], config: dict[str, Any], where: str, expected: str
) -> dict[str, list[int]]:
    """The subjects and sessions that the configuration asks for, out of those found.

    Raises
    ------
    StudyError
        If one is not there, or none at all; `expected` says what would be one.
    """
    if not found:
        raise StudyError(
            f"{where}: no subject with any session was found there; expected {expected}."
        )
    wanted = config["subjects"]
    if wanted != "all":
        absent = [subject for subject in wanted if subject not in found]
        if absent:
            raise StudyError(
                f"Configuration: subjects names {absent[0]!r}, which {where} does not have; "
                f"expected some of {listed(found)}: correct the name or leave it "
                f"out{did_you_mean(absent[0], found) or '.'}"
            )
        found = {subject: found[subject] for subject in sorted(wanted)}
    sessions = config["sessions"]
    if sessions == "all":
        return found
    chosen = {}
    for subject, has in found.items():
        if isinstance(sessions, int):
            asked, lacking = has[:sessions], sessions > len(has)
        else:
            asked, lacking = sorted(sessions), not set(sessions) <= set(has)
        if lacking:
            raise StudyError(
                f"Configuration: sessions asks for {sessions}, but {subject} has only "
                f"{listed(has)} in {where}; expected sessions that every subject has: ask for "
                "fewer, or list the subjects that have them."
            )
        chosen[subject] = asked
    return chosen


def _simulated(config: dict[str, Any], out: str) -> Plan:
    simulated, dataset = config["simulated"], config["dataset"]
    root = f"{out}/simulated"
    found = {s: list(range(1, n + 1)) for s, n in simulated["sessions"].items() if n}
    sessions = _select(found, config, "simulated.sessions", "a number for one or more of them")
    unknown = [name for name in _collections(config) if name not in SIMULATED_COLLECTIONS]
    if unknown:
        raise StudyError(
            f"Configuration: regions names the collection {unknown[0]!r}; expected some of "
            f"{listed(SIMULATED_COLLECTIONS)} in simulated data: correct the name or leave it out"
            f"{did_you_mean(unknown[0], SIMULATED_COLLECTIONS) or '.'}"
        )
    return Plan(
        out=out,
        nsd=True,
        root=root,
        sessions=sessions,
        betas={
            (subject, session): f"{root}/"
            + nsd_layout.betas(subject, dataset["space"], dataset["betas"], session, "hdf5")
            for subject, numbers in sessions.items()
            for session in numbers
        },
        behaviour={s: f"{root}/{nsd_layout.behaviour(s)}" for s in sessions},
        design=f"{root}/{nsd_layout.DESIGN}",
        stimuli=f"{root}/{nsd_layout.STIMULI}",
        pictures=f"{root}/{nsd_layout.PICTURES}",
        annotations=[f"{root}/{path}" for path in nsd_layout.ANNOTATIONS],
        note=SIMULATED_NOTE if simulated["groups"] else UNGROUPED_NOTE,
    )


def _nsd(config: dict[str, Any], out: str) -> Plan:
    dataset = config["dataset"]
    root = _folder(dataset["root"])
    space, version, wanted = dataset["space"], dataset["betas"], dataset["format"]
    formats = {s: nsd_layout.recorded(root, s, space, version) for s in nsd_layout.subjects(root)}
    suffixes = {"auto": ["hdf5", "nii.gz"], "hdf5": ["hdf5"], "nii": ["nii.gz"]}[wanted]
    files = {
        (subject, session): f"{root}/"
        + nsd_layout.betas(subject, space, version, session, next(s for s in suffixes if s in has))
        for subject, sessions in formats.items()
        for session, has in sessions.items()
        if has & set(suffixes)
    }
    found: dict[str, list[int]] = {}
    for subject, session in files:
        found.setdefault(subject, []).append(session)
    example = nsd_layout.betas("subj01", space, version, 1, suffixes[-1])
    sessions = _select(
        found,
        config,
        f"{root}/nsddata_betas",
        f"files such as {example} by dataset.space, .betas and .format, found betas of "
        f"{listed(nsd_layout.versions(root))}: correct these keys or dataset.root",
    )
    annotations = _named("annotations", dataset, INSTANCES) or _existing(
        [f"{root}/{path}" for path in nsd_layout.ANNOTATIONS], INSTANCES
    )
    pictures = "".join(
        _named("pictures", dataset, PICTURES)
        or _existing([f"{root}/{nsd_layout.PICTURES}"], PICTURES)
    )
    behaviour = {s: f"{root}/{nsd_layout.behaviour(s)}" for s in sessions}
    design = str(readable(f"{root}/{nsd_layout.DESIGN}", DESIGN))
    for subject in sessions:
        _require_regions(root, subject, space, config)
    return Plan(
        out=out,
        nsd=True,
        root=root,
        sessions=sessions,
        betas={key: path for key, path in files.items() if key[1] in sessions.get(key[0], [])},
        behaviour={s: p for s, p in behaviour.items() if _existing([p], RESPONSES)},
        design=design,
        stimuli="".join(_existing([f"{root}/{nsd_layout.STIMULI}"], STIMULI)),
        pictures=pictures,
        annotations=annotations,
        missing=_unfinished(root, list(sessions), space, version),
    )


def _unfinished(root: str, subjects: list[str], space: str, version: str) -> dict[str, str]:
    """Sessions that are left out because their download did not end, with what is there."""
    return {
        f"session {session} of {subject}": f"its download did not end ({path})"
        for subject in subjects
        for session, path in nsd_layout.unfinished(root, subject, space, version).items()
    }


def _collections(config: dict[str, Any]) -> dict[str, Any]:
    """The collections of regions asked for, with what is asked of each (not for averages)."""
    return {name: choice for name, choice in config["regions"].items() if choice is not None}


def _require_regions(root: str, subject: str, space: str, config: dict[str, Any]) -> None:
    """Refuse a subject who lacks a label volume or a table of names that the study needs."""
    for collection, choice in _collections(config).items():
        volume = Path(root) / nsd_layout.region_volume(subject, space, collection)
        if not is_there(volume, f"the label volume of {collection}"):
            there = sorted(
                path.name.removesuffix(".nii.gz")
                for path in volume.parent.glob("*.nii.gz")
                if not path.name.startswith(("lh.", "rh."))
            )
            # A collection that NSD has is not a misspelt one.
            known = collection in SIMULATED_COLLECTIONS
            near = "" if known else did_you_mean(collection, there)
            raise StudyError(
                f"{volume}: there is no such file, and the folder has {listed(there)}; expected "
                f"the label volume of {collection}: fetch it, or correct the name or set it to "
                f"null in the configuration's regions{near or '.'}"
            )
        if not isinstance(choice, dict):
            names = Path(root) / nsd_layout.region_names(subject, collection)
            if not is_there(names, f"the names of the labels of {collection}"):
                raise StudyError(_unnamed(root, names, collection))
            readable(names, f"the names of the labels of {collection}")


def _unnamed(root: str, names: Path, collection: str) -> str:
    """A sentence for a collection whose labels nobody names where NSD names them."""
    example, seen = "{1: first-region, 2: second-region}", ""
    template = Path(root) / "nsddata/templates" / f"{collection}.ctab"
    if template.is_file():
        from response_clusters.sources.regions import read_names

        known = read_names(template)
        example = "{" + ", ".join(f"{label}: {name}" for label, name in known.items()) + "}"
        seen = f", as {template} has them"
    return (
        f"{names}: there is no such file; expected the names of the labels of {collection}: fetch "
        "it or, as NSD keeps the names of some collections elsewhere or not at all, name its "
        f"labels in the configuration{seen}, such as regions: {{{collection}: {example}}}."
    )


def _regions(config: dict[str, Any], out: str) -> Plan:
    dataset = config["dataset"]
    root = _folder(dataset["root"])
    subjects = config["subjects"]
    listed_regions = config["regions"] if isinstance(config["regions"], list) else []
    listed_subjects = subjects if isinstance(subjects, list) else []
    files = matching(root, dataset["pattern"], listed_subjects, listed_regions)
    if not files:
        raise StudyError(
            f"{root}: no file there matches dataset.pattern; expected files such as "
            f"{dataset['pattern']!r}: correct dataset.pattern or dataset.root, or list regions "
            "that are there."
        )
    asked = files if subjects == "all" else {s: files[s] for s in subjects if s in files}
    rows = {
        subject: rows_of(*next(iter(held.items())), listed_regions)
        for subject, held in asked.items()
    }
    found = {s: rows[s].sessions if s in rows else [] for s in files}
    sessions = _select(found, config, root, "files of one")
    return Plan(
        out=out,
        nsd=False,
        root=root,
        sessions=sessions,
        responses={subject: files[subject] for subject in sessions},
        images_listed=all(rows[subject].images for subject in sessions),
        design="".join(_named("design", dataset, DESIGN)),
        stimuli="".join(_named("stimuli", dataset, STIMULI)),
        pictures="".join(_named("pictures", dataset, PICTURES)),
        annotations=_named("annotations", dataset, INSTANCES),
        missing={
            " of ".join(filter(None, (region, subject))): f"its download did not end ({path})"
            for (subject, region), path in unfinished(root, dataset["pattern"]).items()
            if region not in files.get(subject, {})
        },
    )


def _named(key: str, dataset: dict[str, Any], expected: str) -> list[str]:
    """The files that a key of the dataset names, all of which must be there."""
    given = dataset[key] or []
    paths = [_path(p, f"dataset.{key}") for p in ([given] if isinstance(given, str) else given)]
    return [str(readable(path, f"{expected} (dataset.{key})")) for path in paths]


def _folder(root: str) -> str:
    folder = _path(root, "dataset.root")
    if not is_there(folder, "the dataset's folder (dataset.root)"):
        raise StudyError(
            f"Configuration: dataset.root is {root!r}, and there is no such folder; expected the "
            "dataset's folder: correct the path, or fetch the data."
        )
    if not Path(folder).is_dir():
        raise StudyError(
            f"Configuration: dataset.root is {root!r}, and that is a file; expected the dataset's "
            "folder: name the folder, and the files in it by dataset.pattern."
        )
    return folder


def _path(given: str, key: str) -> str:
    """A path of the configuration, its ``~`` replaced by the user's folder."""
    try:
        return str(Path(given).expanduser())
    except RuntimeError as error:
        raise StudyError(
            f"Configuration: {key} is {given!r}, and {str(error).rstrip('.').lower()}; expected a "
            "path: write it in full."
        ) from None


def _existing(paths: list[str], expected: str) -> list[str]:
    """Those of the paths that are files; a link to nowhere is an error, and not an absence."""
    return [path for path in paths if is_there(path, expected) and Path(path).is_file()]


def _require_no_braces(plan: Plan) -> None:
    """Refuse paths that Snakemake or its records cannot hold as they are.

    Raises
    ------
    StudyError
        If one holds a brace, which would begin a wildcard, a control character such as a line's
        end, or bytes that are not UTF-8.
    """
    several = (plan.betas.values(), *(files.values() for files in plan.responses.values()))
    paths = [plan.root, plan.design, plan.stimuli, plan.pictures, *plan.annotations]
    paths += [path for group in (*several, plan.behaviour.values()) for path in group]
    for path in paths:
        why = ""
        if "{" in path or "}" in path:
            why = "Snakemake takes braces for wildcards"
        elif any(unicodedata.category(letter) in ("Cc", "Cs") for letter in path):
            why = "some of its characters cannot be written"
        if why:
            raise StudyError(
                f"{path!a}: {why}; expected a path without them: rename the folder or the file, or "
                "make a link to it that has another name."
            )
