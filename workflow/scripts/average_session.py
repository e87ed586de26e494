"""Average one session's single-trial betas over the voxels of each region."""

import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.responses.regional_means import regional_means, voxel_counts
from response_clusters.sources.loading import load
from response_clusters.sources.voxels import read_voxels
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        params, output = rule.params, rule.output
        files = dict(rule.files)
        voxels = read_voxels(files.pop("voxels"), read_table(files.pop("regions"), "regions"))
        read = load(params["reader"])
        betas = read(files, rule.wildcards.subject, int(rule.wildcards.session), voxels)
        zscore, invalid, regions = params["zscore"], params["invalid"], list(voxels.members)
        try:
            averaged = regional_means(betas.values, voxels.members, zscore, invalid, betas.scale)
        except StudyError as error:
            raise StudyError(f"{next(iter(files.values()))}: {error}") from None
        means = pd.DataFrame(averaged.means, columns=regions)
        means.insert(0, "trial", betas.trials)
        del betas  # makes room for the writer of Parquet
        rule.log.info(
            "%d voxels read; left out: %d zero, %d constant",
            *(voxels.mask.sum(), averaged.zero.sum(), averaged.constant.sum()),
        )
        write_table(voxel_counts(averaged, regions), output.voxels, "voxels")
        write_table(means, output.means, "regional_means")
