"""What the page says of the Natural Scenes Dataset: where responses come from, and its terms."""

TERMS = (
    "Do not pass this page on: it shows pictures of the Natural Scenes Dataset, whose terms forbid "
    "redistribution. With report.pictures: false in the configuration, it shows none."
)
ESTIMATED = {
    "betas_fithrf_GLMdenoise_RR": (
        ", estimated by a general linear model with a hemodynamic response function fitted to each "
        "voxel, denoising by GLMdenoise and ridge regression [@prince2022]"
    ),
    "betas_fithrf": (
        ", estimated by a general linear model with a hemodynamic response function fitted to each "
        "voxel"
    ),
    "betas_assumehrf": (
        ", estimated by a general linear model with a canonical hemodynamic response function"
    ),
}
"""How betas of each version came about, for the text on methods."""
SPACES = {"func1pt8mm": "1.8 mm", "func1mm": "1 mm"}


def responses(version: str, space: str) -> str:
    """Where betas of a version in one of `SPACES` come from, for the text on methods."""
    return (
        "Responses were those of the Natural Scenes Dataset (NSD) [@allen2022], in which subjects "
        "looked at photographs of COCO [@lin2014] while their brains were scanned by fMRI at 7 T: "
        f"betas of single trials{ESTIMATED.get(version, '')} (version {version}), in the subject's "
        f"functional space of {SPACES[space]}."
    )
