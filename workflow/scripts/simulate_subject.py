"""Write one simulated subject's anatomy: region volumes, label tables, quality maps, behaviour."""

from pathlib import Path

from response_clusters.sources.nsd.design import read_design
from response_clusters.study.job import job
from response_clusters.tables import read_table
from simulated_nsd.model_file import load_model
from simulated_nsd.subject import write_subject

if __name__ == "__main__":
    with job() as rule:
        files, params = rule.input, rule.params
        scenes = read_table(files.scenes, "simulated_scenes")
        write_subject(
            Path(params["root"]),
            rule.wildcards.subject,
            params["space"],
            Path(rule.output.ncsnr),
            load_model(),
            list(scenes.columns[3:]),
            read_design(files.design),
            params,
        )
