"""All that is wrong with an NSD root, by names and headers: nothing is read but what is small."""

import gzip
import io
import shlex
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
from response_clusters.errors import StudyError, listed
from response_clusters.sources.byte_ranges import ByteSource, opened
from response_clusters.sources.contents import Files
from response_clusters.sources.faults import Fault
from response_clusters.sources.fetching import Fetched
from response_clusters.sources.hdf5 import require_filters
from response_clusters.sources.nifti import read_header
from response_clusters.sources.nsd import layout
from response_clusters.sources.nsd.betas import require_betas
from response_clusters.sources.nsd.design import Design, presented, read_design
from response_clusters.sources.nsd.regions import regions
from response_clusters.sources.places import is_object
from response_clusters.sources.ranged_file import IN_FLIGHT
from response_clusters.sources.regions import require_two

if TYPE_CHECKING:
    from response_clusters.sources.nsd.source import NSD

HEADER = 2**14
"""Bytes at the start of a compressed session that hold its header."""
BUCKET = "s3://natural-scenes-dataset"
ANNOTATIONS = "http://images.cocodataset.org/annotations/annotations_trainval2017.zip"
"""Where NSD is to be had, and COCO's annotations of its pictures."""

Shape = tuple[int, ...]


class Inspection:
    """Checks of one root; each notes what is wrong and goes on.

    Attributes
    ----------
    faults : list of Fault
    """

    def __init__(self, nsd: "NSD") -> None:
        self.nsd = nsd
        self.faults: list[Fault] = []
        self._fetched: Fetched | None = None
        self._sources: dict[str, ByteSource] = {}
        self._otherwise = 0

    def run(self, sessions: dict[str, list[int]]) -> list[Fault]:
        """The faults of everything that the study would read of some subjects' sessions."""
        with tempfile.TemporaryDirectory() as folder:
            if self.nsd.bucket:
                self._fetched = Fetched(self.nsd.bucket.bucket, Path(folder))
            self._run(sessions)
        if self._otherwise:
            self.nsd.remarks.append(
                f"{self._otherwise} sessions hold no chunk for each voxel, as NSD's do: to read "
                f"them takes longer{', and they are fetched whole' if self.nsd.bucket else ''}."
            )
        return self.faults

    def _run(self, sessions: dict[str, list[int]]) -> None:
        self._pictures(self._last_image(sessions))
        self._annotations()
        if self._try(self.nsd.stimulus_files) == {}:
            self._absent(layout.STIMULI, layout.STIMULI_EXPECTED, needed=False)
        for subject, numbers in sessions.items():
            self._behaviour(subject)
            shape = self._regions(subject)
            there = self.nsd.there[subject]
            gaps = sorted(set(range(1, max(there))) - set(there))
            self.faults += [self.nsd.lacks(subject, number) for number in gaps]
            self._ahead([self.nsd.sessions[subject, number] for number in numbers])
            for number in numbers:
                self._try(self._session, subject, number, shape)

    def _local(self, files: Files) -> Files:
        """Files as paths: small objects are fetched."""
        if not self._fetched or not self.nsd.bucket:
            return files
        found = self.nsd.bucket.objects_among(files)
        return files | self._fetched.files(found)

    def _open(self, path: str) -> str | ByteSource:
        """A file of which little is read."""
        if not self.nsd.bucket or not is_object(path):
            return path
        if path not in self._sources:
            self._sources[path] = self.nsd.bucket.bucket.open(self.nsd.bucket.stored(path))
        return self._sources[path]

    def _ahead(self, paths: list[str]) -> None:
        """Fetch the headers of a subject's sessions at the same time."""
        self._sources.clear()
        sources = [self._open(path) for path in paths]
        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            ahead = [s for s in sources if isinstance(s, ByteSource)]
            for done in [pool.submit(source.read, 0, HEADER) for source in ahead]:
                done.exception()  # it comes again where the header is looked at

    def _try(self, check: Callable[..., Any], *arguments: Any) -> Any:
        """What a check returns; None, and its sentence among the faults, if it raises one."""
        try:
            return check(*arguments)
        except StudyError as error:
            told = self._fetched.told(str(error)) if self._fetched else str(error)
            self.faults.append(Fault(told))
            return None

    def _is_there(self, key: str, expected: str, needed: bool = True) -> bool:
        """Whether a file is there; if not, that is a fault."""
        there = self._try(self.nsd.has, key, expected)
        if there is False:
            self._absent(key, expected, needed)
        return bool(there)

    def _absent(self, key: str, expected: str, needed: bool = True) -> None:
        sentence = f"{self.nsd.below(key)}: there is no such file; expected {expected}: fetch it."
        self.faults.append(Fault(sentence, (key,), needed))

    def _last_image(self, sessions: dict[str, list[int]]) -> int:
        """The largest number of an image that the design plans for some sessions; −1 if unknown."""
        if not self._is_there(layout.DESIGN, layout.DESIGN_EXPECTED):
            return -1
        design = self._try(self._design)
        if design is None:
            return -1
        last = -1
        for subject, numbers in sessions.items():
            planned = self._try(presented, design, subject)
            if planned is not None and numbers:
                shown = planned[0][: layout.TRIALS_PER_SESSION * max(numbers)]
                last = max(last, int(shown.max()))
        return last

    def _design(self) -> Design:
        return read_design(self._local({"design": self.nsd.below(layout.DESIGN)})["design"])

    def _pictures(self, last: int) -> None:
        path = self.nsd.pictures
        if not path:
            self._absent(layout.PICTURES, layout.PICTURES_EXPECTED, needed=False)
        elif is_object(path) or not Path(path).is_dir():
            self._try(self._picture_file, path, last)

    def _picture_file(self, path: str, last: int) -> None:
        with opened(self._open(path), layout.PICTURES_EXPECTED) as source, source.h5() as file:
            count = len(file["imgBrick"]) if "imgBrick" in file else 0
        if count <= last:
            raise StudyError(
                f"{path}: it holds {count} pictures; expected at least {last + 1}, as the design "
                "plans image numbers up to that: fetch NSD's own file."
            )

    def _annotations(self) -> None:
        if self.nsd.labels:
            return
        below = [self.nsd.below(key) for key in layout.ANNOTATIONS]
        for key, path in zip(layout.ANNOTATIONS, below, strict=True):
            named = self.nsd.annotations and not set(self.nsd.annotations) & set(below)
            if path not in self.nsd.annotations and not named:
                self._absent(key, "COCO's instance annotations of half of the images", needed=False)

    def _behaviour(self, subject: str) -> None:
        self._is_there(layout.behaviour(subject), layout.RESPONSES_EXPECTED, needed=False)

    def _regions(self, subject: str) -> Shape | None:
        """The shape of a subject's label volumes, if all can be read."""
        nsd, space = self.nsd, self.nsd.space
        complete = True
        for collection, asked in nsd.choice.items():
            volume = layout.region_volume(subject, space, collection)
            complete &= self._is_there(volume, f"the label volume of {collection}")
            if not isinstance(asked, dict):
                names = layout.region_names(subject, collection)
                complete &= self._is_there(names, f"the names of the labels of {collection}")
        if not complete:
            return None
        files = self._try(nsd.region_files, subject)
        if files is None:
            return None
        files.pop("mean", None)
        read = self._try(lambda: regions(self._local(files), subject, nsd.choice))
        if read is None:
            return None
        self._try(require_two, read.table, files, subject)
        present = int(read.table["present"].sum())
        nsd.remarks.append(f"{subject}: {present} of {len(read.table)} regions.")
        return next(iter(read.masks.values())).shape if read.masks else None

    def _session(self, subject: str, session: int, volume: Shape | None) -> None:
        """Hold one session's header against the shape of the subject's volumes."""
        path = self.nsd.sessions[subject, session]
        with opened(self._open(path), "one session's betas") as source:
            if source.suffix == ".hdf5":
                with source.h5() as stored:
                    shape, dtype, alike = _stored(path, stored)
                self._otherwise += not alike
            else:
                with gzip.open(io.BytesIO(source.read(0, HEADER))) as stream:
                    header = read_header(stream)
                shape, dtype = header.get_data_shape(), header.get_data_dtype()
        require_betas(path, shape, dtype, volume or shape[:3], layout.TRIALS_PER_SESSION)


