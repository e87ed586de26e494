"""Functions and classes by the name that a source gives them, ``module:name``."""

from importlib import import_module
from typing import Any


def load(reference: str) -> Any:
    """What ``module:name`` refers to.

    Raises
    ------
    ImportError
        If there is no such module, or it has no such name.
    """
    module, _, name = reference.partition(":")
    try:
        return getattr(import_module(module), name)
    except AttributeError:
        raise ImportError(f"{module} has no {name!r}", name=module) from None


def module_of(reference: str) -> str:
    """The module of ``module:name``: what a rule that loads it must follow."""
    return reference.partition(":")[0]
