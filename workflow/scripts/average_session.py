"""Average one session's single-trial betas over the voxels of each region."""

import numpy as np
import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.responses.regional_means import RegionalMeans, regional_means
from response_clusters.sources.nsd.betas import read_betas
from response_clusters.sources.nsd.layout import TRIALS_PER_SESSION
from response_clusters.sources.voxels import read_voxels
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table


def trial_numbers(session: int, count: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """The subject's trial numbers (1-based) of a session of 750."""
    return (session - 1) * TRIALS_PER_SESSION + np.arange(1, count + 1)


def voxel_counts(found: RegionalMeans, regions: list[str]) -> pd.DataFrame:
    """How many voxels of each region were used and why others were not."""
    used = found.voxels - found.zero - found.constant
    return pd.DataFrame(
        {
            "region": regions,
            "voxels": found.voxels,
            "zero": found.zero,
            "constant": found.constant,
            "used": used,
        }
    )


if __name__ == "__main__":
    with job() as rule:
        source, params = rule.input, rule.params
        output, session = rule.output, int(rule.wildcards.session)
        voxels = read_voxels(source.voxels, read_table(source.regions, "regions"))
        members = voxels.members
        beside = source.get("beside") or ""
        betas = read_betas(source.betas, voxels, TRIALS_PER_SESSION, beside)
        if betas.dtype != np.int16:
            rule.log.warning(
                "%s holds %s: its values are taken as they are", source.betas, betas.dtype
            )
        try:
            found = regional_means(betas, members, params["zscore"], params["invalid"])
        except StudyError as error:
            raise StudyError(f"{source.betas}: {error}") from None
        del betas  # makes room for the writer of Parquet
        means = pd.DataFrame(found.means, columns=list(members))
        means.insert(0, "trial", trial_numbers(session, len(means)))
        counts = voxel_counts(found, list(members))
        rule.log.info(
            "%d voxels read; left out: %d zero, %d constant",
            voxels.mask.sum(),
            found.zero.sum(),
            found.constant.sum(),
        )
        write_table(counts, output.voxels, "voxels")
        write_table(means, output.means, "betas")
