"""The part of the text on methods that is about the claims: what clusters were compared with."""

from typing import Any

from response_clusters.report.summary import counted_as
from response_clusters.statistics.abstract import statements

OTHERS = {
    "repeats_mean": "means over an image's trials",
    "cortical": "cortical regions only",
    "unit_sd": "every region scaled to unit SD",
    "seed": "another seed",
    "r2_explained": "the other definition of R²",
}
"""Other settings of ``claims.sensitivity``, in words."""


def claims(config: dict[str, Any], data: dict[str, Any], repeated: bool) -> list[tuple[str, str]]:
    """The paragraphs on reference models, stability, images, labels and verdicts; none without.

    Parameters
    ----------
    config, data : dict
        As in `response_clusters.report.methods.methods`.
    repeated : bool
        Whether any subject has several rows of one image: signal and noise are told apart by these.
    """
    settings = config["claims"]
    if not settings:
        return []
    several = len(data["sessions"]) > 1
    told = [
        ("Reference models", _models(settings, repeated)),
        ("Stability", _stability(settings, data, several)),
    ]
    if repeated or (data["images"] and several):
        told.append(("Repeated images", _repeats(settings, repeated, several)))
    if data["labels"]:
        told.append(("What clusters show", _labels(settings, several)))
    told.append(("Other associations", _associations(data, several)))
    if settings["sensitivity"]:
        others = ", ".join(OTHERS[name] for name in settings["sensitivity"])
        told.append(("Other settings", f"The analysis was repeated with {others}."))
    told.append(
        (
            "Verdicts",
            f"Each of the {len(statements())} statements of the abstract of Campbell et al. "
            "[@campbell] was given a verdict by one set of rules: it holds if all of its parts "
            "were met and the reference did not give them (p ≤ .05 and, where there is a model of "
            "groups, an index of at least .5); in part if only some were met, or if the reference "
            "gave them, too; it does not hold if none was met; and it is untestable if the data "
            "lacked what the statement is about. The reference of statements on clusters is the "
            f"continuum, that of statements on images and their content is chance.{_few(settings)}",
        )
    )
    return told


def _few(settings: dict[str, Any]) -> str:
    """What stands for p ≤ .05 where there are too few surrogates for any such p."""
    if min(settings["surrogates"], settings["curve"]) >= 19:
        return ""
    return (
        " Where there were fewer than 19 surrogates, which allow no p ≤ .05, a statistic had to "
        "lie above their interval by at least half of its width; with fewer than 9, none counted "
        "as beyond them."
    )


def _models(settings: dict[str, Any], repeated: bool) -> str:
    told = [
        "What responses without any clusters would give was computed from surrogate data, which "
        "were analysed as the data were [@liu2008; @theiler1992]."
    ]
    if repeated:
        told.append(
            "A response was modelled as a part that the image determines plus noise that differs "
            "from trial to trial [@kay2025]. The covariance of the former was estimated by the "
            "cross-covariance of presentations of the same image, that of noise as the "
            "remainder; negative eigenvalues were set to 0 [@higham1988]. In the continuum "
            f"({counted_as(settings['surrogates'], 'surrogate')}) both parts were Gaussian. In "
            f"the model of groups ({counted_as(settings['groups'], 'surrogate')}), each image "
            "belonged to one of k groups, the same in all subjects, whose means were the corners "
            "of a regular simplex along the leading axes of the signal and accounted for all of "
            "its variance there; axes were aligned over subjects by Procrustes rotation "
            "[@schonemann1966]."
        )
    else:
        told.append(
            f"In the continuum ({counted_as(settings['surrogates'], 'surrogate')}), responses "
            "were Gaussian. As no rows of one subject are known to be of the same image, signal "
            "and noise were not told apart, and there was no model of groups."
        )
    told.append(
        "Surrogates were centred by session and region and given exactly the covariance of the "
        "data. Fits of surrogates and those that they were compared with had "
        f"{counted_as(settings['replicates'], 'start')}; of more than 40,000 rows, these were made "
        "on a random sample of so many, and the best was refined on all, after Bradley and Fayyad "
        "[@bradley1998]. Of the continuum's surrogates, "
        f"{settings['curve']:,} were also fitted at other k, in halves and in bootstraps. p is (1 "
        "+ number of surrogates with at least the statistic of the data) / (1 + number of "
        "surrogates) [@phipson2010]."
    )
    if repeated:
        told.append(
            "The index of a statistic is (data − continuum) / (groups − continuum), with the mean "
            "of either model: 0 for the continuum, 1 for k distinct groups."
        )
    return " ".join(told)


