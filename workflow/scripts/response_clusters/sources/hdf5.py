"""HDF5 files opened for reading: without a lock, with their filters, and with all values stored."""

import itertools
import math
import os
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt
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
    dataset: h5py.Dataset, kind: str, axes: tuple[int, ...], places: npt.NDArray[np.int64]
) -> None:
    """Refuse a dataset in which some of the values wanted were never written.

    The library fills in what is missing: with zeros, or with whatever is in memory.

    Parameters
    ----------
    dataset : h5py.Dataset
    kind : str
        What is at a place, for the sentence: ``voxel``, ``picture``.
    axes : tuple of int
        The axes along which some places are wanted; along the others, all are.
    places : ndarray of shape (places, axes), int64
        Their indices along `axes`.

    Raises
    ------
    StudyError
        Naming the file and, where it can be told, the first place that is missing.
    """
    missing = ""
    if dataset.chunks is None or dataset.is_virtual:
        missing = _missing(dataset)
    else:
        sides = np.array(dataset.chunks)
        chunks, first = np.unique(places // sides[list(axes)], axis=0, return_index=True)
        numbers = [range(count) for count in _chunks_along(dataset)]
        for chunk, place in zip(chunks.tolist(), places[first].tolist(), strict=True):
            for axis, number in zip(axes, chunk, strict=True):
                numbers[axis] = range(number, number + 1)
            corners = (np.array(number) * sides for number in itertools.product(*numbers))
            if not all(_is_stored(dataset, tuple(corner.tolist())) for corner in corners):
                missing = f"{kind} {', '.join(map(str, place))} was never written"
                break
    if missing:
        raise StudyError(
            f"{dataset.file.filename}: {missing}; expected every {kind} that is asked for: the "
            "file is incomplete, fetch it again."
        )


def _chunks_along(dataset: h5py.Dataset) -> list[int]:
    """How many chunks a dataset has along each axis."""
    return [-(-n // side) for n, side in zip(dataset.shape, dataset.chunks, strict=True)]


def _is_stored(dataset: h5py.Dataset, corner: tuple[int, ...]) -> bool:
    """Whether the chunk that begins at a corner was ever written."""
    stored = dataset.id.get_chunk_info_by_coord(corner)
    return stored.byte_offset is not None and stored.size > 0


def _missing(dataset: h5py.Dataset) -> str:
    """What of a dataset was never stored; or nothing."""
    if dataset.is_virtual:
        return _missing_sources(dataset)
    if dataset.chunks is not None:
        whole = dataset.id.get_num_chunks() >= math.prod(_chunks_along(dataset))
        return "" if whole else "some of its values were never written"
    made = dataset.id.get_create_plist()
    for number in range(made.get_external_count()):
        name, offset, size = made.get_external(number)
        path = Path(dataset.file.filename).parent / os.fsdecode(name)
        if not path.is_file() or path.stat().st_size < offset + size:
            return f"its values lie in {path}, which is not there or too short"
    whole = dataset.id.get_storage_size() >= dataset.size * dataset.dtype.itemsize
    return "" if whole else "no value of it was ever written"


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
            if missing := _missing(source):
                return f"it takes values from {path}: {missing}"
        covered += part.vspace.get_select_npoints()
    return "" if covered >= dataset.size else "some of its values come from no file"
