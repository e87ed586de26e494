"""Write the stimulus table: the images, their pictures and how they were cropped."""

from response_clusters.images.stimuli import stimulus_table
from response_clusters.sources.loading import load
from response_clusters.study.job import job
from response_clusters.tables import write_table

if __name__ == "__main__":
    with job() as rule:
        stimuli = stimulus_table(load(rule.params["reader"])(rule.files))
        rule.log.info("%d images, %d from COCO", len(stimuli), stimuli["coco_id"].notna().sum())
        write_table(stimuli, rule.output.stimuli, "stimuli")
