"""Where a dataset lies: a folder on a disk, or a bucket.

A bucket is listed when the study is planned. What was found is kept in a file: jobs, which plan the
study again, read it there and list nothing.
"""

import hashlib
import json
import os
from abc import ABC, abstractmethod
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from response_clusters.errors import StudyError
from response_clusters.files import is_there, readable, replacing_shared
from response_clusters.machine import writing_fault
from response_clusters.sources.bucket import SCHEME, SOON, Bucket, Stored, root_of
from response_clusters.sources.contents import Files
from response_clusters.sources.paths import folder

AT_ONCE = 16
"""Folders that are listed at the same time."""
LISTINGS = Path(".snakemake/buckets")
"""Where it is kept what buckets hold, below the folder in which the study is run."""


def is_object(path: str) -> bool:
    """Whether this is the address of an object, and no path."""
    return path.startswith(SCHEME)


class Place(ABC):
    """The root of a dataset, whose files and folders are called by their paths below it.

    Attributes
    ----------
    root : str
    """

    root: str

    def below(self, path: str) -> str:
        """A file or a folder as the study calls it: a path, or an object's address."""
        return f"{self.root}/{path}"

    def look(self, folders: Iterable[str], deep: Iterable[str] = ()) -> None:  # noqa: B027
        """Learn at once what is in some folders, and in others with all folders below them."""

    @abstractmethod
    def names(self, folder: str) -> list[str]:
        """The names of what is in a folder, sorted; none where there is no such folder."""

    def exists(self, path: str, expected: str) -> bool:
        """Whether there is anything; raises as `is_file` does."""
        return self.is_file(path, expected)

    @abstractmethod
    def is_file(self, path: str, expected: str) -> bool:
        """Whether there is a file.

        Raises
        ------
        StudyError
            If there is a link to nowhere: `expected` says what was to be there.
        """

    @abstractmethod
    def require(self, path: str, expected: str) -> None:
        """Refuse a file that is not there, or is empty.

        Raises
        ------
        StudyError
            Naming it.
        """


class Folder(Place):
    """A folder on a disk."""

    def __init__(self, root: str | None) -> None:
        self.root = folder(root)

    def names(self, folder: str) -> list[str]:
        path = Path(self.below(folder))
        if not is_there(path, "a folder of the dataset") or not path.is_dir():
            return []
        return sorted(os.listdir(path))

    def exists(self, path: str, expected: str) -> bool:
        return is_there(self.below(path), expected)

    def is_file(self, path: str, expected: str) -> bool:
        return self.exists(path, expected) and Path(self.below(path)).is_file()

    def require(self, path: str, expected: str) -> None:
        readable(self.below(path), expected)


