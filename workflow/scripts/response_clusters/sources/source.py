"""What a source is: a dataset as the rules see it, whatever its files look like.

A source answers two kinds of questions. While the plan is made it is an object that lists subjects,
sessions and files, by names and headers only, and refuses what is missing. In jobs it is a few
functions that read those files; the object names each as ``module:name``, so that a job imports no
more than it runs, and an edit of that module re-runs the rules that use it.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from response_clusters.files import megabytes
from response_clusters.sources import registry
from response_clusters.sources.contents import Files
from response_clusters.sources.faults import Fault, faults_of
from response_clusters.sources.paths import INSTANCES, file_or_folder, named


class Source(ABC):
    """A dataset. Derive from `VoxelSource` or `AverageSource`.

    Attributes
    ----------
    root : str
        The dataset's folder.
    where, expected : str
        For sentences: where subjects were looked for, and what would have been found as one.
    note : str
        What every figure says of the data; empty for measurements.
    annotations : list of str
        COCO instance files; empty where there are none.
    labels : str
        A table of what each image shows, in place of annotations; empty where there is none.
    pictures : str
        An HDF5 file of pictures, or a folder of them; empty where there are none.
    region_names : list of str
        Regions that the configuration asks for by name: one that no subject has is a mistake.
    anew : bool
        Whether a bucket is listed; jobs read what the study's main process found.
    results : str
        The study's folder of results, wherever a workflow that imports the study puts it.
    run_lengths : tuple of int
        Trials of each run of a session, if all sessions are alike; empty where runs are not known.
    references : str
        BibTeX entries of what `methods` cites, where the study has none; each ends with a brace in
        a line of its own.
    terms : str
        What a page with the dataset's pictures says of passing them on.
    remarks : list of str
        What `inspect` has seen of the dataset, such as how many regions each subject has.
    """

    kind: ClassVar[str]
    """The rules file that reads it, in ``workflow/rules/sources``."""
    rules: ClassVar[tuple[str, ...]] = ()
    """Rules files of its own, in ``workflow/rules/sources``: for data that the study makes."""
    own_rules: ClassVar[tuple[str, ...]] = ()
    """The rules in those files: what they make is data, which never counts as stale."""
    stimuli = ""
    """Reads the stimulus table: a function of its files that returns columns image, picture,
    coco_id, split and crop_top, crop_bottom, crop_left, crop_right; all but image may be null or
    left out."""

    in_bucket = False
    """Whether the dataset is fetched from a server by the jobs."""
    needs_root = True
    """Whether ``dataset.root`` must be set."""
    root = ""
    where = ""
    expected = "files of one"
    note = ""
    labels = ""
    pictures = ""
    references = ""
    terms = (
        "This page shows pictures of the dataset: pass it on only if the dataset's terms allow it. "
        "With report.pictures: false in the configuration, it shows none."
    )
    run_lengths: tuple[int, ...] = ()

    def __init__(self) -> None:
        self.anew, self.results = True, ""
        self.annotations: list[str] = []
        self.region_names: list[str] = []
        self.stimulus_table = ""
        self.remarks: list[str] = []

    def name_files(self, dataset: dict[str, Any]) -> None:
        """Take the files that the configuration names: stimuli, labels, annotations, pictures.

        Raises
        ------
        StudyError
            If one is not there.
        """
        self.annotations = named("annotations", dataset, INSTANCES)
        self.labels = "".join(named("labels", dataset, "a table of what each image shows"))
        self.pictures = file_or_folder("pictures", dataset, "the pictures, in HDF5 or a folder")
        self.stimulus_table = "".join(named("stimuli", dataset, "the stimulus table"))
        if self.stimulus_table:
            self.stimuli = registry.stimulus_reader(self.stimulus_table)

    def check(self, config: dict[str, Any], defaults: dict[str, Any]) -> None:  # noqa: B027
        """Refuse a configuration that this source cannot follow.

        Parameters
        ----------
        config, defaults : dict
            The whole configuration, and what the schema has where nobody says otherwise.

        Raises
        ------
        StudyError
            A sentence that names the key.
        """

    @abstractmethod
    def find(self, config: dict[str, Any], out: str) -> dict[str, list[int]]:
        """The numbers of the sessions that there are of each subject.

        Called once, before any other method but `check`. Look at names and headers only: it runs
        whenever Snakemake starts.

        Parameters
        ----------
        config : dict
            The whole configuration.
        out : str
            The study's folder of results.
        """

    def require(self, sessions: dict[str, list[int]]) -> dict[str, str]:
        """Refuse what the subjects and sessions analysed lack.

        Returns
        -------
        dict of str
            Parts that are left out, such as a session that was cut short, each with the reason.

        Raises
        ------
        StudyError
            If something is missing without which nothing can be read.
        """
        return {}

    def keep(self) -> None:  # noqa: B027
        """Write, for the jobs, what was found where they must not look themselves."""

    def inspect(self, sessions: dict[str, list[int]]) -> Iterator[Fault]:
        """All that is wrong with the files of some sessions, by names and headers."""
        return faults_of(self.require, sessions)

    def lacks(self, subject: str, session: int) -> Fault:
        """The fault that a session asked for is not there."""
        return Fault(
            f"Configuration: sessions asks for session {session}, which {subject} does not have in "
            f"{self.where}; expected sessions that every subject has: ask for others, or list the "
            "subjects that have it."
        )

    def commands(self, missing: list[str]) -> list[str]:
        """What a person types to fetch missing files, named by their path below the root."""
        return []

    def objects(self, files: Files) -> dict[str, Any]:
        """Of the files that a job reads, those that are objects in a bucket, by name.

        Returns
        -------
        dict
            Of each its url, size and etag, or a list of them: a job runs again if one changes.
        """
        return {}

    def megabytes(self, files: Files) -> float:
        """The size of files: jobs ask for memory and time by it."""
        return megabytes(files.values())

    @abstractmethod
    def unit(self, config: dict[str, Any]) -> str:
        """The unit of the responses, as it stands beside an axis."""

    def methods(self, config: dict[str, Any]) -> str:
        """Where responses come from, for a paper: sentences in the past tense that end with a stop.

        Works are cited in Pandoc's form, such as ``[@key]``, by keys of the study's own references
        or of `references`.

        Parameters
        ----------
        config : dict
            The whole configuration.
        """
        return f"Responses were read from the dataset {config['dataset']['source']}."

    def images_known(self, sessions: dict[str, list[int]]) -> bool:
        """Whether it is known which image each trial showed."""
        return True

    def stimulus_files(self) -> Files:
        """What `stimuli` reads; nothing where there is no stimulus table."""
        return {"stimuli": self.stimulus_table} if self.stimulus_table else {}

    @abstractmethod
    def files_of(self, subject: str, sessions: list[int]) -> dict[str, str]:
        """Where responses come from, for sentences: paths by session, by region, or under ''."""

    @abstractmethod
    def inputs(self, subject: str, sessions: list[int]) -> list[Files]:
        """What jobs read of a subject: the files of one job after another."""

    @abstractmethod
    def parts(self, sessions: list[int]) -> list[str]:
        """The tables of regional means that the rules write below a subject's folder."""

    @abstractmethod
    def about_trials(self, subject: str, sessions: list[int]) -> int:
        """About how many trials there are: jobs ask for memory and time by it."""

    def paths(self, sessions: dict[str, list[int]]) -> list[str]:
        """Every path that Snakemake will see."""
        files = [path for s, n in sessions.items() for path in self.files_of(s, n).values()]
        stimuli = [
            path
            for entry in self.stimulus_files().values()
            for path in ([entry] if isinstance(entry, str) else entry)
        ]
        named = [self.root, self.labels, self.pictures, *self.annotations]
        return [path for path in [*named, *files, *stimuli] if path]


