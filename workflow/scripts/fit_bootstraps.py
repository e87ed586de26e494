"""Measure how well fits of image bootstraps agree with the fit, in the data or in surrogates."""

from response_clusters.comparison.matching import prototype_matrix
from response_clusters.statistics.datasets import OBSERVED
from response_clusters.statistics.measures import Value
from response_clusters.statistics.resampling import bootstrap, rivals
from response_clusters.study.draws import TRIALS, data_sets, read_study, write_draws
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        study = read_study(rule)
        observed, values = rule.wildcards.model == OBSERVED, {}
        table = read_table(rule.input.centroids, "centroids")
        reference = prototype_matrix(table)[study.regions].to_numpy()
        for draw, data in data_sets(rule, study.sets):
            found: list[Value] = []
            # Of the data there is one fit, and so one rival, whatever the number of bootstraps.
            if not observed or draw == 0:
                best, found = rivals(data, study.k, study.settings)
                reference = reference if observed else best.prototypes
            found += bootstrap(data, draw, reference, study.settings, observed)
            values[TRIALS, draw] = found
        write_draws(rule, values)
