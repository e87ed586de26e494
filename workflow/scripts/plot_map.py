"""Draw slices through a subject's brain with the prototypes on them."""

from response_clusters.comparison.identity import identity_of
from response_clusters.figures import style
from response_clusters.figures.maps import map_figure
from response_clusters.records import read_fit
from response_clusters.report.maps import read_mean
from response_clusters.sources.series import read_series
from response_clusters.sources.voxels import read_voxels
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        files, out = rule.input, rule.output
        voxels = read_voxels(files.voxels, read_table(files.regions, "regions"))
        values = read_series(files.map, voxels)
        mean = rule.files.get("mean")
        fit = read_fit(files.fit, range(1, values.shape[1] + 1))
        figure = map_figure(
            voxels,
            values,
            read_mean(mean, voxels) if mean else None,
            fit,
            identity_of(read_table(files.identity, "identity"), fit["k"]),
            rule.wildcards.subject,
            rule.params["note"],
        )
        style.save(figure, out.svg, out.png)
