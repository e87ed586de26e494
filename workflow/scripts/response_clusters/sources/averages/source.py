"""Averages as a source: a folder of responses that others have averaged over regions."""

from typing import Any

from response_clusters.errors import StudyError
from response_clusters.sources import registry
from response_clusters.sources.averages.listing import Rows, matching, rows_of, unfinished
from response_clusters.sources.contents import Files
from response_clusters.sources.paths import folder, named
from response_clusters.sources.source import AverageSource


class Averages(AverageSource):
    """Text files by region, or a table per subject, found by ``dataset.pattern``."""

    responses = "response_clusters.sources.averages.table:responses"

    def check(self, config: dict[str, Any], defaults: dict[str, Any]) -> None:
        pattern, regions = config["dataset"]["pattern"], config["regions"]
        if pattern.startswith(("/", "~")):
            raise StudyError(
                f"Configuration: dataset.pattern is {pattern!r}; expected a path below "
                "dataset.root: move its beginning there."
            )
        if "{region}" not in pattern and not pattern.endswith((".parquet", ".csv", ".tsv")):
            raise StudyError(
                f"Configuration: dataset.pattern is {pattern!r}; expected {{region}} in it, or a "
                "table's ending, .parquet, .csv or .tsv: say which of the two the files are."
            )
        if isinstance(regions, dict) and regions != defaults["regions"]:
            raise StudyError(
                f"Configuration: regions has keys such as {next(iter(regions))!r}; expected all or "
                "a list for the regions source: name the regions as a list."
            )

    def find(self, config: dict[str, Any], out: str) -> dict[str, list[int]]:
        dataset, subjects = config["dataset"], config["subjects"]
        self.root = self.where = folder(dataset["root"])
        self.pattern, self.per_session = dataset["pattern"], dataset["trials_per_session"]
        self.region_names = config["regions"] if isinstance(config["regions"], list) else []
        asked = subjects if isinstance(subjects, list) else []
        self.files = matching(self.root, self.pattern, asked, self.region_names)
        if not self.files:
            raise StudyError(
                f"{self.root}: no file there matches dataset.pattern; expected files such as "
                f"{self.pattern!r}: correct dataset.pattern or dataset.root, or list regions that "
                "are there."
            )
        self.rows: dict[str, Rows] = {
            subject: rows_of(*next(iter(files.items())), self.region_names, self.per_session)
            for subject, files in self.files.items()
            if not asked or subject in asked
        }
        self.design = "".join(named("design", dataset, "the experiment's design"))
        self.design_reader = registry.DESIGN_READER
        self.name_files(dataset)
        return {s: self.rows[s].sessions if s in self.rows else [] for s in self.files}

    def methods(self, config: dict[str, Any]) -> str:
        of = (
            ", in the form in which such averages were published with NeuroGen [@gu2022]"
            if self.pattern.endswith("meanbeta_{region}.txt")
            else ""
        )
        design = f" {registry.DESIGN_METHODS}" if self.design else ""
        return (
            "Responses to single trials that had been averaged over regions beforehand were "
            f"imported{of}.{design}"
        )

    def require(self, sessions: dict[str, list[int]]) -> dict[str, str]:
        return {
            " of ".join(filter(None, (region, subject))): f"its download did not end ({path})"
            for (subject, region), path in unfinished(self.root, self.pattern).items()
            if region not in self.files.get(subject, {})
        }

    def images_known(self, sessions: dict[str, list[int]]) -> bool:
        return bool(self.design) or all(self.rows[subject].images for subject in sessions)

    def response_files(self, subject: str) -> Files:
        return {"responses": list(self.files[subject].values())}

    def stimulus_files(self) -> Files:
        files = super().stimulus_files()
        return files | ({"design": self.design} if files and self.design else {})

    def files_of(self, subject: str, sessions: list[int]) -> dict[str, str]:
        return self.files[subject]

    def names_of(self, subject: str) -> list[str]:
        return [region for region in self.files[subject] if region]

    @property
    def all_regions(self) -> list[str]:
        return sorted({region for files in self.files.values() for region in files if region})
