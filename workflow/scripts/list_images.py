"""List the images, and the categories annotated in each within its crop."""

import pandas as pd
from response_clusters.images.labels import annotated_labels, image_table, listed_labels
from response_clusters.records import write_record
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        files, output, labels = rule.files, rule.output, None
        stimuli = read_table(files["stimuli"], "stimuli") if files.get("stimuli") else None
        if files.get("annotations"):
            from response_clusters.images.coco import read_instances

            instances = read_instances(files["annotations"])
            labels = annotated_labels(stimuli, instances, rule.params["crop"])
        elif files.get("table"):
            stimuli, labels = listed_labels(stimuli, files["table"])
        if labels:
            rule.log.info("%s", labels.drawn)
            write_record(labels.drawn, output.drawn, "labels")
            write_table(labels.table, output.labels, "labels")
            write_table(labels.categories, output.categories, "categories")
            images = image_table(stimuli, labels.covered, labels.table)
        else:
            images = image_table(stimuli, False, pd.DataFrame({"image": [], "instances": []}))
        rule.log.info("%d of %d images are annotated", images["covered"].sum(), len(images))
        write_table(images, output.images, "images")
