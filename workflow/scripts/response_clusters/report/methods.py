"""The text on methods, ready to be pasted into a paper: from configuration, software and dataset.

In the past tense, paragraph by paragraph, with citations in Pandoc's form: ``[@lloyd1982]``. It
says what was done in this study, and nothing of what was left out.
"""

from typing import Any

from response_clusters.report.methods_of_claims import claims
from response_clusters.report.summary import between, counted_as

Paragraph = tuple[str, str]
"""A heading and the text below it."""


def methods(
    config: dict[str, Any],
    software: dict[str, Any],
    data: dict[str, Any],
    sizes: dict[str, Any] | None = None,
) -> list[Paragraph]:
    """Every paragraph, in the order of the analysis.

    Parameters
    ----------
    config : dict
        The checked configuration.
    software : dict
        The record ``versions``.
    data : dict
        What the dataset had, as `response_clusters.study.plan.Plan.told` gives it.
    sizes : dict, optional
        What was clustered: `trials` (rows of all subjects), `images` (different ones, or None),
        `regions` (that all subjects have), and whether any subject saw an image again (`repeated`).
    """
    single = config["responses"]["repeats"] == "single"
    repeated = data["images"] and single and (sizes or {}).get("repeated", True)
    return [
        ("Data", _data(config, data, sizes or {})),
        ("Regional responses", _responses(config, data, sizes or {})),
        ("Clustering", _clustering(config)),
        ("Number of clusters", _number(config)),
        ("Comparison of clusterings", _comparison(config, data)),
        ("Images and labels", _images(config, data)),
        *claims(config, data, repeated),
        ("Software", _software(config, software, data)),
    ]


def _data(config: dict[str, Any], data: dict[str, Any], sizes: dict[str, Any]) -> str:
    sessions = data["sessions"]
    numbers = [len(n) for n in sessions.values()]
    subjects = counted_as(len(sessions), "subject", "one subject")
    each = " each" if len(numbers) > 1 else ""
    told = ""
    if max(numbers) > 1:
        told = f" with {between(numbers)} sessions{each}"
    elif data["kind"] == "voxels":
        told = f" with one session{each}"
    rows = ""
    if trials := sizes.get("trials"):
        what = "mean response" if config["responses"]["repeats"] == "mean" else "trial"
        rows = f", {counted_as(trials, what)} in all"
        if images := sizes.get("images"):
            rows += f", of {counted_as(images, 'different image')}"
    return f"{data['source']} The analysis included {subjects}{told}{rows}."


def _responses(config: dict[str, Any], data: dict[str, Any], sizes: dict[str, Any]) -> str:
    settings = config["responses"]
    told = []
    if data["kind"] == "voxels":
        told.append(f"Regions of interest were {_regions(config['regions'])}.")
        if settings["zscore"]:
            told.append(
                "Each voxel's responses were z-scored within each session, (x − mean) / (SD + "
                "10⁻⁶), with the SD of the population of its trials."
            )
        else:
            told.append("Responses were not standardised.")
        rest = (
            "left out of that session's means"
            if settings["invalid"] == "omit"
            else "counted as 0 in that session's means"
        )
        told.append(
            "They were averaged over the voxels of each region. Voxels that were zero or constant "
            f"throughout a session, or not finite in one of its trials, were {rest}."
        )
    else:
        told.append("The averages over regions were used as they were imported.")
    if settings["repeats"] == "mean":
        told.append("Responses to an image were averaged over a subject's trials of it.")
    if settings["constant"] == "drop":
        told.append("Trials that were constant over regions, or not finite, were left out.")
    if len(data["sessions"]) > 1:
        number = f"the {sizes['regions']} regions" if sizes.get("regions") else "those regions"
        told.append(
            "Each subject was clustered by all regions that the subject had, and all subjects "
            f"together (“pooled”) by {number} that every subject had."
        )
    return " ".join(told)


def _regions(regions: Any) -> str:
    """Which regions the configuration asks for, in words."""
    if regions == "all":
        return "all that the dataset defines"
    if isinstance(regions, list):
        return ", ".join(regions)
    told = []
    for collection, asked in regions.items():
        if asked == "all":
            told.append(f"all of {collection}")
        elif asked:
            names = list(asked.values()) if isinstance(asked, dict) else asked
            told.append(f"{', '.join(names)} of {collection}")
    return "; ".join(told)


