"""Measure the means of images, and their means over subjects, in the data or in surrogates."""

from response_clusters.statistics.ladder import explained, image_level, shared_level
from response_clusters.study.draws import data_sets, read_study, write_draws
from response_clusters.study.job import job

if __name__ == "__main__":
    with job() as rule:
        study = read_study(rule)
        levels = [level(study.sets, study.k) for level in (image_level, shared_level)]
        values = {
            (sets.name, draw): explained(data, study.settings, sets.name)
            for sets in filter(None, levels)
            for draw, data in data_sets(rule, sets)
        }
        write_draws(rule, values)
