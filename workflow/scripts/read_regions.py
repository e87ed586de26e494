"""Find the voxels that one subject has of each region asked for, and count them."""

from pathlib import Path

from response_clusters.errors import StudyError
from response_clusters.sources.nifti import axes_of, read_volume
from response_clusters.sources.regions import (
    aligned,
    chosen,
    grid_of,
    read_labels,
    read_names,
    region_masks,
    region_table,
    require_region_names,
)
from response_clusters.sources.voxels import write_voxels
from response_clusters.study.job import job
from response_clusters.tables import write_table

if __name__ == "__main__":
    with job() as rule:
        source, params = rule.input, rule.params
        asked = params["regions"]
        tables, labels = iter(source.names), {}
        for collection, choice in asked.items():
            named_by = "Configuration" if isinstance(choice, dict) else next(tables)
            names = {} if isinstance(choice, dict) else read_names(named_by)
            labels[collection] = chosen(collection, choice, names)
            require_region_names(labels[collection], named_by)
        given = [read_labels(path) for path in source.volumes]
        mean_axes = ""
        if source.get("mean"):
            given.append(read_volume(source.mean, "a subject's mean volume in NIfTI format"))
            mean_axes = axes_of(given[-1])
        given = aligned(given)
        volumes = {c: volume.values for c, volume in zip(asked, given, strict=False)}
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
        masks, affine = region_masks(volumes, table), grid_of(given).affine
        write_voxels(masks, affine, rule.output.voxels, mean_axes)
        write_table(table, rule.output.regions, "regions")
