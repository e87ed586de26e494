"""Draw how much of the nearest images' correlation is left in their other presentations."""

from response_clusters.figures import style
from response_clusters.figures.nearest_again import nearest_again_figure
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        table = read_table(rule.input.nearest_again, "nearest_again")
        figure = nearest_again_figure(table, rule.params["note"])
        style.save(figure, rule.output.svg, rule.output.png)
