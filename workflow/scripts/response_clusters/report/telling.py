"""What a terminal shows of a finished study: three sentences, the warnings, and where to look."""

import textwrap
from pathlib import Path

from response_clusters.records import read_record

WIDTH = 100


def told(folder: str) -> str:
    """The sentences and warnings of a study, and the path of its page or, without one, its README.

    Parameters
    ----------
    folder : str
        The study's folder of results.

    Raises
    ------
    StudyError
        If there is no summary.
    """
    out = Path(folder)
    summary = read_record(out / "summary.json", "summary")
    lines = [textwrap.fill(sentence, WIDTH) for sentence in summary["sentences"]]
    warnings = summary["warnings"]
    if warnings:
        lines.append(f"{len(warnings)} warning{'s' if len(warnings) > 1 else ''}:")
        lines += [
            textwrap.fill(
                f"{warning['about']}: {warning['text']}",
                WIDTH,
                initial_indent="- ",
                subsequent_indent="  ",
            )
            for warning in warnings
        ]
    page = out / "report.html"
    return "\n".join([*lines, f"Open {page if page.is_file() else out / 'README.md'}"])
