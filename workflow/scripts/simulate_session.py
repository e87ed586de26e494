"""Write one simulated session's betas in NSD's HDF5 layout, and its map of valid voxels."""

from response_clusters.sources.nsd.design import read_design, trial_table
from response_clusters.sources.regions import read_labels, region_masks, region_table
from response_clusters.study.job import job
from response_clusters.tables import read_table
from simulated_nsd.model_file import load_model
from simulated_nsd.session import simulated_session, write_betas
from simulated_nsd.volumes import RESOLUTION, labels_of, write_volume

if __name__ == "__main__":
    with job() as rule:
        files, params = rule.input, rule.params
        subject, session = rule.wildcards.subject, int(rule.wildcards.session)
        model = load_model()
        collections = zip(params["collections"], files.volumes, strict=True)
        volumes = {collection: read_labels(path).values for collection, path in collections}
        trials = trial_table(read_design(files.design), subject, [session])
        simulated = simulated_session(
            model,
            region_masks(volumes, region_table(volumes, labels_of(model))),
            read_labels(files.brainmask).values == 1,
            read_table(files.scenes, "simulated_scenes"),
            trials["image"].to_numpy(),
            int(subject[-2:]),
            session,
            params,
        )
        write_betas(simulated.betas, rule.output.betas)
        write_volume(simulated.valid, RESOLUTION[params["space"]], rule.output.valid)
        rule.log.info("%d trials, gain %.2f", len(trials), simulated.gain)
