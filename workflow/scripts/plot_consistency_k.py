"""Draw the consistency of a cohort's prototypes across values of k."""

from response_clusters.comparison.identity import identity_of
from response_clusters.figures import style
from response_clusters.figures.consistency_k import consistency_k_figure
from response_clusters.records import read_record
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        files, out = rule.input, rule.output
        k = read_record(files.elbow, "elbow")["k"]
        figure = consistency_k_figure(
            read_table(files.table, "consistency_k"),
            k,
            identity_of(read_table(files.identity, "identity"), k),
            rule.wildcards.cohort,
            rule.params["note"],
        )
        style.save(figure, out.svg, out.png)
