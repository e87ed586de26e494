"""Measure how well fits of image bootstraps agree with the fit, in the data or in surrogates."""

from response_clusters.comparison.matching import prototype_matrix
from response_clusters.statistics.datasets import OBSERVED
from response_clusters.statistics.resampling import bootstrap, bootstrap_elbow, in_order_of, rivals
from response_clusters.study.draws import TRIALS, data_sets, read_study, write_draws
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        study = read_study(rule)
        k, settings, values = study.k, study.settings, {}
        observed = rule.wildcards.model == OBSERVED
        table = read_table(rule.input.centroids, "centroids")
        chosen = prototype_matrix(table)[study.regions].to_numpy()
        best = None
        for draw, data in data_sets(rule, study.sets):
            if best is None or not observed:
                best, found = rivals(data, k, settings)
            reference = in_order_of(best.prototypes, chosen) if observed else best.prototypes
            values[TRIALS, draw] = bootstrap(data, draw, reference, settings)
            # Of the data there is one fit, and so one rival, whatever the number of bootstraps.
            if draw == 0 or not observed:
                values[TRIALS, draw] += found
            if observed:
                values[TRIALS, draw] += bootstrap_elbow(data, draw, k, settings)
        write_draws(rule, values)
