"""Draw how the prototypes of the other subjects fit each subject."""

from response_clusters.figures import style
from response_clusters.figures.generalisation import generalisation_figure
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        files, out = rule.input, rule.output
        figure = generalisation_figure(
            read_table(files.table, "generalisation"),
            rule.params["note"],
        )
        style.save(figure, out.svg, out.png)