def _stability(settings: dict[str, Any], data: dict[str, Any], several: bool) -> str:
    unit = "images, each with all its trials," if data["images"] else "trials"
    left = (
        " Prototypes were also fitted without each subject in turn, and compared with the "
        "subject's own."
        if several
        else ""
    )
    return (
        f"The {unit} were divided into random halves {counted_as(settings['splits'], 'time')}; "
        "each half was clustered, and its rows labelled by its own and by the other half's "
        "prototypes, for prediction strength [@tibshirani2005] and the adjusted Rand index "
        "[@hubert1985]. They were bootstrapped and clustered anew "
        f"{counted_as(settings['bootstraps'], 'time')} for the Jaccard similarity of each cluster "
        f"with its best match [@hennig2007].{left} How rows pass from clusters at k to those at k "
        "+ 1 was counted as in clustering trees [@zappia2018]."
    )


def _repeats(settings: dict[str, Any], repeated: bool, several: bool) -> str:
    whose = []
    if repeated:
        whose.append("over all pairs of presentations within a subject")
    if several:
        whose.append(
            "over images that several subjects saw, pooled over pairs of subjects [@devries2008]"
        )
    return (
        "Whether presentations of the same image fall into the same cluster was measured by "
        f"Cohen's κ [@cohen1960] {', and '.join(whose)}. Intervals are quantiles .025 and .975 of "
        f"{counted_as(10 * settings['bootstraps'], 'bootstrap')} of the images; p is from "
        f"{counted_as(settings['permutations'], 'permutation')} of the images within subject. As "
        "the trials nearest a prototype were selected by their correlation with it, so that part "
        "of it is noise [@kriegeskorte2009], the other presentations of the same images were "
        "correlated with the prototype as well."
    )


def _labels(settings: dict[str, Any], several: bool) -> str:
    labels = settings["labels"]
    subjects = ", and by prototypes fitted to other subjects" if several else ""
    return (
        f"Categories in at least {counted_as(labels['min_images'], 'image')} were tested for "
        "being shown more often by a cluster's images than if pictures were dealt to images at "
        "random: by the moments of that distribution [@cochran1977; @mielke2007] for all of a "
        "cluster's images, each weighted by the share of its trials in the cluster, and by the "
        "hypergeometric distribution for lists of nearest images. q values control the false "
        "discovery rate over clusters and categories [@benjamini1995]. Log-odds were taken "
        f"against the base rate, with a beta prior that counts as {labels['prior']:g} images. The "
        f"same was done with trials labelled by prototypes fitted to other images{subjects}. "
        "Whether categories that are seen together have similar responses was tested by the "
        "correlation of φ with Pearson's r of responses, over pairs of categories and between "
        "sets that have no image in common; p is the larger of those of "
        f"{counted_as(settings['permutations'], 'permutation')} of images and of categories "
        "[@mantel1967]. Labels were also predicted by ridge regression [@hoerl1970], out of fold, "
        "from clusters, principal axes and all regions."
    )


def _associations(data: dict[str, Any], several: bool) -> str:
    of = ["the subject"] if several else []
    of.append("the session")
    if data["runs"]:
        of.append("the run within a session")
    if data["images"]:
        of.append("how often the image had been seen before")
    pictures = (
        " The same was done for tenths of the pictures' luminance, contrast [@bex2002] and fine "
        "detail, the share of the power spectrum above 32 cycles per picture [@torralba2003], each "
        "image counted once."
        if data["pictures"]
        else ""
    )
    *rest, last = of
    told = f"{', '.join(rest)} and {last}" if rest else last
    return (
        f"The association of clusters with {told} was measured by Cramér's V, corrected for bias "
        f"[@bergsma2013].{pictures}"
    )
