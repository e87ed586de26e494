"""What a study consists of, as its rules need to know it: plain strings and lists."""

from dataclasses import dataclass, field
from typing import Any

from response_clusters.names import POOLED


@dataclass(frozen=True)
class Plan:
    """Everything the rules need to know of the data, as plain strings and lists.

    Attributes
    ----------
    out : str
        The results folder.
    nsd : bool
        Whether the data is laid out as NSD is (simulated data is).
    root : str
        The data's folder.
    sessions : dict
        Session numbers by subject.
    betas : dict
        The betas file by subject and session (nsd only).
    responses : dict
        Files of averaged responses by subject, each by region or under the empty name (regions
        only).
    behaviour : dict
        ``responses.tsv`` by subject, where it is there.
    images_listed : bool
        Whether the subjects' own tables say which image each trial showed (regions only).
    design, stimuli, pictures : str
        Paths; empty where the dataset has none.
    annotations : list of str
        COCO instance files; empty where the dataset has none.
    note : str
        What every figure says of the data; empty for real data.
    missing : dict
        The parts of the study that the dataset does not allow, with the reason.
    """

    out: str
    nsd: bool
    root: str
    sessions: dict[str, list[int]]
    betas: dict[tuple[str, int], str] = field(default_factory=dict)
    responses: dict[str, dict[str, str]] = field(default_factory=dict)
    behaviour: dict[str, str] = field(default_factory=dict)
    images_listed: bool = False
    design: str = ""
    stimuli: str = ""
    pictures: str = ""
    annotations: list[str] = field(default_factory=list)
    note: str = ""
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def subjects(self) -> list[str]:
        return list(self.sessions)

    @property
    def cohorts(self) -> list[str]:
        return [*self.subjects, POOLED]

    def files_of(self, subject: str) -> dict[str, str]:
        """Where a subject's responses come from: paths by session, or as in `responses`."""
        if not self.nsd:
            return self.responses[subject]
        return {str(s): self.betas[subject, s] for s in self.sessions[subject]}

    @property
    def region_names(self) -> list[str]:
        """Every region that any subject has a file of (regions only)."""
        return sorted({region for held in self.responses.values() for region in held if region})

    @property
    def trials_known(self) -> bool:
        """Whether it is known which image each trial showed."""
        return bool(self.design) or self.images_listed

    @property
    def images_known(self) -> bool:
        """Whether images have COCO ids and crops."""
        return bool(self.trials_known and self.stimuli)

    @property
    def labels_known(self) -> bool:
        return self.images_known and bool(self.annotations)

    @property
    def pictures_known(self) -> bool:
        return bool(self.trials_known and self.pictures)


def described_cohorts(config: dict[str, Any], plan: Plan) -> list[str]:
    """The cohorts whose fits get images, labels and pictures."""
    wanted = config["describe"]["cohorts"]
    return plan.cohorts if wanted == "all" else list(wanted)


def described_fits(config: dict[str, Any]) -> list[str]:
    """The fits described, as the names of their folders."""
    return ["kbest" if k == "best" else f"k{k:02d}" for k in config["describe"]["k"]]


def k_values(config: dict[str, Any]) -> list[int]:
    """Every k that is fitted."""
    k = config["kmeans"]["k"]
    return list(range(k["min"], k["max"] + 1))
