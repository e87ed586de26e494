"""What every reader asks of a file from outside, and how every file is written: whole or not."""

import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from response_clusters.errors import StudyError
from response_clusters.machine import reading_fault, writing_fault

# How pointers begin, and links that were copied to a disk that has none.
_POINTERS = re.compile(rb"([./]*\.git)?/annex/objects/|version https://git-lfs\.github\.com/")


def readable(path: str | Path, expected: str) -> Path:
    """`path`, if a file is there that may be read and is not empty.

    Parameters
    ----------
    expected : str
        What the file should be, as it stands in a sentence: "the experiment's design".

    Raises
    ------
    StudyError
        If it is missing, empty, no file, what git-annex or Git LFS put in the place of one that
        was not fetched, or cannot be read, which names the cause.
    """
    try:
        is_there(path, expected)
        kind = os.stat(path).st_mode
        if stat.S_ISDIR(kind):
            raise StudyError(
                f"{path}: found a folder; expected {expected}: put the file in its place."
            )
        if not stat.S_ISREG(kind):
            # Opening a pipe would wait for somebody to write into it.
            raise StudyError(
                f"{path}: found a pipe, a socket or a device; expected {expected}: put a file in "
                "its place."
            )
        with open(path, "rb") as file:
            start = file.read(200)
    except StudyError:
        raise
    except (FileNotFoundError, NotADirectoryError, ValueError):  # a zero byte is a ValueError
        raise StudyError(
            f"{path}: there is no such file; expected {expected}: correct the path or fetch the "
            "file."
        ) from None
    except OSError as error:
        told, what_to_do = reading_fault(error) or (
            f"the file cannot be opened ({error.strerror})",
            "make it readable to whoever runs the study",
        )
        raise StudyError(f"{path}: {told}; expected {expected}: {what_to_do}.") from None
    if _POINTERS.match(start):
        raise StudyError(
            f"{path}: the file only stands for one that was not fetched; expected {expected}: "
            "fetch its content (datalad get, git annex get or git lfs pull)."
        )
    if not start:
        raise StudyError(f"{path}: the file is empty; expected {expected}: fetch it again.")
    return Path(path)


def is_there(path: str | Path, expected: str) -> bool:
    """Whether there is something at `path`.

    Raises
    ------
    StudyError
        If it, or a folder above it, is a link to nowhere: what datalad and git-annex leave of a
        file that was not fetched.
    """
    path = Path(path)
    try:
        if path.exists():
            return True
    except ValueError:  # a zero byte, which no path holds
        return False
    except OSError as error:
        told, what_to_do = reading_fault(error) or (
            f"the path cannot be followed ({error.strerror})",
            "make it readable to whoever runs the study",
        )
        raise StudyError(f"{path}: {told}; expected {expected}: {what_to_do}.") from None
    for step in (path, *path.parents):
        if step.is_symlink() and not step.exists():
            raise StudyError(
                f"{step}: the link leads to {os.readlink(step)}, where nothing is; expected "
                f"{expected}: fetch it (with datalad: datalad get), or remove the link."
            )
    return False


FETCH = "fetch it again, or name the right file"
REMAKE = "delete it and run again"
"""What to do about a damaged file: one from outside, and one of the study's own."""
_OURS = Path(__file__).resolve().parent


@contextmanager
def reading(
    path: str | Path, expected: str, fault: str = "damaged or cut short", fix: str = FETCH
) -> Iterator[Path]:
    """Read a file: whatever a library finds wrong with it is told as one sentence.

    What is not the file's fault is called by its name: a lock, the disk, the memory, a form that
    the library does not know.

    Parameters
    ----------
    expected : str
        What the file should be, as it stands in a sentence.
    fault : str
        What it is otherwise.
    fix : str
        What to do about it then.

    Raises
    ------
    StudyError
        As `readable` does, as the block itself does, and in place of any other exception.
    """
    path = readable(path, expected)
    with sentences(str(path), expected, fault, fix):
        yield path


@contextmanager
def sentences(
    name: str, expected: str, fault: str = "damaged or cut short", fix: str = FETCH
) -> Iterator[None]:
    """As `reading`, of a file that is open, or that lies elsewhere, by its name."""
    try:
        yield
    except StudyError:
        raise
    except Exception as error:
        if _is_ours(error):
            raise
        if cause := reading_fault(error):
            told, what_to_do = cause
            raise StudyError(f"{name}: {told}; expected {expected}: {what_to_do}.") from None
        message = " ".join(str(error).split())[:300] or type(error).__name__
        raise StudyError(
            f"{name}: the file is {fault} ({message}); expected {expected}: {fix}."
        ) from None


def _is_ours(error: Exception) -> bool:
    """Whether an exception is a slip in the study's own code, which no file can cause."""
    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    inside = last is not None and _OURS in Path(last.tb_frame.f_code.co_filename).parents
    return inside and isinstance(error, NameError | AttributeError | AssertionError | ImportError)


def megabytes(files: Iterable[str | list[str]]) -> float:
    """The size of files, or of lists of them; those that are not there yet count as nothing."""
    paths = [path for entry in files for path in ([entry] if isinstance(entry, str) else entry)]
    return sum(os.path.getsize(path) for path in paths if os.path.isfile(path)) / 1e6


def text_lines(path: str | Path, expected: str) -> list[str]:
    """The lines of a UTF-8 text file, without the empty ones at its end."""
    with reading(path, expected, "not UTF-8 text"):
        return Path(path).read_text("utf-8-sig").rstrip().split("\n")


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A temporary neighbour of `path` that takes its place when the block ends without an error.

    A reader therefore finds the file whole or not at all.

    Raises
    ------
    StudyError
        If there is no room for it, or it may not be written.
    """
    path = Path(path)
    # The name stays last: writers choose their format by its suffixes.
    draft = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_drafts(path)
        yield draft
        os.replace(draft, path)
    except (OSError, RuntimeError) as error:
        cause = None if _is_elsewhere(error, path) else writing_fault(error, path.parent)
        if cause is None:
            raise
        told, what_to_do = cause
        raise StudyError(f"{path}: it cannot be written, {told}: {what_to_do}.") from None
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


@contextmanager
def replacing_shared(path: Path) -> Iterator[BinaryIO]:
    """As `replacing`, of a file that several processes may write at once: the last one stays.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    draft = path.with_name(f".{os.getpid()}.{secrets.token_hex(4)}.{path.name}")
    try:
        with draft.open("xb") as file:
            yield file
        os.replace(draft, path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _is_elsewhere(error: Exception, path: Path) -> bool:
    """Whether an error names files, and none of them in the folder that is written to."""
    named = [getattr(error, name, None) for name in ("filename", "filename2")]
    folders = [os.path.dirname(os.fsdecode(n)) for n in named if isinstance(n, str | bytes | Path)]
    return bool(folders) and os.path.dirname(path) not in folders


def _remove_drafts(path: Path) -> None:
    """Remove what killed processes left of `path`: one at a time writes a file of the study."""
    draft = re.compile(rf"\.\d+\.{re.escape(path.name)}")
    with os.scandir(path.parent) as entries:
        left = [entry.path for entry in entries if draft.fullmatch(entry.name)]
    for name in left:
        Path(name).unlink(missing_ok=True)
