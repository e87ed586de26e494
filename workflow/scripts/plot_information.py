"""Draw how well labels are predicted from clusters, axes and regions."""

from response_clusters.figures import style
from response_clusters.figures.information import information_figure
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        table = read_table(rule.input.information, "information")
        figure = information_figure(table, rule.params["note"])
        style.save(figure, rule.output.svg, rule.output.png)
