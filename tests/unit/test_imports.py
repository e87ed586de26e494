"""What each script imports when it starts: hundreds of jobs pay for it.

Whoever adds an import here has looked at what it costs and at what uses it: seaborn takes 1.7 s,
scikit-learn 1.5, pandas (with numpy and pyarrow) .5, numba .35 and numpy .13.
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "workflow" / "scripts"
HEAVY = [
    *("PIL", "h5py", "jsonschema", "matplotlib", "msgspec", "nibabel", "numba", "numpy", "pandas"),
    *("pyarrow", "pycocotools", "scipy", "seaborn", "sklearn", "snakemake", "wordcloud", "zlib_ng"),
]
TABLES = "numpy pandas pyarrow"
FIGURES = f"PIL matplotlib {TABLES}"
# numba, nibabel and seaborn bring scipy's outermost package along.
IMPORTS = {
    "average_session": TABLES,
    "choose_k": TABLES,
    "compare_k": f"{TABLES} scipy",
    "compare_subjects": f"{TABLES} scipy",
    "copy_best": "",
    "count_labels": TABLES,
    "find_nearest": TABLES,
    "find_stale": "",
    "fit_kmeans": f"{TABLES} numba scipy",
    "gather_responses": TABLES,
    "import_table": TABLES,
    "list_images": f"{TABLES} msgspec pycocotools",
    "match_pooled": f"{TABLES} scipy",
    "plot_centroids": FIGURES,
    "plot_consistency_k": f"{FIGURES} scipy seaborn",
    "plot_consistency_subjects": FIGURES,
    "plot_contact_sheet": FIGURES,
    "plot_elbow": FIGURES,
    "plot_mosaic": FIGURES,
    "plot_wordcloud": f"{FIGURES} wordcloud",
    "pool_regions": TABLES,
    "pool_responses": TABLES,
    "read_regions": f"{TABLES} nibabel scipy",
    "read_stimuli": TABLES,
    "read_trials": TABLES,
    "record_config": "",
    "record_versions": "",
    "simulate_pictures": f"{TABLES} PIL h5py pycocotools",
    "simulate_session": f"{TABLES} h5py nibabel scipy",
    "simulate_shared": f"{TABLES} PIL pycocotools",
    "simulate_subject": f"{TABLES} nibabel scipy",
}


def imported(script: str) -> list[str]:
    """The heavy packages that are there after a script's own imports, without its main block."""
    code = (
        f"import runpy, sys; sys.path.append({str(SCRIPTS)!r}); "
        f"runpy.run_path({str(SCRIPTS / script)!r} + '.py', run_name='imported'); "
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_every_script_is_listed() -> None:
    assert set(IMPORTS) == {path.stem for path in SCRIPTS.glob("*.py")}


def test_scripts_import_what_they_use_and_no_more() -> None:
    with ThreadPoolExecutor(2) as pool:
        found = dict(zip(IMPORTS, pool.map(imported, IMPORTS), strict=True))
    assert found == {s: sorted(held.split(), key=HEAVY.index) for s, held in IMPORTS.items()}


def test_no_rule_runs_python_in_a_run_block() -> None:
    """Such a job starts a whole Snakemake again: two core-seconds, where a script takes a third."""
    rules = SCRIPTS.parent / "rules"
    for path in [*rules.rglob("*.smk"), SCRIPTS.parents[1] / "Snakefile"]:
        assert "\n    run:" not in path.read_text("utf-8").replace("\t", "    "), path
