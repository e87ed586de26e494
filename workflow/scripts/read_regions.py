"""Count the voxels that one subject has of each region asked for."""

from response_clusters.errors import StudyError
from response_clusters.job import job
from response_clusters.nsd_regions import chosen, read_labels, read_names, region_table
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
        shapes = {path: v.shape for path, v in zip(source.volumes, volumes.values(), strict=True)}
        if len(set(shapes.values())) > 1:
            raise StudyError(f"The region volumes differ in shape: {shapes}.")
        table = region_table(volumes, labels)
        absent = table.loc[~table["present"], "region"]
        rule.log.info("%d regions present; absent: %s", table["present"].sum(), list(absent))
        write_table(table, rule.output.regions, "regions")
