"""What every reader asks of a file from outside, and how every file is written: whole or not."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from response_clusters.errors import StudyError

DESIGN = "NSD's design, nsd_expdesign.mat"
STIMULI = "NSD's stimulus table, nsd_stim_info_merged.csv"
PICTURES = "NSD's pictures, nsd_stimuli.hdf5"
INSTANCES = "COCO's instance annotations"
"""What is expected of the files that a configuration may name, as it stands in a sentence."""


def readable(path: str | Path, expected: str) -> Path:
    """`path`, if a file is there that may be read and is not empty.

    Parameters
    ----------
    expected : str
        What the file should be, as it stands in a sentence: "NSD's experimental design".

    Raises
    ------
    StudyError
        If it is missing, empty, a folder, or closed to this user.
    """
    try:
        with open(path, "rb") as file:
            empty = not file.read(1)
    except FileNotFoundError:
        raise StudyError(
            f"{path}: there is no such file; expected {expected}: correct the path or fetch the "
            "file."
        ) from None
    except IsADirectoryError:
        raise StudyError(
            f"{path}: found a folder; expected {expected}: put the file in its place."
        ) from None
    except OSError as error:
        raise StudyError(
            f"{path}: the file cannot be opened ({error.strerror}); expected {expected}: make it "
            "readable to whoever runs the study."
        ) from None
    if empty:
        raise StudyError(f"{path}: the file is empty; expected {expected}: fetch it again.")
    return Path(path)


@contextmanager
def reading(path: str | Path, expected: str, fault: str = "damaged or cut short") -> Iterator[Path]:
    """Read a file from outside: whatever a library finds wrong with it is told as one sentence.

    Raises
    ------
    StudyError
        As `readable` does, as the block itself does, and in place of any other exception.
    """
    path = readable(path, expected)
    try:
        yield path
    except (StudyError, MemoryError):
        raise
    except Exception as error:
        found = " ".join(str(error).split()) or type(error).__name__
        raise StudyError(
            f"{path}: the file is {fault} ({found}); expected {expected}: fetch it again, or name "
            "the right file."
        ) from None


def text_lines(path: str | Path, expected: str) -> list[str]:
    """The lines of a UTF-8 text file, without the empty ones at its end."""
    with reading(path, expected, "not UTF-8 text"):
        return Path(path).read_text("utf-8-sig").rstrip().split("\n")


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A temporary neighbour of `path` that takes its place when the block ends without an error.

    A reader therefore finds the file whole or not at all.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The name stays last: writers choose their format by its suffixes.
    draft = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        yield draft
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
