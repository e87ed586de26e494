"""The README of a study's results: what a person reads first in that folder."""


def readme(study: str, note: str, parts: dict[str, str]) -> str:
    """What a person reads first in a study's results folder.

    Parameters
    ----------
    parts : dict of str
        The parts left out of this study, each with the reason.
    """
    lines = [f"# Results of the study “{study}”", ""]
    if note:
        lines += [f"**{note}**", ""]
    lines += [
        "Made by the workflow, never edited by hand. `config.yaml` is the whole configuration that",
        "made them, `versions.json` the software. Begin with `pooled/elbow.png` and the figures in",
        "`pooled/kbest`, the chosen number of clusters.",
        "",
    ]
    if parts:
        lines += ["Left out, because the dataset does not hold what they need:", ""]
        lines += [f"- {part}: {reason}" for part, reason in parts.items()]
    else:
        lines += ["Every part of the study was made."]
    return "\n".join(lines) + "\n"
