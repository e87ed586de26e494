"""What the machine can fail in, told from damaged files and from faults of the code."""

import errno
import os
import re
import shutil
from pathlib import Path

from response_clusters.errors import StudyError

Cause = tuple[str, str]
"""What happened and what to do about it, as they stand in a sentence."""


def _numbered(names: str, cause: Cause) -> dict[int, Cause]:
    """A cause for each of the system's errors that this system knows by one of the names."""
    return {getattr(errno, name): cause for name in names.split() if hasattr(errno, name)}


_FULL = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the quota of this user is used up"}
_TROUBLE = (
    _numbered(
        "EIO EREMOTEIO EBADMSG EUCLEAN ENXIO ENODEV",
        ("the disk or the network failed", "check the disk, and run again"),
    )
    | _numbered(
        "ESTALE ENOTCONN ETIMEDOUT ECONNRESET ECONNREFUSED ECONNABORTED EHOSTDOWN EHOSTUNREACH "
        "ENETDOWN ENETUNREACH EPROTO ENOLCK",
        ("the disk or the network failed", "check that the file system answers, and run again"),
    )
    | _numbered("EMFILE", ("too many files are open", "raise the limit (ulimit -n), and run again"))
    | _numbered("ENFILE", ("too many files are open", "close other programs, and run again"))
    | _numbered("ENAMETOOLONG", ("its name is too long", "move it to a folder with a shorter path"))
)
"""Failures that strike reading and writing alike."""
_LOCKED = (
    "another program holds it open",
    "close that program, or wait until it is done, and run again",
)
_MEMORY = (
    "free some memory, ask for more (the rule's mem_mb), or fetch the file again if it should be "
    "smaller"
)
_UNREADABLE = (
    _TROUBLE
    | _numbered("EAGAIN EWOULDBLOCK EBUSY ETXTBSY EDEADLK", _LOCKED)
    | _numbered("ENOENT", ("it is no longer there", "put it back, and run again"))
    | _numbered("ENOMEM", ("reading it takes more memory than there is", _MEMORY))
    | _numbered(
        "EACCES EPERM ENOKEY",
        ("this user may not read it", "make it readable to whoever runs the study"),
    )
)
_UNWRITABLE = {
    errno.EROFS: ("the file system is read-only", "run the study in another folder"),
    **_numbered(
        "EACCES EPERM",
        (
            "this user may not write there",
            "make the folder writable, or run the study in another one",
        ),
    ),
    errno.EFBIG: (
        "the file grew beyond the size that is allowed",
        "raise the limit (ulimit -f), or run the study on a file system that holds larger files",
    ),
}
# Libraries in C that tell a lack of memory in words only, after HDF5, zlib and pandas.
_NO_MEMORY = re.compile(
    r"out of memory|memory allocation failed|(can't|cannot|unable to) (m?alloc|allocate memory)"
    r"|(m|re)alloc of size \d+ failed|^Error -4\b",
    re.IGNORECASE,
)
_NO_FILTER = re.compile(
    r"filter .*(not registered|not available)|can't open (plugin|directory)|hdf5/lib/plugin"
    r"|filter plugin",
    re.IGNORECASE,
)
_NO_FORM = re.compile(
    r"(\bnot |un)supported|not (yet )?implemented|support for .* not built", re.IGNORECASE
)
_NO_ROOM = 2**13
"""Bytes: with fewer left, a write that fails without a reason failed for want of room."""


def _number(error: BaseException) -> int | None:
    """The system's number of an error; some libraries leave it in the text."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    number = re.search(r"errno\s*=?\s*(\d+)", str(error), re.IGNORECASE)
    return int(number[1]) if number else None


def reading_fault(error: BaseException) -> Cause | None:
    """Why a file that may be whole was not read, and what to do; None if it is the file's fault."""
    text = " ".join(str(error).split())[:300]
    if isinstance(error, MemoryError) or _NO_MEMORY.search(text):
        size = f" ({text})" if text else ""
        return f"reading it takes more memory than there is{size}", _MEMORY
    if "unable to lock file" in text or "already open for" in text:
        return _LOCKED
    number = _number(error)
    if number in _FULL:
        return writing_fault(error, Path.cwd())
    if number in _UNREADABLE:
        return _UNREADABLE[number]
    if _NO_FILTER.search(text):
        return (
            f"it is stored through an HDF5 filter that is not installed here ({text})",
            "install the plug-in (the Python package hdf5plugin has many), or save the file again "
            "with h5repack",
        )
    if isinstance(error, NotImplementedError) or _NO_FORM.search(text):
        return f"it has a form that this software cannot read ({text})", "save it in another form"
    return None


def writing_fault(error: BaseException, folder: Path) -> Cause | None:
    """Why nothing could be written in `folder`, and what to do; None if the machine is not why.

    Parameters
    ----------
    error : BaseException
        What was raised. Where it gives no reason, a disk without any room left is the reason.
    folder : Path
        Where the file was to be.
    """
    number = _number(error)
    named = os.path.realpath(folder)
    if number in _FULL or (number is None and _is_full(named)):
        # Some writers remove what they could not finish: the room that it took is free again then.
        return (
            f"{_FULL[number or errno.ENOSPC]} ({_room(named)}, the file takes more)",
            "make room there, or let the folder be a link to a larger disk, and run again",
        )
    if number in _UNWRITABLE:
        told, what_to_do = _UNWRITABLE[number]
        return f"{told} ({named})", what_to_do
    return _TROUBLE.get(number) if number is not None else None


def prefer_modules(folder: Path) -> None:
    """Let processes started by this one import from `folder` before anywhere else."""
    others = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    paths = [str(folder), *(path for path in others if path not in ("", str(folder)))]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)


def require_room(folder: str | Path) -> None:
    """Refuse to begin in a folder whose disk has no room left.

    Raises
    ------
    StudyError
        Naming the folder and the disk.
    """
    named = os.path.realpath(folder)
    if _is_full(named):
        raise StudyError(
            f"{named}: the disk is full ({_room(named)}); expected room for the results and for "
            "Snakemake's records: make room there, or run the study in another folder."
        )


def _is_full(folder: str) -> bool:
    """Whether the disk of a folder has no room left, as far as it says so."""
    try:
        return shutil.disk_usage(folder).free < _NO_ROOM
    except OSError:
        return False


def _room(folder: str) -> str:
    """A folder, the disk that it is on and what is free there, as they stand in a sentence."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return folder
    disk = folder
    while not os.path.ismount(disk):
        disk = os.path.dirname(disk)
    free, total = (f"{size / 2**20:,.1f}" for size in (usage.free, usage.total))
    return f"{folder}, on the disk at {disk}: {free} of {total} MB are free"
