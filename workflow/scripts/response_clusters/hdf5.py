"""HDF5 files opened for reading: without a lock, with the filters that they need, and complete."""

import math
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import h5py
from response_clusters.errors import StudyError


def open_hdf5(path: str | Path) -> h5py.File:
    """The file, opened for reading.

    A reader needs no lock: another program may hold the file open, and some network file systems
    have no locks.
    """
    return h5py.File(path, "r", locking=False)


def require_filters(dataset: h5py.Dataset) -> None:
    """Refuse a dataset that is stored through a filter which this machine's HDF5 lacks.

    Raises
    ------
    StudyError
        Naming the filter.
    """
    made = dataset.id.get_create_plist()
    for place in range(made.get_nfilters()):
        code, _, _, name = made.get_filter(place)
        if not h5py.h5z.filter_avail(code):
            told = name.decode("utf-8", "replace").strip("\x00 ")
            raise StudyError(
                f"{dataset.file.filename}: {dataset.name!r} is stored through HDF5 filter {code}"
                f"{f' ({told})' if told else ''}, which is not installed here; expected none, or "
                "one that HDF5 brings: install the plug-in (the Python package hdf5plugin has "
                "many), or save the file again with h5repack."
            )


def require_stored(
    dataset: h5py.Dataset, parts: Iterable[tuple[str, tuple[int, ...]]], expected: str
) -> None:
    """Refuse a dataset some of whose values were never written.

    The library fills in what is missing: with zeros, or with whatever is in memory.

    Parameters
    ----------
    parts : iterable of (str, tuple of int)
        Names of parts, each with the place of one value in it: its chunk must be stored.
    expected : str
        What should be there.

    Raises
    ------
    StudyError
        Naming the file and, where it can be told, the first part that is missing.
    """
    if missing := _missing(dataset, parts):
        raise StudyError(
            f"{dataset.file.filename}: {missing}; expected {expected}: the file is incomplete, "
            "fetch it again."
        )


def _missing(dataset: h5py.Dataset, parts: Iterable[tuple[str, tuple[int, ...]]]) -> str:
    """Which part of a dataset was never written; nothing if all are stored."""
    made = dataset.id.get_create_plist()
    layout = made.get_layout()
    if layout == h5py.h5d.VIRTUAL:
        return _missing_sources(dataset)
    if layout == h5py.h5d.CONTIGUOUS:
        if missing := _missing_external(dataset, made):
            return missing
        return "no value of it was ever written" if _unwritten(dataset) else ""
    if layout == h5py.h5d.CHUNKED:
        for name, place in parts:
            corner = tuple(
                at // size * size for at, size in zip(place, dataset.chunks, strict=True)
            )
            stored = dataset.id.get_chunk_info_by_coord(corner)
            if stored.byte_offset is None or not stored.size:
                return f"{name} was never written"
    return ""


def _unwritten(dataset: h5py.Dataset) -> bool:
    """Whether any value of a dataset that is not virtual was never written."""
    if dataset.chunks is None:
        return bool(dataset.id.get_storage_size() < dataset.size * dataset.dtype.itemsize)
    counts = (-(-n // size) for n, size in zip(dataset.shape, dataset.chunks, strict=True))
    return bool(dataset.id.get_num_chunks() < math.prod(counts))


def _missing_sources(dataset: h5py.Dataset) -> str:
    """What is wrong with the files that a virtual dataset is put together from; or nothing."""
    folder, covered = Path(dataset.file.filename).parent, 0
    for part in dataset.virtual_sources():
        own = part.file_name == "."
        path = Path(dataset.file.filename) if own else folder / part.file_name
        if not path.is_file():
            return f"it takes values from {path}, which is not there"
        with open_hdf5(path) as file:
            source = file.get(part.dset_name)
            if not isinstance(source, h5py.Dataset):
                return f"it takes values from {part.dset_name!r} of {path}, which is not there"
            if source.is_virtual:
                return f"it takes values from {path}, which takes them from others in turn"
            if _unwritten(source):
                return f"it takes values from {path}, some of which were never written"
        covered += part.vspace.get_select_npoints()
    return "" if covered >= dataset.size else "some of its values come from no file"


def _missing_external(dataset: h5py.Dataset, made: Any) -> str:
    """What is wrong with the raw files that hold a dataset's values; or nothing."""
    for number in range(made.get_external_count()):
        name, offset, size = made.get_external(number)
        path = Path(dataset.file.filename).parent / os.fsdecode(name)
        if not path.is_file() or path.stat().st_size < offset + size:
            return f"its values lie in {path}, which is not there or too short"
    return ""
