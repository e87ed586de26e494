"""What two or more rules of the study share; of use without Snakemake too.

With ``workflow/scripts`` on the path, ``from response_clusters import CorrelationKMeans`` gives the
estimator. It is looked up when asked for: a rule that only writes a table does not pay for it, and
is not re-run when it changes.
"""

from importlib import import_module
from typing import Any

__all__ = ["CorrelationKMeans", "StudyError"]

_HOMES = {"CorrelationKMeans": "clustering.kmeans", "StudyError": "errors"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
