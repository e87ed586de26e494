"""What is wrong with a dataset as far as names and headers tell: all of it, not only the first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from response_clusters.errors import StudyError


@dataclass(frozen=True)
class Fault:
    """Something that the study could not go on with, or not as a whole.

    Attributes
    ----------
    sentence : str
        What was found, what was expected and what to do.
    missing : tuple of str
        What is to be fetched, by its path below the dataset's root.
    needed : bool
        Whether nothing can be done without it; otherwise parts of the study are left out.
    """

    sentence: str
    missing: tuple[str, ...] = ()
    needed: bool = True


def faults_of(check: Callable[..., Any], *arguments: Any) -> Iterator[Fault]:
    """The fault that a check tells by an exception; nothing if it passes."""
    try:
        check(*arguments)
    except StudyError as error:
        yield Fault(str(error))
