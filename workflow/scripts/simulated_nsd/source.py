"""The embedded dataset as a source: an NSD root that the study makes for itself."""

from collections.abc import Iterator
from typing import Any

from response_clusters.errors import StudyError, did_you_mean, listed
from response_clusters.sources.contents import Files
from response_clusters.sources.faults import Fault
from response_clusters.sources.nsd import layout
from response_clusters.sources.nsd.source import COLLECTIONS, NSD
from response_clusters.sources.source import VoxelSource

RESPONDING = ("floc-bodies", "floc-faces", "floc-places", "floc-words", "prf-visualrois")
"""The collections whose regions respond, in addition to `aseg`."""
ATLASES = ("nsdgeneral", "prf-eccrois", "streams")
"""Further collections, which have volumes but no responses of their own."""
NOTE = "Simulated data: planted groups, not a measurement"
UNGROUPED_NOTE = "Simulated data: no groups planted, not a measurement"


class SimulatedNSD(NSD):
    """Simulated subjects in NSD's layout and formats, read as NSD is."""

    rules = ("simulated",)
    own_rules = ("simulate_shared", "simulate_pictures", "simulate_subject", "simulate_session")
    needs_root = False
    terms = "All pictures of this page are simulated, so it may be passed on."

    def find(self, config: dict[str, Any], out: str) -> dict[str, list[int]]:
        dataset, self.settings = config["dataset"], config["simulated"]
        self.root = f"{out}/simulated"
        self.space, self.version = dataset["space"], dataset["betas"]
        self._take(config)
        unknown = [name for name in self.choice if name not in COLLECTIONS]
        if unknown:
            raise StudyError(
                f"Configuration: regions names the collection {unknown[0]!r}; expected some of "
                f"{listed(COLLECTIONS)} in simulated data: correct the name or leave it out"
                f"{did_you_mean(unknown[0], COLLECTIONS) or '.'}"
            )
        self.where, self.expected = "simulated.sessions", "a number for one or more of them"
        self.note = NOTE if self.settings["groups"] else UNGROUPED_NOTE
        self.annotations = [self.below(path) for path in layout.ANNOTATIONS]
        self.pictures = self.below(layout.PICTURES)
        return {s: list(range(1, n + 1)) for s, n in self.settings["sessions"].items() if n}

    def methods(self, config: dict[str, Any]) -> str:
        groups = (
            "with six groups of responses, one for each theme by which pictures were composed"
            if self.settings["groups"]
            else "without any groups of responses"
        )
        return (
            "No responses were measured: betas of single trials, regions and pictures with their "
            "annotations were simulated in the layout and the formats of the Natural Scenes "
            f"Dataset (NSD) [@allen2022], {groups}."
        )

    def require(self, sessions: dict[str, list[int]]) -> dict[str, str]:
        return {}

    def inspect(self, sessions: dict[str, list[int]]) -> Iterator[Fault]:
        """Nothing: what the study makes is not there yet."""
        return iter(())

    def lacks(self, subject: str, session: int) -> Fault:
        return VoxelSource.lacks(self, subject, session)

    def has(self, path: str, expected: str) -> bool:
        """Always true: the study makes the files that it needs."""
        return True

    def session_files(self, subject: str, session: int) -> Files:
        return {"betas": self.session(subject, session)}

    def files_of(self, subject: str, sessions: list[int]) -> dict[str, str]:
        return {str(session): self.session(subject, session) for session in sessions}

    def session(self, subject: str, session: int) -> str:
        """One session's betas."""
        return self.below(layout.betas(subject, self.space, self.version, session, "hdf5"))
