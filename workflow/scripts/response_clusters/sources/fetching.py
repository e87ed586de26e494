"""Objects of a bucket as a job reads them: whole, in a temporary folder, or by ranges of bytes."""

import logging
import shutil
import tempfile
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from response_clusters.sources.bucket import PATIENT, SCHEME, Bucket, Stored
from response_clusters.sources.places import LISTINGS, read_listing
from response_clusters.sources.ranged_file import IN_FLIGHT, RangedFile

PIECES = ("beside", "pictures")
"""Files of which jobs read little: a session's first volume, and some pictures out of 37 GB."""
SMALL = 10**6
"""Bytes of objects that are not worth a line each in a log."""


class Fetched:
    """Objects of one bucket, as files and as sources of bytes.

    Parameters
    ----------
    bucket : Bucket
    folder : Path
        For what is fetched whole; whoever made it removes it.
    """

    def __init__(self, bucket: Bucket, folder: Path) -> None:
        self.bucket, self.folder = bucket, folder
        self._whole: dict[str, Path] = {}

    def files(
        self, objects: dict[str, Stored | list[Stored]], by_ranges: Collection[str] = ()
    ) -> dict[str, Any]:
        """A path of each object or, of those named in `by_ranges`, a `RangedFile`, by name."""
        lists = {name: o if isinstance(o, list) else [o] for name, o in objects.items()}
        asked = [s for name, group in lists.items() if name not in by_ranges for s in group]
        whole = list(dict.fromkeys(asked))
        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            paths = dict(zip(whole, map(str, pool.map(self.path, whole)), strict=True))
        files: dict[str, Any] = {}
        for name, group in lists.items():
            found = [self.bucket.open(s) if name in by_ranges else paths[s] for s in group]
            files[name] = found if isinstance(objects[name], list) else found[0]
        return files

    def path(self, stored: Stored) -> Path:
        """A file with the bytes of an object; those of equal objects are fetched once."""
        path = self.folder / self.bucket.key(stored.url)
        same = self._whole.setdefault(stored.etag, path) if stored.etag else path
        if same.exists() and same != path:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(same, path)
        elif not path.exists():
            self.bucket.fetch(stored, path)
        return path

    def told(self, sentence: str) -> str:
        """A sentence with the objects' addresses in place of the temporary paths."""
        return sentence.replace(f"{self.folder}/", f"{SCHEME}{self.bucket.name}/")


@contextmanager
def fetched(
    root: str, results: str, objects: dict[str, Any]
) -> Iterator[tuple[Fetched, dict[str, Any]]]:
    """The objects that a job reads, for as long as the block lasts.

    How many requests and bytes each took is logged at the end.

    Parameters
    ----------
    root, results : str
        The dataset's root, and the study's folder of results.
    objects : dict
        As `response_clusters.sources.source.Source.objects` describes them.

    Raises
    ------
    StudyError
        If one cannot be had, or is another than was listed.
    """
    kept = read_listing(root, results)
    stored = {
        name: [Stored(**one) for one in told] if isinstance(told, list) else Stored(**told)
        for name, told in objects.items()
    }
    by_ranges = set(PIECES)
    betas = stored.get("betas")
    # A compressed series is one stream: there is nothing in it to be found by its place.
    if kept["access"] == "ranged" and isinstance(betas, Stored) and betas.url.endswith(".hdf5"):
        by_ranges.add("betas")
    bucket = Bucket(root, kept["endpoint"], PATIENT)
    with tempfile.TemporaryDirectory() as folder:
        job = Fetched(bucket, Path(folder))
        try:
            files = job.files(stored, by_ranges)
            for source in files.values():
                if isinstance(source, RangedFile):
                    source.index = LISTINGS.absolute()
            yield job, files
        finally:
            log = logging.getLogger("response_clusters")
            for source in bucket.opened:
                source.close()
                if source.size > SMALL:
                    log.info("%s: %s", source.name, _taken(source))
            log.info("In all %s", _taken(*bucket.opened))


def _taken(*sources: RangedFile) -> str:
    """How much was asked for of some objects."""
    requests = sum(source.requests for source in sources)
    fetched, size = sum(s.fetched for s in sources) / 1e6, sum(s.size for s in sources) / 1e6
    return f"{requests:,} requests, {fetched:,.1f} of {size:,.1f} MB"
