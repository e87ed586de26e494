"""Find the trials nearest each cluster's prototype, and with them the images."""

from response_clusters.ids import in_one_type
from response_clusters.images.nearest import nearest, require_listed, with_coco
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        files, params = rule.input, rule.params
        assignments = read_table(files.assignments, "assignments")
        stimuli = read_table(files.stimuli, "stimuli") if files.get("stimuli") else None
        if stimuli is not None:
            assignments, stimuli = in_one_type(assignments, stimuli)
            require_listed(assignments, stimuli, files.stimuli)
        annotated = None
        if params["annotated"]:
            images = read_table(files.images, "images", ["image", "covered"])
            assignments, images = in_one_type(assignments, images)
            annotated = images.loc[images["covered"], "image"]
        rows = nearest(assignments, max(params["top"]), params["distinct"], annotated)
        rows = with_coco(rows, stimuli)
        rule.log.info("%d rows", len(rows))
        write_table(rows, rule.output.nearest, "nearest")
