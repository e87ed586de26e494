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
    *(
        "PIL",
        "altair",
        "h5py",
        "jsonschema",
        "matplotlib",
        "msgspec",
        "nibabel",
        "numba",
        "numpy",
        "pandas",
    ),
    *(
        "pyarrow",
        "pycocotools",
        "scipy",
        "seaborn",
        "sklearn",
        "snakemake",
        "vl_convert",
        "wordcloud",
        "zlib_ng",
    ),
]
TABLES = "numpy pandas pyarrow"
FIGURES = f"PIL matplotlib {TABLES}"
NOTHING = ("copy_best", "find_stale", "find_unaccounted", "record_config", "record_provenance")
NOTHING += ("record_versions", "tell")
# What scripts import beyond tables, or beyond figures if they draw one. numba, nibabel and seaborn
# bring scipy's outermost package along.
FURTHER = {
    "compare_k": "scipy",
    "compare_left_out": "scipy",
    "compare_nulls": "scipy",
    "compare_repeats": "scipy",
    "compare_shared": "scipy",
    "compare_stability": "scipy",
    "compare_subjects": "scipy",
    "explore_cohort": "scipy",
    "fit_bootstraps": "numba scipy",
    "fit_draws": "numba scipy",
    "fit_halves": "numba scipy",
    "fit_kmeans": "numba scipy",
    "fit_ladder": "numba scipy",
    "fit_left_out": "numba scipy",
    "label_apart": "numba scipy",
    "list_images": "msgspec pycocotools",
    "make_thumbnails": "PIL",
    "match_pooled": "scipy",
    "measure_associations": "scipy",
    "measure_cooccurrence": "scipy",
    "measure_enrichment": "scipy",
    "measure_geometry": "scipy",
    "measure_information": "scipy",
    "measure_pictures": "PIL",
    "measure_sensitivity": "numba scipy",
    "paint_map": "nibabel scipy",
    "plot_consistency_k": "scipy seaborn",
    "plot_map": "nibabel scipy",
    "plot_stability": "scipy",
    "plot_wordcloud": "wordcloud",
    "read_regions": "nibabel scipy",
    "repeat_nearest": "scipy",
    "simulate_pictures": "PIL h5py pycocotools",
    "simulate_session": "h5py nibabel scipy",
    "simulate_shared": "PIL pycocotools",
    "simulate_subject": "nibabel scipy",
    "trace_lineage": "scipy",
    "verify": "scipy",
    "write_report": "PIL altair jsonschema matplotlib vl_convert",
}


def allowed(script: str) -> str:
    """The heavy packages that a script may import when it starts."""
    if script in NOTHING:
        return ""
    if script == "preflight":  # it is run by hand and merges configurations as Snakemake does
        return "snakemake"
    usual = FIGURES if script.startswith("plot_") else TABLES
    return f"{usual} {FURTHER.get(script, '')}"


def imported(script: str) -> list[str]:
    """The heavy packages that are there after a script's own imports, without its main block."""
    code = (
        f"import runpy, sys; sys.path.append({str(SCRIPTS)!r}); "
        f"runpy.run_path({str(SCRIPTS / script)!r} + '.py', run_name='imported'); "
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_every_script_that_is_listed_is_there() -> None:
    assert {*NOTHING, *FURTHER} <= {path.stem for path in SCRIPTS.glob("*.py")}


def test_scripts_import_what_they_use_and_no_more() -> None:
    scripts = sorted(path.stem for path in SCRIPTS.glob("*.py"))
    with ThreadPoolExecutor(2) as pool:
        found = dict(zip(scripts, pool.map(imported, scripts), strict=True))
    assert found == {s: sorted(allowed(s).split(), key=HEAVY.index) for s in scripts}


def test_no_rule_runs_python_in_a_run_block() -> None:
    """Such a job starts a whole Snakemake again: two core-seconds, where a script takes a third."""
    rules = SCRIPTS.parent / "rules"
    for path in [*rules.rglob("*.smk"), SCRIPTS.parent / "Snakefile"]:
        assert "\n    run:" not in path.read_text("utf-8").replace("\t", "    "), path
