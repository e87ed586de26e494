"""The Natural Scenes Dataset as a source: an NSD root and what is there of it."""

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from response_clusters.errors import StudyError, did_you_mean, listed
from response_clusters.names import LARGEST_LABEL
from response_clusters.sources.contents import Files
from response_clusters.sources.faults import Fault
from response_clusters.sources.nsd import layout, methods
from response_clusters.sources.paths import INSTANCES
from response_clusters.sources.places import BucketFolder, Folder, Place, is_object
from response_clusters.sources.source import VoxelSource

COLLECTIONS = (
    *("floc-bodies", "floc-faces", "floc-places", "floc-words", "prf-visualrois", "aseg"),
    *("nsdgeneral", "prf-eccrois", "streams"),
)
"""Collections of regions that NSD has for every subject."""


class NSD(VoxelSource):
    """An NSD root, in the dataset's own layout and formats."""

    trials = "response_clusters.sources.nsd.trials:trials"
    regions = "response_clusters.sources.nsd.regions:regions"
    betas = "response_clusters.sources.nsd.betas:session_betas"
    betas_unit = "% signal change"
    stimuli = "response_clusters.sources.nsd.tables:stimuli"
    run_lengths = layout.RUN_LENGTHS
    terms = methods.TERMS
    bucket: BucketFolder | None = None
    """Where the root is in a bucket: what was found there."""

    def check(self, config: dict[str, Any], defaults: dict[str, Any]) -> None:
        collections = config["regions"]
        if not isinstance(collections, dict):
            raise StudyError(
                f"Configuration: regions is {collections!r}; expected collections by name for the "
                f"{config['dataset']['source']} source, such as {{floc-faces: all}}: name them as "
                "in config/config.yaml."
            )
        _check_collections(collections)

    def find(self, config: dict[str, Any], out: str) -> dict[str, list[int]]:
        dataset = config["dataset"]
        self.place = self._open(dataset)
        self.root = self.place.root
        self.space, self.version = dataset["space"], dataset["betas"]
        self._take(config)
        self._look(config["subjects"])
        suffixes = {"auto": ["hdf5", "nii.gz"], "hdf5": ["hdf5"], "nii": ["nii.gz"]}
        wanted = suffixes[dataset["format"]]
        self.suffix = wanted[0]
        self.sessions: dict[tuple[str, int], str] = {}
        for subject in layout.subjects(self.place):
            recorded = layout.recorded(self.place, subject, self.space, self.version)
            for session, has in recorded.items():
                if has & set(wanted):
                    suffix = next(s for s in wanted if s in has)
                    path = layout.betas(subject, self.space, self.version, session, suffix)
                    self.sessions[subject, session] = self.below(path)
        example = layout.betas("subj01", self.space, self.version, 1, wanted[-1])
        self.where = f"{self.root}/nsddata_betas"
        if not self.sessions:
            self.expected = (
                f"files such as {example} by dataset.space, .betas and .format, found betas of "
                f"{listed(layout.versions(self.place))}: correct these keys or dataset.root"
            )
        self.name_files(dataset)
        if not self.annotations and not self.labels:
            self.annotations = [
                self.below(path) for path in layout.ANNOTATIONS if self.has(path, INSTANCES)
            ]
        if not self.pictures and self.has(layout.PICTURES, layout.PICTURES_EXPECTED):
            self.pictures = self.below(layout.PICTURES)
        self.there: dict[str, list[int]] = {}
        for subject, session in self.sessions:
            self.there.setdefault(subject, []).append(session)
        return self.there

    def _open(self, dataset: dict[str, Any]) -> Place:
        """The root: a folder, or a bucket."""
        if dataset["root"] and is_object(dataset["root"]):
            self.in_bucket = True
            self.bucket = BucketFolder(dataset, self.anew, self.results)
            return self.bucket
        return Folder(dataset["root"])

    def _look(self, wanted: Any) -> None:
        """Learn at once of all folders that will be asked about."""
        self.place.look([layout.BETAS])
        subjects = layout.subjects(self.place)
        asked = subjects if wanted == "all" else [s for s in subjects if s in wanted]
        self.place.look(
            [
                *(layout.betas_folder(s, self.space, self.version) for s in subjects),
                *(os.path.dirname(layout.behaviour(s)) for s in asked),
                *(os.path.dirname(layout.region_names(s, "")) for s in asked),
                *(os.path.dirname(p) for p in (layout.DESIGN, *layout.ANNOTATIONS[:1])),
                os.path.dirname(layout.PICTURES),
            ],
            deep=[os.path.dirname(layout.volume(s, self.space, "")) for s in asked],
        )

    def _take(self, config: dict[str, Any]) -> None:
        """What the configuration asks for of the regions."""
        self.choice = {c: asked for c, asked in config["regions"].items() if asked is not None}
        lists = [asked for asked in self.choice.values() if asked != "all"]
        names = [list(c.values()) if isinstance(c, dict) else c for c in lists]
        self.region_names = sorted(name for group in names for name in group)

    def require(self, sessions: dict[str, list[int]]) -> dict[str, str]:
        self.place.require(layout.DESIGN, layout.DESIGN_EXPECTED)
        # Links to nowhere are told now, and not when a job meets them.
        self.stimulus_files()
        for subject, numbers in sessions.items():
            self.trial_files(subject)
            self.region_files(subject)
            for session in numbers:
                self.session_files(subject, session)
            for collection, asked in self.choice.items():
                self._require_regions(subject, collection, asked)
        return {
            f"session {session} of {subject}": f"its download did not end ({path})"
            for subject in sessions
            for session, path in layout.unfinished(
                self.place, subject, self.space, self.version
            ).items()
        }

    def methods(self, config: dict[str, Any]) -> str:
        return methods.responses(self.version, self.space)

    def keep(self) -> None:
        if self.bucket:
            self.bucket.keep()

    def inspect(self, sessions: dict[str, list[int]]) -> Iterator[Fault]:
        from response_clusters.sources.nsd.inspection import Inspection

        yield from Inspection(self).run(sessions)

    def lacks(self, subject: str, session: int) -> Fault:
        key = layout.betas(subject, self.space, self.version, session, self.suffix)
        return Fault(
            f"{self.below(key)}: there is no such file; expected session {session} of {subject}: "
            "fetch it, or leave it out (sessions, subjects).",
            (key,),
        )

    def commands(self, missing: list[str]) -> list[str]:
        from response_clusters.sources.nsd.inspection import commands

        return commands(missing, self.root, self.bucket.bucket.endpoint if self.bucket else None)

    def objects(self, files: Files) -> dict[str, Any]:
        found = self.bucket.objects_among(files) if self.bucket else {}
        return {
            name: [asdict(one) for one in told] if isinstance(told, list) else asdict(told)
            for name, told in found.items()
        }

    def megabytes(self, files: Files) -> float:
        found = self.bucket.objects_among(files).values() if self.bucket else ()
        sizes = [one.size for told in found for one in (told if isinstance(told, list) else [told])]
        return sum(sizes) / 1e6 + super().megabytes(files)

    def below(self, path: str) -> str:
        """A path of NSD's layout, in the dataset's folder."""
        return f"{self.root}/{path}"

    def has(self, path: str, expected: str) -> bool:
        """Whether there is a file below the root; a link to nowhere is an error."""
        return self.place.is_file(path, expected)

    def trial_files(self, subject: str) -> Files:
        files = {"design": self.below(layout.DESIGN)}
        behaviour = layout.behaviour(subject)
        if self.has(behaviour, layout.RESPONSES_EXPECTED):
            files["behaviour"] = self.below(behaviour)
        return files

    def region_files(self, subject: str) -> Files:
        files: Files = {
            "volumes": [
                self.below(layout.region_volume(subject, self.space, collection))
                for collection in self.choice
            ],
            "names": [
                self.below(layout.region_names(subject, collection))
                for collection, asked in self.choice.items()
                if not isinstance(asked, dict)
            ],
        }
        mean = layout.volume(subject, self.space, "mean")
        if self.has(mean, "a subject's mean volume"):
            files["mean"] = self.below(mean)
        return files

    def session_files(self, subject: str, session: int) -> Files:
        path = self.sessions[subject, session]
        beside = layout.betas(subject, self.space, self.version, session, "nii.gz")
        if path.endswith(".hdf5") and self.has(beside, "one session's betas"):
            return {"betas": path, "beside": self.below(beside)}
        return {"betas": path}

    def stimulus_files(self) -> Files:
        if self.stimulus_table:
            return super().stimulus_files() | {"design": self.below(layout.DESIGN)}
        if not self.has(layout.STIMULI, layout.STIMULI_EXPECTED):
            return {}
        return {"stimuli": self.below(layout.STIMULI), "design": self.below(layout.DESIGN)}

    def files_of(self, subject: str, sessions: list[int]) -> dict[str, str]:
        return {str(session): self.sessions[subject, session] for session in sessions}

    def _require_regions(self, subject: str, collection: str, asked: Any) -> None:
        """Refuse a subject who lacks a label volume or a table of names that the study needs."""
        volume = layout.region_volume(subject, self.space, collection)
        if not self.place.exists(volume, f"the label volume of {collection}"):
            there = [
                name.removesuffix(".nii.gz")
                for name in self.place.names(os.path.dirname(volume))
                if name.endswith(".nii.gz") and not name.startswith(("lh.", "rh."))
            ]
            # A collection that NSD has is not a misspelt one.
            near = "" if collection in COLLECTIONS else did_you_mean(collection, there)
            raise StudyError(
                f"{self.below(volume)}: there is no such file, and the folder has "
                f"{listed(there)}; expected the label volume of {collection}: fetch it, or correct "
                f"the name or set it to null in the configuration's regions{near or '.'}"
            )
        if not isinstance(asked, dict):
            names = layout.region_names(subject, collection)
            if not self.place.exists(names, f"the names of the labels of {collection}"):
                raise StudyError(self._unnamed(names, collection))
            self.place.require(names, f"the names of the labels of {collection}")

    def _unnamed(self, names: str, collection: str) -> str:
        """A sentence for a collection whose labels nobody names where NSD names them."""
        example, seen = "{1: first-region, 2: second-region}", ""
        template = Path(self.below(f"nsddata/templates/{collection}.ctab"))
        if template.is_file():
            from response_clusters.sources.label_names import read_names

            known = read_names(template)
            example = "{" + ", ".join(f"{label}: {name}" for label, name in known.items()) + "}"
            seen = f", as {template} has them"
        return (
            f"{self.below(names)}: there is no such file; expected the names of the labels of "
            f"{collection}: fetch it or, as NSD keeps the names of some collections elsewhere or "
            f"not at all, name its labels in the configuration{seen}, such as regions: "
            f"{{{collection}: {example}}}."
        )


def _check_collections(regions: dict[str, Any]) -> None:
    """Refuse what no label volume can answer."""
    if all(choice is None for choice in regions.values()):
        raise StudyError(
            "Configuration: regions leaves out every collection; expected at least one: set one to "
            "all, or list its regions."
        )
    if not isinstance(regions.get("aseg"), dict | None):
        raise StudyError(
            f"Configuration: regions.aseg is {regions['aseg']!r}; expected names by label number, "
            "such as {17: L-hippocampus}: NSD has no table of its labels."
        )
    for collection, choice in regions.items():
        if isinstance(choice, dict):
            large = [label for label in choice if int(label) > LARGEST_LABEL]
            if large:
                raise StudyError(
                    f"Configuration: regions.{collection} has the label {large[0]}; expected "
                    f"numbers up to {LARGEST_LABEL}: correct it."
                )
