"""Draw how the trials of all subjects flow from the clusters at each k to those at the next."""

from response_clusters.comparison.identity import identity_of
from response_clusters.figures import style
from response_clusters.figures.lineage import lineage_figure
from response_clusters.names import POOLED
from response_clusters.records import read_record
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        files, out = rule.input, rule.output
        flows = read_table(files.table, "lineage")
        flows = flows[flows["cohort"] == POOLED]
        identity = read_table(files.identity, "identity")
        figure = lineage_figure(
            flows,
            read_record(files.elbow, "elbow")["k"],
            {k: identity_of(identity, k) for k in range(1, flows["k_next"].max() + 1)},
            POOLED,
            rule.params["note"],
        )
        style.save(figure, out.svg, out.png)
