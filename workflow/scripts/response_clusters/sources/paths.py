"""The paths that a configuration names, and what is there."""

from pathlib import Path
from typing import Any

from response_clusters.errors import StudyError
from response_clusters.files import is_there, readable

INSTANCES = "COCO's instance annotations"


def folder(root: str | None) -> str:
    """``dataset.root``, if it is a folder.

    Raises
    ------
    StudyError
        If it is empty, is not there, or is no folder.
    """
    if not root:
        raise StudyError(
            "Configuration: dataset.root is empty; expected the folder of the data: set it in the "
            "file that you give by --configfile."
        )
    if "://" in root:
        raise StudyError(
            f"Configuration: dataset.root is {root!r}; expected a folder, as this source "
            "reads no bucket: correct the path, or fetch the data."
        )
    path = in_full(root, "dataset.root")
    if not is_there(path, "the dataset's folder (dataset.root)"):
        raise StudyError(
            f"Configuration: dataset.root is {root!r}, and there is no such folder; expected the "
            "dataset's folder: correct the path, or fetch the data."
        )
    if not Path(path).is_dir():
        raise StudyError(
            f"Configuration: dataset.root is {root!r}, and that is a file; expected the dataset's "
            "folder: name the folder, and the files in it by dataset.pattern."
        )
    return path


def named(key: str, dataset: dict[str, Any], expected: str) -> list[str]:
    """The files that a key of the dataset names, all of which must be there."""
    value = dataset[key] or []
    paths = [in_full(p, f"dataset.{key}") for p in ([value] if isinstance(value, str) else value)]
    return [str(readable(path, f"{expected} (dataset.{key})")) for path in paths]


def file_or_folder(key: str, dataset: dict[str, Any], expected: str) -> str:
    """The file or folder that a key of the dataset names; nothing where it names none."""
    path = in_full(dataset[key], f"dataset.{key}") if dataset[key] else ""
    if path and Path(path).is_dir():
        return path
    return "".join(named(key, dataset, expected))


def in_full(path: str, key: str) -> str:
    """A path of the configuration, its ``~`` replaced by the user's folder."""
    try:
        return str(Path(path).expanduser())
    except RuntimeError as error:
        raise StudyError(
            f"Configuration: {key} is {path!r}, and {str(error).rstrip('.').lower()}; expected a "
            "path: write it in full."
        ) from None