class VoxelSource(Source):
    """A dataset of single-trial betas by voxel, read one session at a time."""

    kind = "voxels"
    trials = ""
    """A function of (files, subject, sessions) that returns the trials table: session, trial (from
    1, unique within the subject), image and repeat, the last two null where they are not known."""
    regions = ""
    """A function of (files, subject, choice) that returns `SubjectRegions`; `choice` is the
    configuration's ``regions``."""
    betas = ""
    """A function of (files, subject, session, voxels) that returns `SessionBetas`; `voxels` is
    `response_clusters.sources.voxels.Voxels`."""
    betas_unit = "the unit of the betas"
    """Their unit once they are divided by their scale, as it stands beside an axis."""

    def parts(self, sessions: list[int]) -> list[str]:
        return [f"betas/session{session:02d}.parquet" for session in sessions]

    @abstractmethod
    def trial_files(self, subject: str) -> Files:
        """What `trials` reads."""

    @abstractmethod
    def region_files(self, subject: str) -> Files:
        """What `regions` reads; maps are drawn on ``mean``, the subject's mean volume in NIfTI."""

    def mean_files(self, subject: str) -> Files:
        """The subject's mean volume, of what `region_files` lists; nothing where there is none."""
        return {name: path for name, path in self.region_files(subject).items() if name == "mean"}

    @abstractmethod
    def session_files(self, subject: str, session: int) -> Files:
        """What `betas` reads."""

    def inputs(self, subject: str, sessions: list[int]) -> list[Files]:
        own = [self.trial_files(subject), self.region_files(subject)]
        return own + [self.session_files(subject, session) for session in sessions]

    def about_trials(self, subject: str, sessions: list[int]) -> int:
        return 750 * len(sessions)

    def session_megabytes(self, subject: str, session: int) -> float:
        """The size of what `betas` reads: jobs ask for memory and time by it."""
        return self.megabytes(self.session_files(subject, session))

    def unit(self, config: dict[str, Any]) -> str:
        return "z-scored betas" if config["responses"]["zscore"] else self.betas_unit


