"""Draw the simulated pictures into NSD's stimulus file, cropped to the square that is shown."""

from response_clusters.sources.nsd.tables import read_stimuli
from response_clusters.study.job import job
from response_clusters.tables import read_table
from simulated_nsd.pictures import write_pictures

if __name__ == "__main__":
    with job() as rule:
        shown = read_table(rule.input.scenes, "simulated_scenes", ["image"])
        crops = read_stimuli(rule.input.stimuli).merge(shown, on="image").sort_values("image")
        write_pictures(rule.params["seed"], crops, rule.output.pictures, rule.threads)
        rule.log.info("%d pictures drawn", len(crops))
