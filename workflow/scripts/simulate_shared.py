"""Write what all simulated subjects share: design, stimulus table and COCO annotations."""

from response_clusters.files import replacing
from response_clusters.study.job import job
from response_clusters.tables import write_table
from simulated_nsd.shared import (
    composed_scenes,
    instance_files,
    make_design,
    scene_table,
    shown_images,
    stimulus_table,
    write_annotations,
    write_design,
)

if __name__ == "__main__":
    with job() as rule:
        params, output = rule.params, rule.output
        design = make_design(params["seed"])
        images = shown_images(design, params["sessions"])
        scenes = composed_scenes(params["seed"], images, rule.threads)
        sizes = {image: (scene.width, scene.height) for image, scene in scenes.items()}
        stimuli = stimulus_table(design, params["seed"], sizes)
        rule.log.info("%d images are shown in the sessions to be recorded", len(scenes))
        write_design(design, output.design)
        with replacing(output.stimuli) as draft:
            stimuli.to_csv(draft, lineterminator="\n")
        write_annotations(instance_files(scenes, stimuli), output.annotations)
        table = scene_table(scenes)
        write_table(table, output.scenes, "simulated_scenes")
        write_table(table[["image", "theme"]], output.truth, "simulated_truth")
