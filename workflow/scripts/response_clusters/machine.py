"""What the machine can fail in, told from damaged files and from faults of the code."""

import errno
import os
import re
import shutil
from pathlib import Path

_FULL = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the quota of this user is used up"}
_UNWRITABLE = {
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "this user may not write there",
    errno.EPERM: "this user may not write there",
    errno.EFBIG: "the file grew beyond the size that is allowed",
}
_LOCKED = "another program holds it open"
_FETCHED = "the disk or the network failed while it was read"
_UNREADABLE = {
    errno.EAGAIN: (_LOCKED, "close that program, or wait until it is done, and run again"),
    errno.EIO: (_FETCHED, "check the disk, and run again"),
    errno.ESTALE: (_FETCHED, "check the file system, and run again"),
    errno.ENOTCONN: (_FETCHED, "check the file system, and run again"),
    errno.ETIMEDOUT: (_FETCHED, "check the file system, and run again"),
    errno.ENOENT: ("it is no longer there", "put it back, and run again"),
    errno.EACCES: ("this user may not read it", "make it readable to whoever runs the study"),
    errno.EPERM: ("this user may not read it", "make it readable to whoever runs the study"),
    errno.EMFILE: ("too many files are open", "raise the limit (ulimit -n), and run again"),
    errno.ENFILE: ("too many files are open", "close other programs, and run again"),
    errno.ENAMETOOLONG: ("its name is too long", "move it to a folder with a shorter path"),
}


def _number(error: BaseException) -> int | None:
    """The system's number of an error; some libraries leave it in the text."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    found = re.search(r"errno\s*=?\s*(\d+)", str(error), re.IGNORECASE)
    return int(found[1]) if found else None


def reading_fault(error: BaseException) -> tuple[str, str] | None:
    """Why a file that may be whole was not read, and what to do; None if it is the file's fault."""
    text = " ".join(str(error).split())
    if isinstance(error, MemoryError):
        size = f" ({text})" if text else ""
        return (
            f"reading it takes more memory than there is{size}",
            "free some memory, ask for more (the rule's mem_mb), or fetch the file again if it "
            "should be smaller",
        )
    if "unable to lock file" in text or "already open for" in text:
        return _UNREADABLE[errno.EAGAIN]
    if isinstance(error, NotImplementedError) or "not supported" in text or "not built" in text:
        return f"it has a form that this software cannot read ({text})", "save it in another form"
    if "filter" in text and ("not registered" in text or "not available" in text):
        return f"it is compressed in a way that this software lacks ({text})", "save it again"
    number = _number(error)
    if number in _FULL:
        return writing_fault(error, Path.cwd())
    return _UNREADABLE.get(number) if number is not None else None


def writing_fault(error: BaseException, folder: Path) -> tuple[str, str] | None:
    """Why nothing could be written in `folder`, and what to do; None if the folder is not why."""
    number = _number(error)
    if number in _FULL:
        try:
            free = f", {shutil.disk_usage(folder).free / 2**20:,.0f} MB are free"
        except OSError:
            free = ""
        named = os.path.realpath(folder)
        return (
            f"{_FULL[number]} ({named}{free})",
            "make room there, or let the folder be a link to a larger disk, and run again",
        )
    if number in _UNWRITABLE:
        return (
            f"{_UNWRITABLE[number]} ({os.path.realpath(folder)})",
            "make the folder writable, or run the study in another one",
        )
    return None