def _clustering(config: dict[str, Any]) -> str:
    settings = config["kmeans"]
    swaps = (
        f" The best was then refined by {settings['swaps']:,} trials of random swaps: a prototype "
        "was put on another row, the whole iterated again, and the result kept if it was better "
        "[@franti2018]."
        if settings["swaps"]
        else ""
    )
    unit = "row" if config["responses"]["repeats"] == "mean" else "trial"
    return (
        f"As in the study by Campbell et al. [@campbell], {unit}s were clustered by k-means with "
        f"correlation distance, 1 − r, where r is Pearson's correlation over regions: each {unit} "
        "was centred over regions and scaled to unit length, and a cluster's prototype was the "
        "mean of its members, scaled likewise. Lloyd's algorithm [@lloyd1982] was run from "
        f"{counted_as(settings['replicates'], 'start')} drawn by k-means++ [@arthur2007] until no "
        f"{unit} changed its cluster, or for "
        f"{counted_as(settings['max_iterations'], 'iteration')} at most, and the solution with "
        f"the smallest Σ (1 − r) was kept.{swaps} This was done for each k from 1 to "
        f"{settings['k']['max']}. Clusters were numbered by size, the largest first."
    )


def _number(config: dict[str, Any]) -> str:
    between_share = (
        "the between share of squared correlation distances, B / (W + B), W being that of rows "
        "from their clusters' means and B that of these means from the grand mean, as in public "
        "code of the authors of Campbell et al. [@campbell]"
    )
    explained = (
        "1 − Σ (1 − r) / Σ (1 − r₁), r₁ being the correlation with the only prototype of k = 1"
    )
    first, second = between_share, explained
    if config["elbow"]["statistic"] == "r2_explained":
        first, second = explained, between_share
    return (
        "The number of clusters was chosen by the elbow of R²: the last k before the first gain "
        f"in R² below {config['elbow']['gain']:g}, or the largest k if there was none. R² was "
        f"{first}. For comparison, R² was also computed as {second}."
    )


def _comparison(config: dict[str, Any], data: dict[str, Any]) -> str:
    several = len(data["sessions"]) > 1
    whom = (
        ", and for fits of different subjects at the same k, over the regions that both had"
        if several
        else ""
    )
    chosen = "chosen fit of all subjects" if several else "chosen fit"
    return (
        "Prototypes of two fits were matched one to one so that the sum of their correlations was "
        "largest, an assignment problem [@kuhn1955; @crouse2016]. This was done for fits of the "
        f"same rows at different k{whom}. In figures, each cluster was given the colour of the "
        f"cluster of the {chosen} that it was matched to."
    )


def _images(config: dict[str, Any], data: dict[str, Any]) -> str:
    nearest = max(config["nearest"]["top"])
    if not data["images"]:
        return (
            f"A cluster was described by the {nearest:,} trials that correlated most with its "
            "prototype. Which image each trial showed was not known."
        )
    once = ", each image once" if config["nearest"]["distinct"] else ""
    among = " annotated" if config["nearest"]["annotated"] else ""
    told = (
        f"A cluster was described by the {nearest:,}{among} images whose trials correlated most "
        f"with its prototype{once}."
    )
    if not data["labels"]:
        return told
    counts = " and ".join(f"{top:,}" for top in sorted(config["nearest"]["top"]))
    lists = f"the {counts} nearest images"
    if data["labels"] == "annotations":
        crop = (
            ", within the crop of each photograph that subjects saw"
            if config["labels"]["crop"] and data["stimuli"]
            else ""
        )
        what = f"Instances of the categories of COCO [@lin2014] were counted in them{crop}"
    else:
        what = "What they show was taken from a table of categories"
    return (
        f"{told} {what}: among {lists} of each cluster and among all its images, each different "
        "image once. Lift is the rate in a cluster's images over that in all images that the "
        "cohort saw; images of which it is not known what they show were left out of both."
    )


def _software(config: dict[str, Any], software: dict[str, Any], data: dict[str, Any]) -> str:
    packages = software["packages"]
    named = {
        "numpy": ("NumPy", "harris2020"),
        "scipy": ("SciPy", "virtanen2020"),
        "numba": ("Numba", "lam2015"),
        "pandas": ("pandas", "mckinney2010"),
        "matplotlib": ("Matplotlib", "hunter2007"),
    }
    if data["kind"] == "voxels":
        named["nibabel"] = ("NiBabel", "nibabel")
    used = [
        f"{name} {packages[package]} [@{key}]"
        for package, (name, key) in named.items()
        if package in packages
    ]
    snakemake = packages.get("snakemake", "")
    commit = f", commit {software['commit'][:12]}" if software["commit"] else ""
    changed = " with uncommitted changes" if software["clean"] is False else ""
    *rest, last = used
    return (
        f"The analysis was run by the workflow response-clusters{commit}{changed}, under "
        f"Snakemake {snakemake} [@molder2021] and Python {software['python']}, with "
        f"{', '.join(rest)} and {last}. All random numbers were derived from the seed "
        f"{config['seed']}."
    )
