"""List the stimulus table's images and what their annotations show of them within the crop."""

from collections import Counter

import pandas as pd
from response_clusters.images.coco import read_instances
from response_clusters.images.labels import category_table, image_table, label_table
from response_clusters.records import write_record
from response_clusters.sources.nsd.design import read_design
from response_clusters.sources.nsd.tables import read_stimuli, require_same_design
from response_clusters.study.job import job
from response_clusters.tables import write_table

if __name__ == "__main__":
    with job() as rule:
        source, output = rule.input, rule.output
        stimuli = read_stimuli(source.stimuli)
        if source.get("design"):
            require_same_design(source.stimuli, read_design(source.design))
        instances = read_instances(source.annotations) if source.get("annotations") else None
        labels = pd.DataFrame(columns=["image", "instances"])
        if instances:
            drawn: Counter[str] = Counter()
            labels = label_table(stimuli, instances, rule.params["crop"], drawn)
            rule.log.info(
                "%d instances by their outlines, %d without one by their boxes, %d smaller than a "
                "pixel as one; %d left out, which are nowhere in their image",
                *(drawn[how] for how in ("outlines", "boxes", "below one pixel", "not drawn")),
            )
            record = {
                "instances": drawn.total(),
                "boxes": drawn["boxes"],
                "below_one_pixel": drawn["below one pixel"],
                "left_out": drawn["not drawn"],
            }
            write_record(record, output.drawn, "labels")
            write_table(labels, output.labels, "labels")
            write_table(category_table(instances), output.categories, "categories")
        images = image_table(stimuli, instances, labels)
        rule.log.info("%d of %d images are annotated", images["covered"].sum(), len(images))
        write_table(images, output.images, "images")