class BucketFolder(Place):
    """A bucket, or what lies below a prefix in it.

    Parameters
    ----------
    dataset : dict
        The configuration's ``dataset``.
    anew : bool
        Whether the bucket is listed; otherwise what was found before is read.
    results : str
        The study's folder of results: each study keeps what it found for itself.
    """

    def __init__(self, dataset: dict[str, Any], anew: bool, results: str) -> None:
        self.root = root_of(dataset["root"])
        self._access, self._anew, self._results = dataset["access"], anew, results
        self._objects: dict[str, Stored] = {}
        self._known: dict[str, list[str]] = {}
        if anew:
            self.bucket = Bucket(self.root, dataset["endpoint"], SOON)
        else:
            kept = read_listing(self.root, results)
            self._objects = {path: Stored(*told) for path, told in kept["objects"].items()}
            self._known = kept["known"]

    def look(self, folders: Iterable[str], deep: Iterable[str] = ()) -> None:
        if not self._anew:
            return
        wanted = [(f, False) for f in folders if f not in self._known]
        wanted += [(f, True) for f in deep if f not in self._known]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = list(pool.map(lambda asked: self._list(*asked), wanted))
        for (place, _), (names, objects) in zip(wanted, found, strict=True):
            self._known[place] = names
            self._objects |= objects
            for path in objects:
                # What is known of a folder from a deep look is known of those below it.
                inner, name = os.path.split(path)
                while len(inner) > len(place):
                    self._known.setdefault(inner, []).append(name)
                    inner, name = os.path.split(inner)

    def _list(self, place: str, deep: bool) -> tuple[list[str], dict[str, Stored]]:
        """The names in a folder, and the objects there by their path below the root."""
        above = f"{self.root}/".removeprefix(f"{SCHEME}{self.bucket.name}/")
        listed, folders = self.bucket.listing(f"{above}{place}", deep)
        objects = {stored.url.removeprefix(f"{self.root}/"): stored for stored in listed}
        inner = {path.removeprefix(f"{place}/").partition("/")[0] for path in objects}
        return sorted(inner.union(folders)), objects

    def names(self, folder: str) -> list[str]:
        self.look([folder])
        return sorted(set(self._known.get(folder, [])))

    def is_file(self, path: str, expected: str) -> bool:
        return os.path.basename(path) in self.names(os.path.dirname(path)) and (
            path in self._objects
        )

    def require(self, path: str, expected: str) -> None:
        if not self.is_file(path, expected):
            raise StudyError(
                f"{self.below(path)}: there is no such object; expected {expected}: put it there, "
                "or correct dataset.root."
            )
        if not self._objects[path].size:
            raise StudyError(
                f"{self.below(path)}: the object is empty; expected {expected}: put it there again."
            )

    def stored(self, address: str) -> Stored:
        """What was listed of an object."""
        return self._objects[address.removeprefix(f"{self.root}/")]

    def objects_among(self, files: Files) -> dict[str, Any]:
        """Those of some files that are objects: of each what was listed, or a list of that."""
        found: dict[str, Any] = {}
        for name, paths in files.items():
            group = [self.stored(p) for p in _listed(paths) if is_object(p)]
            if group:
                found[name] = group[0] if isinstance(paths, str) else group
        return found

    def keep(self) -> None:
        """Write what was found, for the jobs.

        Folders that were listed before stay listed: jobs of a run that is still going on ask for
        them when another, such as a dry run, asks for less.

        Raises
        ------
        StudyError
            If it cannot be written.
        """
        if not self._anew:
            return
        try:
            before = read_listing(self.root, self._results)
        except StudyError:
            before = {"known": {}, "objects": {}}
        told = {
            "root": self.root,
            "endpoint": self.bucket.endpoint,
            "access": self._access,
            "known": before["known"] | self._known,
            "objects": before["objects"]
            | {p: [s.url, s.size, s.etag] for p, s in self._objects.items()},
        }
        path = listing_file(self.root, self._results)
        try:
            LISTINGS.mkdir(parents=True, exist_ok=True)
            with replacing_shared(path) as file:
                file.write(json.dumps(told, sort_keys=True).encode())
        except OSError as error:
            cause = writing_fault(error, LISTINGS) or (str(error), "make it writable")
            raise StudyError(f"{path}: it cannot be written, {cause[0]}: {cause[1]}.") from None


def _listed(paths: str | list[str]) -> list[str]:
    return [paths] if isinstance(paths, str) else paths


def listing_file(root: str, results: str) -> Path:
    """Where it is kept what a bucket holds, for the study with these results."""
    told = f"{root} {Path(results).as_posix()}"
    return LISTINGS / f"{hashlib.sha256(told.encode()).hexdigest()[:16]}.json"


def read_listing(root: str, results: str) -> dict[str, Any]:
    """What was found in a bucket, and how it is reached: endpoint, access, known and objects.

    Raises
    ------
    StudyError
        If there is no such file, or a damaged one.
    """
    path = listing_file(root, results)
    try:
        kept = json.loads(path.read_text("utf-8"))
        return {key: kept[key] for key in ("endpoint", "access", "known", "objects")}
    except (OSError, ValueError, KeyError, TypeError):
        raise StudyError(
            f"{path}: it cannot be read; expected what the study's main process found in {root}: "
            "run the study from a folder that all jobs share."
        ) from None
