"""Write down what was run: the merged configuration, and which parts the data did not allow."""

from pathlib import Path

import yaml
from response_clusters.files import replacing
from response_clusters.job import job


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


if __name__ == "__main__":
    with job() as rule:
        params, output = rule.params, rule.output
        config = params["config"]
        with replacing(output.config) as draft:
            Path(draft).write_text(
                yaml.safe_dump(config, sort_keys=True, allow_unicode=True), "utf-8"
            )
        with replacing(output.readme) as draft:
            text = readme(config["study"], params["note"], params["parts"])
            Path(draft).write_text(text, "utf-8")
        rule.log.info("%d parts left out", len(params["parts"]))
