"""Find the trials, and so the images, nearest each cluster's prototype."""

from response_clusters.images.nearest import nearest, require_listed, with_coco
from response_clusters.sources.nsd.tables import read_stimuli
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        source, params = rule.input, rule.params
        assignments = read_table(source.assignments, "assignments")
        # The stimulus table itself: the study's own list of images also depends on the labels.
        images = read_stimuli(source.stimuli) if source.get("stimuli") else None
        if images is not None:
            require_listed(assignments, images, source.stimuli)
        annotated = None
        if params["annotated"]:
            listed = read_table(source.images, "images", ["image", "covered"])
            annotated = listed.loc[listed["covered"], "image"].to_numpy()
        rows = nearest(assignments, max(params["top"]), params["distinct"], annotated)
        rows = with_coco(rows, images)
        rule.log.info("%d rows", len(rows))
        write_table(rows, rule.output.nearest, "nearest")
