"""Measure how well halves of the images agree, in the data or in surrogates."""

from response_clusters.statistics.resampling import halves
from response_clusters.study.draws import TRIALS, data_sets, read_study, write_draws
from response_clusters.study.job import job

if __name__ == "__main__":
    with job() as rule:
        study = read_study(rule)
        draws = data_sets(rule, study.sets)
        values = {(TRIALS, draw): halves(data, draw, study.settings) for draw, data in draws}
        write_draws(rule, values)
