"""Measure the data, or surrogates of them, at the chosen k and over k."""

from response_clusters.statistics.datasets import CONTINUUM
from response_clusters.statistics.measures import measured
from response_clusters.study.draws import (
    TRIALS,
    data_sets,
    prototypes_table,
    read_study,
    write_draws,
)
from response_clusters.study.job import job
from response_clusters.tables import write_table

if __name__ == "__main__":
    with job() as rule:
        study = read_study(rule)
        values, drawn = {}, {}
        for draw, data in data_sets(rule, study.sets):
            curve = data.model != CONTINUUM or draw < rule.params["curve"]
            values[TRIALS, draw], drawn[draw] = measured(data, study.chosen, study.settings, curve)
        write_draws(rule, values)
        table = prototypes_table(rule.wildcards.model, drawn, study.regions)
        write_table(table, rule.output.prototypes, "drawn_prototypes")
