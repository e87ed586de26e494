"""Find and count one subject's voxels in each requested region."""

from response_clusters.sources.loading import load
from response_clusters.sources.regions import require_two
from response_clusters.sources.voxels import write_voxels
from response_clusters.study.job import job
from response_clusters.tables import write_table

if __name__ == "__main__":
    with job() as rule:
        read = load(rule.params["reader"])
        files, subject = rule.files, rule.wildcards.subject
        regions = read(files, subject, rule.params["regions"])
        table = regions.table
        require_two(table, files, subject)
        absent = list(table.loc[~table["present"], "region"])
        rule.log.info("%d regions present; absent: %s", table["present"].sum(), absent)
        write_voxels(regions.masks, regions.affine, rule.output.voxels, regions.mean_axes)
        write_table(table, rule.output.regions, "regions")
