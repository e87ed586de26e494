"""HDF5 files opened for reading: without a lock, and with the filters that they need."""

from pathlib import Path

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
