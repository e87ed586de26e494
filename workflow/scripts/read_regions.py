"""Find the voxels that one subject has of each region asked for, and count them."""

from pathlib import Path

from response_clusters.errors import StudyError
from response_clusters.job import job
from response_clusters.nsd_regions import (
    chosen,
    read_labels,
    read_names,
    region_masks,
    region_table,
    same_shape,
)
from response_clusters.nsd_voxels import write_voxels
from response_clusters.tables import write_table

if __name__ == "__main__":
    with job() as rule:
        source, params = rule.input, rule.params
        asked = params["regions"]
        tables = iter(source.names)
        labels = {
            collection: chosen(
                collection, choice, {} if isinstance(choice, dict) else read_names(next(tables))
            )
            for collection, choice in asked.items()
        }
        volumes = dict(zip(asked, map(read_labels, source.volumes), strict=True))
        same_shape(dict(zip(source.volumes, volumes.values(), strict=True)))
        table = region_table(volumes, labels)
        if (held := table["present"].sum()) < 2:
            raise StudyError(
                f"{Path(source.volumes[0]).parent}: {rule.wildcards.subject} has {held} of the "
                f"{len(table)} regions asked for; expected at least two, or nothing correlates: "
                "ask for more in the configuration's regions, or leave the subject out of its "
                "subjects."
            )
        absent = table.loc[~table["present"], "region"]
        rule.log.info("%d regions present; absent: %s", table["present"].sum(), list(absent))
        write_voxels(region_masks(volumes, table), rule.output.voxels)
        write_table(table, rule.output.regions, "regions")
