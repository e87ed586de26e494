"""What a study consists of, as its rules need to know it."""

from dataclasses import dataclass, field
from typing import Any

from response_clusters.names import POOLED
from response_clusters.sources.contents import Files
from response_clusters.sources.source import Source


@dataclass(frozen=True)
class Plan:
    """What is analysed, and which parts of the study the dataset allows.

    Attributes
    ----------
    out : str
        The results folder.
    source : Source
        The dataset.
    sessions : dict
        Session numbers by subject.
    missing : dict
        The parts of the study that the dataset does not allow, with the reason.
    """

    out: str
    source: Source
    sessions: dict[str, list[int]]
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def subjects(self) -> list[str]:
        return list(self.sessions)

    @property
    def cohorts(self) -> list[str]:
        return [*self.subjects, POOLED]

    def trials(self, cohort: str) -> int:
        """About how many trials a cohort has: jobs ask for memory and time by it."""
        members = self.subjects if cohort == POOLED else [cohort]
        return sum(self.source.about_trials(s, self.sessions[s]) for s in members)

    @property
    def annotation_megabytes(self) -> float:
        """The size of what says what the images show."""
        return self.source.megabytes(self.annotation_files)

    @property
    def note(self) -> str:
        """What every figure says of the data; empty for measurements."""
        return self.source.note

    @property
    def images_known(self) -> bool:
        """Whether it is known which image each trial showed."""
        return self.source.images_known(self.sessions)

    @property
    def stimuli_known(self) -> bool:
        """Whether there is a table of the images."""
        return self.images_known and bool(self.source.stimulus_files())

    @property
    def labels_known(self) -> bool:
        """Whether it is known what the images show."""
        annotated = self.stimuli_known and bool(self.source.annotations)
        return annotated or (self.images_known and bool(self.source.labels))

    @property
    def annotation_files(self) -> dict[str, str | list[str]]:
        """What says what the images show: COCO's instance files, or a table; or nothing."""
        if not self.labels_known:
            return {}
        if self.source.labels:
            return {"table": self.source.labels}
        return {"annotations": self.source.annotations}

    @property
    def pictures_known(self) -> bool:
        return self.images_known and bool(self.source.pictures)

    def told(self, config: dict[str, Any]) -> dict[str, Any]:
        """What the text on methods has to know of the dataset, as plain settings of a job.

        Returns
        -------
        dict
            ``source``: where responses come from, in sentences, and ``references`` of its own;
            ``kind``: "voxels" or "averages"; ``sessions`` by subject; whether ``images``,
            ``stimuli``, ``pictures`` and ``runs`` are known; and what ``labels`` come from:
            "annotations", "table" or nothing.
        """
        labels = "table" if self.source.labels else "annotations"
        return {
            "source": self.source.methods(config),
            "references": self.source.references,
            "kind": self.source.kind,
            "sessions": self.sessions,
            "images": self.images_known,
            "stimuli": self.stimuli_known,
            "pictures": self.pictures_known,
            "runs": bool(self.source.run_lengths),
            "labels": labels if self.labels_known else "",
        }

    @property
    def inputs(self) -> Files:
        """Every file of the dataset that a job reads, once, as the one list ``dataset``."""
        read = [f for s, n in self.sessions.items() for f in self.source.inputs(s, n)]
        if self.stimuli_known:
            read.append(self.source.stimulus_files())
        read.append(self.annotation_files)
        if self.pictures_known:
            read.append({"pictures": self.source.pictures})
        lists = [[f] if isinstance(f, str) else f for files in read for f in files.values()]
        return {"dataset": sorted({path for group in lists for path in group})}


def described_cohorts(config: dict[str, Any], plan: Plan) -> list[str]:
    """The cohorts whose fits get images, labels and pictures."""
    wanted = config["describe"]["cohorts"]
    return plan.cohorts if wanted == "all" else list(wanted)


def described_fits(config: dict[str, Any]) -> list[str]:
    """The fits described, as the names of their folders."""
    return ["kbest" if k == "best" else f"k{k:02d}" for k in config["describe"]["k"]]


def k_values(config: dict[str, Any]) -> list[int]:
    """Every k that is fitted."""
    return list(range(1, config["kmeans"]["k"]["max"] + 1))


ROWS_AT_ONCE = 800_000
"""About how many rows of surrogates a job draws and fits: enough to be worth starting it."""


def draws_of(
    config: dict[str, Any], plan: Plan, *, curve: bool = False, observed: int = 1
) -> list[str]:
    """The data sets that claims are measured on, as the parts that one job each measures.

    Parameters
    ----------
    curve : bool
        Whether only those surrogates of the continuum are asked for that are fitted at more than
        the chosen k; all of those with groups are.
    observed : int
        How many draws there are of the data themselves, such as splits of their images.

    Returns
    -------
    list of str
        Such as ``continuum_000-012``: a model, and the first and the last draw. How many draws a
        part has depends on the number of trials alone: more surrogates are further parts.
    """
    claims = config["claims"]
    numbers = {
        "observed": observed,
        "continuum": claims["curve"] if curve else claims["surrogates"],
        "groups": claims["groups"],
    }
    step = max(1, ROWS_AT_ONCE // max(1, plan.trials(POOLED)))
    return [
        f"{model}_{first:03d}-{min(first + step, number) - 1:03d}"
        for model, number in numbers.items()
        for first in range(0, number, step)
    ]
