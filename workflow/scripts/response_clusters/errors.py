"""The one exception that stands for a mistake in the data or the configuration."""

import difflib
from collections.abc import Iterable


class StudyError(ValueError):
    """A sentence for the person who runs the study.

    It names the file or the key, what was found, what was expected and what to do next. Scripts let
    it end the job without a traceback; anything else that is raised is a bug and keeps its own.

    It is a ValueError because that is what users of scikit-learn's estimators expect of values that
    cannot be used. A block that catches ValueError around code that raises this one must let it
    pass first.
    """


def did_you_mean(word: object, known: Iterable[object]) -> str:
    """The end of a sentence that suggests the name most like `word`; empty where none is."""
    names = {str(name).casefold(): str(name) for name in known}
    near = difflib.get_close_matches(str(word).casefold(), names, 1)
    return f"; did you mean {names[near[0]]!r}?" if near else ""


def listed(names: Iterable[object]) -> str:
    """Names for a sentence: the first dozen, how many more there are, or that there are none."""
    # File names may hold bytes that are no text.
    every = [str(name).encode("utf-8", "backslashreplace").decode() for name in names]
    more = f" and {len(every) - 12} more" if len(every) > 12 else ""
    return (", ".join(every[:12]) or "none") + more
