"""What a reader must be warned of: a warning for each kind of thing that is missing or doubtful."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from response_clusters.errors import listed
from response_clusters.names import POOLED
from response_clusters.report.summary import Found, counted_as

Warnings = list[dict[str, str]]


def warnings(
    found: Found, note: str, parts: dict[str, str], names: dict[str, str] | None = None
) -> Warnings:
    """Every warning, in the order in which a reader wants them.

    Parameters
    ----------
    found : Found
    note : str
        What the data are if they are no measurement.
    parts : dict of str
        The parts left out of this study, each with the reason.
    names : dict of str, optional
        The names that the configuration gives to pooled clusters, by number.

    Returns
    -------
    list of dict
        Each with `about`, a few words, and `text`, one or two sentences.
    """
    texts = {
        "what the data are": f"{note}." if note else "",
        "elbow": no_elbow(found),
        "regions": missing_regions(found),
        "voxels": voxels_left_out(found),
        "labels": without_labels(found),
        "parts left out": left_out(parts),
        "convergence": not_converged(found),
        "starts": found_once(found),
        "names": strange_names(found, names or {}),
    }
    return [{"about": about, "text": text} for about, text in texts.items() if text]


def no_elbow(found: Found) -> str:
    """Cohorts for which no gain in R² fell below what the elbow asks for."""
    cohorts = [cohort for cohort, elbow in found.elbows.items() if not elbow["reached"]]
    if not cohorts:
        return ""
    elbow = found.elbows[cohorts[0]]
    return (
        f"Up to k = {max(fit['k'] for fit in found.fits[cohorts[0]])}, no gain in R² fell below "
        f"{elbow['threshold']:g} for {listed(cohorts)}: the largest k was kept, which is no elbow. "
        "A larger kmeans.k.max may find one."
    )


def missing_regions(found: Found) -> str:
    """Which regions are missing in which subject."""
    absent = {
        region: [
            subject
            for subject, table in found.regions.items()
            if region not in set(table.loc[table["present"], "region"])
        ]
        for region in found.pooled_regions["region"]
    }
    absent = {region: subjects for region, subjects in absent.items() if subjects}
    if not absent:
        return ""
    total, common = len(found.pooled_regions), int(found.pooled_regions["in_all"].sum())
    if len(found.regions) == 1:
        return f"Missing: {_and(absent)}. So clusters rest on {common} of {total} regions."
    told = [
        f"in {'every subject' if len(who) == len(found.regions) else _and(who)}: {_and(regions)}"
        for who, regions in _by_subjects(absent)
    ]
    return f"Missing {'; '.join(told)}. So the pooled clusters rest on {common} of {total} regions."


def _by_subjects(absent: dict[str, list[str]]) -> Iterator[tuple[list[str], list[str]]]:
    """Regions that the same subjects lack, together; those that most subjects lack first."""
    together: dict[tuple[str, ...], list[str]] = {}
    for region, subjects in absent.items():
        together.setdefault(tuple(subjects), []).append(region)
    for who in sorted(together, key=lambda subjects: (-len(subjects), subjects)):
        yield list(who), together[who]


def voxels_left_out(found: Found) -> str:
    """How many voxels were zero or constant throughout a session."""
    counts = [
        (int((table["voxels"] - table["used"]).sum()), int(table["voxels"].sum()))
        for tables in found.voxels.values()
        for table in tables
    ]
    affected = [count for count in counts if count[0]]
    if not affected:
        return ""
    lost, there = (sum(count[i] for count in counts) for i in (0, 1))
    most = _percent(*max(affected, key=lambda count: count[0] / count[1]))
    done = "left out of the regional means" if found.omitted else "counted as 0"
    return (
        f"Of the voxels of all regions in all sessions, {lost:,} of {there:,} "
        f"({_percent(lost, there)}) were zero or constant throughout the session and {done}; "
        f"{len(affected)} of {counted_as(len(counts), 'session')} had any, none more than {most}."
    )


def without_labels(found: Found) -> str:
    """Images that nobody has annotated, and annotated instances that could not be drawn."""
    told = []
    if found.coverage and (without := found.coverage["base"]["uncovered"]):
        images = without + found.coverage["base"]["images"]
        told.append(
            f"{without:,} of {images:,} images ({_percent(without, images)}) have no annotation "
            "and are left out of every count of labels."
        )
    if found.drawn and (lost := found.drawn["left_out"]):
        told.append(
            f"{lost:,} of {found.drawn['instances'] + lost:,} annotated instances lie nowhere in "
            "their image and are left out."
        )
    return " ".join(told)


def left_out(parts: dict[str, str]) -> str:
    """Parts of the study that were not made, each with the reason."""
    told = "; ".join(f"{part} ({reason})" for part, reason in parts.items())
    return f"Not made, as the dataset lacks what they need: {told}." if told else ""


def not_converged(found: Found) -> str:
    """Fits whose best start was stopped before it had converged."""
    fits = _those(found, lambda fit: not fit["converged"])
    if not fits:
        return ""
    every = sum(map(len, found.fits.values()))
    return (
        f"{len(fits)} of {every} fits had not converged when kmeans.max_iterations stopped them: "
        f"{_told(fits)}.{_chosen_among(fits, found)}"
    )


def found_once(found: Found) -> str:
    """Fits whose best solution no second start has found."""
    fits = _those(found, lambda fit: fit["k"] > 1 and fit["agreeing_replicates"] < 2)
    if not fits:
        return ""
    every = [fit for cohort in found.fits.values() for fit in cohort if fit["k"] > 1]
    starts = max(fit["replicates"] for fit in every)
    again = f"no second of {starts} starts" if starts > 1 else "no second start"
    pooled = [str(k) for cohort, k in fits if cohort == POOLED]
    those = f" In the pooled cohort, these are k = {_and(pooled)}." if pooled else ""
    return (
        f"In {len(fits)} of {len(every)} fits of more than one cluster, {again} found the best "
        f"solution, so there may be a better one.{_chosen_among(fits, found)}{those} Each "
        "fit.json has the numbers."
    )


def strange_names(found: Found, names: dict[str, str]) -> str:
    """Names for clusters that the chosen fit does not have."""
    k = found.elbows[POOLED]["k"]
    beyond = [number for number in names if int(number) > k]
    if not beyond:
        return ""
    told = _and([f"{number} ({names[number]})" for number in sorted(beyond, key=int)])
    return (
        f"report.names names cluster {told}, but the pooled cohort's chosen fit has {k} clusters: "
        "these names are shown nowhere."
    )


Fits = list[tuple[str, int]]
"""The cohort and the k of some fits."""


def _those(found: Found, concerned: Callable[[dict[str, Any]], bool]) -> Fits:
    return [(c, fit["k"]) for c, fits in found.fits.items() for fit in fits if concerned(fit)]


def _told(fits: Fits) -> str:
    return listed(f"{cohort} at k = {k}" for cohort, k in fits)


def _chosen_among(fits: Fits, found: Found) -> str:
    """Whether a chosen fit is one of them, as a sentence."""
    chosen = [(cohort, k) for cohort, k in fits if found.elbows[cohort]["k"] == k]
    if not chosen:
        return " None of these is a chosen fit."
    one = "is a chosen fit" if len(chosen) == 1 else "are chosen fits"
    return f" Among them {one}: {_told(chosen)}."


def _and(words: Iterable[str]) -> str:
    """Words as people list them."""
    *rest, last = words
    return f"{', '.join(rest)} and {last}" if rest else last


def _percent(part: int, whole: int) -> str:
    """A share, such as "0.21 %"."""
    share = 100 * part / whole
    return f"{share:.2g} %" if share < 99.5 else f"{share:.0f} %"
