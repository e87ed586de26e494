"""What a user has set for figures of their own does not reach the study's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[3] / "workflow" / "scripts"
PLOTS = sorted(path.stem for path in SCRIPTS.glob("plot_*.py"))

# Imports a script as a job does, draws a small figure in the study's style, prints its digest.
DRAW = """
import hashlib, runpy, sys
sys.path.append(sys.argv[1])
runpy.run_path(f"{sys.argv[1]}/{sys.argv[2]}.py", run_name="imported")
from response_clusters.figures import style
figure = style.canvas(3, 2)
axes = style.place(figure, 0.5, 0.6, 2, 1)
axes.plot([1.5, -2.5, 1e6], [1, 2, 3])
axes.set_title("$x_1$", weight="bold")
style.heading(figure, "A title", "What it shows")
style.note(figure, "A note")
style.save(figure, "drawn.svg", "drawn.png")
both = [open(f"drawn.{kind}", "rb").read() for kind in ("svg", "png")]
print(hashlib.sha256(both[0]).hexdigest(), hashlib.sha256(both[1]).hexdigest())
"""


def drawn(script: str, folder: Path, rc: bytes | None = None, **env: str) -> list[str]:
    """Digests of the SVG and the PNG that are drawn in `folder` after a script's imports."""
    folder.mkdir(parents=True, exist_ok=True)
    if rc is not None:
        (folder / "matplotlibrc").write_bytes(rc)
    done = subprocess.run(
        [sys.executable, "-c", DRAW, str(SCRIPTS), script],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, **env},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.split()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return drawn("plot_elbow", tmp_path_factory.mktemp("undisturbed"))


RC = (
    b"text.usetex: True\nsavefig.bbox: tight\naxes.grid: True\nfont.family: serif\n"
    b"backend: Qt5Agg\n"
)


@pytest.mark.parametrize("script", PLOTS)
def test_every_script_starts_from_defaults(
    script: str, undisturbed: list[str], tmp_path: Path
) -> None:
    backend = "module://matplotlib_inline.backend_inline_that_is_not_here"
    assert drawn(script, tmp_path, RC, MPLBACKEND=backend) == undisturbed


def test_damaged_style_sheets_are_not_read(undisturbed: list[str], tmp_path: Path) -> None:
    (tmp_path / "stylelib").mkdir()
    (tmp_path / "stylelib" / "mine.mplstyle").write_bytes(b"font.family: \xe9\xff\n")
    assert drawn("plot_consistency_k", tmp_path, MPLCONFIGDIR=str(tmp_path)) == undisturbed


@pytest.mark.parametrize(
    ("rc", "env"),
    [
        (None, {"MPLBACKEND": "no_such_backend"}),
        (b"savefig.bbox: tight\n", {}),
        (b"axes.grid: perhaps\nno.such.key: 1\nnot a setting\n", {}),
        (b"font.family: \xe9\xff\n", {}),
        (None, {"MATPLOTLIBRC": "nowhere/matplotlibrc"}),
        (None, {"MPLCONFIGDIR": "/proc/nowhere", "HOME": "/proc/nowhere"}),
        (None, {"PYTHONWARNINGS": "error", "PYTHONOPTIMIZE": "2"}),
        (None, {"LC_ALL": "de_DE.UTF-8", "SOURCE_DATE_EPOCH": "0", "PYTHONHASHSEED": "7"}),
    ],
)
def test_settings_of_every_kind_change_nothing(
    rc: bytes | None, env: dict[str, str], undisturbed: list[str], tmp_path: Path
) -> None:
    assert drawn("plot_elbow", tmp_path, rc, **env) == undisturbed
