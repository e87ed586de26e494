"""Numba's compiler, with a cache for each model of processor.

Numba keeps what it has compiled for all processors in one index. On a cluster whose nodes differ,
jobs that start at the same time overwrite each other's index, and code is compiled again and again.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from llvmlite.binding import get_host_cpu_features, get_host_cpu_name
from numba import config, njit

BESIDE = Path(__file__).resolve().parent / "__pycache__"


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """`numba.njit` with a cache: in `cache_folder`, unless ``NUMBA_CACHE_DIR`` names another.

    Without one where no folder may be written to.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        # Numba looks at this when a function is decorated; other packages keep their own cache.
        before = config.CACHE_DIR
        config.CACHE_DIR = before or str(cache_folder())
        try:
            return njit(cache=True, **options)(function)
        except UnicodeError:
            # Numba encodes the name of a folder that it is given, and some locales cannot.
            config.CACHE_DIR = before
            return njit(cache=True, **options)(function)
        except RuntimeError:
            # No folder may be written to, as in a container that is read-only throughout: every
            # process then compiles for itself.
            return njit(**options)(function)
        finally:
            config.CACHE_DIR = before

    return decorate


def cache_folder() -> Path:
    """The folder of this model of processor: beside the package or, if that may not be written to,
    in the user's cache (``XDG_CACHE_HOME``)."""
    name = config.CPU_NAME or get_host_cpu_name()
    features = config.CPU_FEATURES or get_host_cpu_features().flatten()
    model = f"{name}-{hashlib.sha256(features.encode()).hexdigest()[:8]}"
    if _may_hold(BESIDE):
        return BESIDE / model
    own = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(own) / "response_clusters" / model


def _may_hold(folder: Path) -> bool:
    """Whether files can be written into a folder, which may have to be made."""
    return os.access(folder if folder.is_dir() else folder.parent, os.W_OK)
