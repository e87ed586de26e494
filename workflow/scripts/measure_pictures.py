"""Measure luminance, contrast and fine detail of the pictures that were shown."""

from response_clusters.images.properties import picture_properties, sampled
from response_clusters.names import POOLED
from response_clusters.statistics.seeds import draw_generator
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        files = rule.input
        images = read_table(files.responses, "responses", ["image"])["image"]
        shown = sampled(images, draw_generator(rule.params["seed"], "pictures", POOLED, 0))
        stimuli = read_table(files.stimuli, "stimuli") if files.get("stimuli") else None
        table = picture_properties(rule.files["pictures"], shown, stimuli)
        rule.log.info("%d of %d pictures measured", len(table), images.nunique())
        write_table(table, rule.output.table, "picture_properties")
