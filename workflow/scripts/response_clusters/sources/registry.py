"""Every dataset that the study knows, by name: the one place that names any of them."""

import difflib
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING

from response_clusters.errors import StudyError
from response_clusters.sources.loading import load, module_of

if TYPE_CHECKING:
    from response_clusters.sources.source import Source

SOURCES = {
    "simulated": "simulated_nsd.source:SimulatedNSD",
    "nsd": "response_clusters.sources.nsd.source:NSD",
    "regions": "response_clusters.sources.averages.source:Averages",
}
"""The source of each name that ``dataset.source`` may have."""
DESIGN_READER = "response_clusters.sources.nsd.design:planned_trials"
"""Reads ``dataset.design``: which image each trial of a subject was planned to show."""
DESIGN_METHODS = (
    "Which image each trial showed was taken from the design of the Natural Scenes Dataset (NSD) "
    "[@allen2022]."
)
"""What the text on methods says of such a design."""
STIMULUS_READER = "response_clusters.sources.stimuli:stimuli"
"""Reads ``dataset.stimuli``, a table in the study's own form."""
NSD_STIMULI = "nsdId", "response_clusters.sources.nsd.tables:stimuli"
"""A column that NSD's stimulus table has, and what reads that table."""


def stimulus_reader(path: str) -> str:
    """What reads a stimulus table, told by its header."""
    column, reader = NSD_STIMULI
    with open(path, "rb") as file:
        header = file.readline(10_000).decode("utf-8", "replace")
    return reader if re.search(rf"\b{column}\b", header) else STIMULUS_READER


def open_source(name: str) -> "Source":
    """The source called `name` in the configuration, not looked into yet.

    Parameters
    ----------
    name : str
        A key of `SOURCES`, or ``module:Class`` for one in a package of the user's.

    Raises
    ------
    StudyError
        If there is none of the name, or what is there is no source.
    """
    from response_clusters.sources.source import Source

    reference = SOURCES.get(name, name)
    near = difflib.get_close_matches(name, SOURCES, 1)
    end = f"; did you mean {near[0]!r}?" if near and name not in SOURCES else "."
    expected = (
        f"expected one of {', '.join(SOURCES)}, or module:Class for a source of your own, found in "
        "this folder, on PYTHONPATH or installed: correct it"
    )
    module = module_of(reference)
    if ":" not in reference or not _exists(module):
        raise StudyError(f"Configuration: dataset.source is {name!r}; {expected}{end}")
    try:
        source = load(reference)()
    except Exception as error:  # whatever a module of the user's does when it is loaded
        raise StudyError(
            f"Configuration: dataset.source is {name!r}, and loading it failed ({error}); "
            f"{expected}{end}"
        ) from None
    if not isinstance(source, Source):
        raise StudyError(
            f"Configuration: dataset.source is {name!r}, which is no subclass of "
            f"response_clusters.sources.source.Source; {expected}{end}"
        )
    return source


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False
