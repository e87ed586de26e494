"""The embedded dataset: a simulated NSD root, read back by the rules of voxels.smk.

Reads the simulator's model.yaml. Writes results/<study>/simulated/ (NSD's own layout),
simulated_scenes.parquet (the simulator's own notes) and simulated_truth.tsv (for tests).
"""

from response_clusters.sources.nsd import layout as nsd_layout
from simulated_nsd.model_file import model_digest
from simulated_nsd.source import ATLASES, RESPONDING

SUBJECT = "{subject}"
SPACE, VERSION = config["dataset"]["space"], config["dataset"]["betas"]
SIMULATED_SESSIONS = {s: n for s, n in config["simulated"]["sessions"].items() if n}
below_root = plan.source.below


rule simulate_shared:
    """The design, the stimulus table and COCO's annotations."""
    output:
        design=below_root(nsd_layout.DESIGN),
        stimuli=below_root(nsd_layout.STIMULI),
        annotations=[below_root(path) for path in nsd_layout.ANNOTATIONS],
        scenes=f"{OUT}/simulated_scenes.parquet",
        truth=f"{OUT}/simulated_truth.tsv",
    log:
        log_file("simulate_shared"),
    benchmark:
        timing("simulate_shared")
    conda:
        "../../../envs/conda.yaml"
    threads: 2
    resources:
        **needs("simulate_shared"),
    params:
        job=job_params(
            "simulate_shared",
            "seed",
            files=["simulated.sessions"],
            sessions=SIMULATED_SESSIONS,
        ),
    message:
        "Composing the simulated pictures and the experiment"
    script:
        "../../scripts/simulate_shared.py"


rule simulate_pictures:
    """The pictures, drawn into NSD's stimulus file."""
    input:
        scenes=rules.simulate_shared.output.scenes,
        stimuli=rules.simulate_shared.output.stimuli,
    output:
        pictures=below_root(nsd_layout.PICTURES),
    log:
        log_file("simulate_pictures"),
    benchmark:
        timing("simulate_pictures")
    # Nothing but the mosaics waits for the pictures, but they take the longest of all.
    priority: 1
    conda:
        "../../../envs/conda.yaml"
    resources:
        **needs("simulate_pictures"),
    params:
        job=job_params("simulate_pictures", "seed"),
    message:
        "Drawing the simulated pictures"
    script:
        "../../scripts/simulate_pictures.py"


rule simulate_subject:
    """A subject's region volumes, label tables, quality maps and behaviour."""
    input:
        design=rules.simulate_shared.output.design,
        scenes=rules.simulate_shared.output.scenes,
    output:
        volumes=[
            [
                below_root(path)
                for path in nsd_layout.hemispheres(SUBJECT, SPACE, collection)
            ]
            for collection in [*RESPONDING, *ATLASES]
        ],
        names=[
            below_root(nsd_layout.region_names(SUBJECT, collection))
            for collection in [*RESPONDING, *ATLASES]
        ],
        maps=[
            below_root(nsd_layout.volume(SUBJECT, SPACE, name))
            for name in ("aseg", "brainmask", "mean", "R2", "valid")
        ],
        ncsnr=below_root(nsd_layout.ncsnr(SUBJECT, SPACE, VERSION)),
        behaviour=below_root(nsd_layout.behaviour(SUBJECT)),
    log:
        log_file("simulate_subject", "{subject}"),
    benchmark:
        timing("simulate_subject", "{subject}")
    wildcard_constraints:
        subject="|".join(SIMULATED_SESSIONS),
    conda:
        "../../../envs/conda.yaml"
    resources:
        **needs("simulate_subject"),
    params:
        job=job_params(
            "simulate_subject",
            "seed",
            "dataset.space",
            "simulated.group_strength",
            files=["simulated.sessions"],
            model=model_digest(),
            root=in_place(plan.source.root),
            sessions=SIMULATED_SESSIONS,
        ),
    message:
        "Simulating the anatomy of {wildcards.subject}"
    script:
        "../../scripts/simulate_subject.py"


rule simulate_session:
    """A session's betas, in NSD's HDF5 layout."""
    input:
        design=rules.simulate_shared.output.design,
        scenes=rules.simulate_shared.output.scenes,
        volumes=[
            below_root(nsd_layout.region_volume(SUBJECT, SPACE, collection))
            for collection in [*RESPONDING, "aseg"]
        ],
        brainmask=below_root(nsd_layout.volume(SUBJECT, SPACE, "brainmask")),
    output:
        betas=below_root(nsd_layout.betas(SUBJECT, SPACE, VERSION, "{session}", "hdf5")),
        valid=below_root(nsd_layout.volume(SUBJECT, SPACE, "valid_session{session}")),
    log:
        log_file("simulate_session", "{subject}", "session{session}"),
    benchmark:
        timing("simulate_session", "{subject}", "session{session}")
    wildcard_constraints:
        subject="|".join(SIMULATED_SESSIONS),
    conda:
        "../../../envs/conda.yaml"
    resources:
        **needs("simulate_session"),
    params:
        job=job_params(
            "simulate_session",
            "seed",
            "dataset.space",
            "simulated.groups",
            "simulated.group_strength",
            "simulated.noise",
            files=["dataset.betas"],
            collections=[*RESPONDING, "aseg"],
            model=model_digest(),
        ),
    message:
        "Simulating session {wildcards.session} of {wildcards.subject}"
    script:
        "../../scripts/simulate_session.py"