class AverageSource(Source):
    """A dataset of responses that others have averaged over regions."""

    kind = "averages"
    responses = ""
    """A function of (files, subject, names, regions) that returns a table with a row per trial: any
    of trial, session, image and repeat, and a column per region. `names` are those that `names_of`
    gives; `regions` lists those that the configuration asks for, none if all are."""
    design = ""
    """The file that says which image each trial was planned to show; nothing without one."""
    design_reader = ""
    """Reads it: a function of (path, subject) that returns columns session, image and repeat, a row
    for each trial from the first."""
    per_session = 0
    """Trials in each session of a table without a column session; 0 if they are all of one."""

    def parts(self, sessions: list[int]) -> list[str]:
        return ["regional_means.parquet"]

    @abstractmethod
    def response_files(self, subject: str) -> Files:
        """What `responses` reads."""

    def inputs(self, subject: str, sessions: list[int]) -> list[Files]:
        return [self.response_files(subject), {"design": self.design} if self.design else {}]

    def names_of(self, subject: str) -> list[str]:
        """What each of those files holds, in their order, where that is a region."""
        return []

    @property
    def all_regions(self) -> list[str]:
        """Every region that the dataset has, where that is known before tables are read."""
        return []

    def about_trials(self, subject: str, sessions: list[int]) -> int:
        # A trial has some hundred bytes in a compressed table of NSD's regions, more in texts.
        return int(1e6 * self.response_megabytes(subject) / 100)

    def response_megabytes(self, subject: str) -> float:
        """The size of what `responses` reads: jobs ask for memory and time by it."""
        return self.megabytes(self.response_files(subject))

    def unit(self, config: dict[str, Any]) -> str:
        return "as imported"
