"""How the human brain's responses to natural images cluster: the study's functions, and a library.

The names below are the library: see docs/library.md. Each is looked up when it is asked for, so
that importing the package costs nothing, and a rule that only writes a table neither pays for the
clustering nor runs again when it changes.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from response_clusters.clustering.elbow import choose_k, r2_between, r2_explained
    from response_clusters.clustering.kmeans import CorrelationKMeans
    from response_clusters.comparison.matching import match_prototypes
    from response_clusters.errors import StudyError
    from response_clusters.responses.rows import constant_rows, unit_rows

__all__ = [
    "CorrelationKMeans",
    "StudyError",
    "choose_k",
    "constant_rows",
    "match_prototypes",
    "r2_between",
    "r2_explained",
    "unit_rows",
]

_MODULES = {
    "CorrelationKMeans": "clustering.kmeans",
    "StudyError": "errors",
    "choose_k": "clustering.elbow",
    "constant_rows": "responses.rows",
    "match_prototypes": "comparison.matching",
    "r2_between": "clustering.elbow",
    "r2_explained": "clustering.elbow",
    "unit_rows": "responses.rows",
}
"""Which module of the package defines each public name; the imports above tell type checkers."""


def __dir__() -> list[str]:
    return __all__


if not TYPE_CHECKING:  # or type checkers would take any name for one of the package's

    def __getattr__(name: str) -> Any:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
