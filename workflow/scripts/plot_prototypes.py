"""Draw the geometry of the pooled prototypes."""

from response_clusters.figures import style
from response_clusters.figures.prototypes import prototypes_figure
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        files, out = rule.input, rule.output
        figure = prototypes_figure(
            read_table(files.table, "prototypes"),
            read_table(files.axes, "axes"),
            rule.params["note"],
        )
        style.save(figure, out.svg, out.png)