def _stored(path: str, file: h5py.File) -> tuple[Shape, Any, bool]:
    """The shape, as it was written, and the type of the betas; whether each voxel has its chunk."""
    betas = file.get("betas")
    if not isinstance(betas, h5py.Dataset):
        raise StudyError(
            f"{path}: there is no dataset 'betas' in it, but {listed(file)}; expected one "
            "session's betas: fetch NSD's own file."
        )
    require_filters(betas)
    return betas.shape[::-1], betas.dtype, betas.chunks == (len(betas), 1, 1, 1)


def commands(missing: list[str], root: str, endpoint: str | None = None) -> list[str]:
    """What a person types to fetch files of NSD, and of COCO, into a folder or a bucket."""
    lines = []
    for key in missing:
        if key not in layout.ANNOTATIONS:
            start = f"aws s3 cp --no-sign-request {BUCKET}/{key}"
            target = shlex.quote(f"{root}/{key}")
            # Into a bucket the bytes are passed on: one command has one server and one identity.
            into = f"- | {_put(endpoint)} - {target}" if is_object(root) else target
            lines.append(f"{start} {into}")
    names = [Path(key) for key in missing if key in layout.ANNOTATIONS]
    if names:
        archive = ANNOTATIONS.rpartition("/")[2]
        lines.append(f"curl -O {ANNOTATIONS}")
        if is_object(root):
            lines += [
                f"unzip -p {archive} annotations/{path.name} | "
                f"{_put(endpoint)} - {shlex.quote(f'{root}/{path}')}"
                for path in names
            ]
        else:
            members = " ".join(f"annotations/{path.name}" for path in names)
            folder = shlex.quote(f"{root}/{names[0].parent}")
            lines.append(f"unzip -j {archive} {members} -d {folder}")
    return lines


def _put(endpoint: str | None) -> str:
    """The command that writes into a bucket of a server."""
    return f"aws s3 cp --endpoint-url {shlex.quote(endpoint)}" if endpoint else "aws s3 cp"
