"""Draw which rule reads the files of which into docs/rules.svg: a column for each stage."""

import re
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path as Curve

ROOT = Path(__file__).resolve().parents[1]
STAGES = {
    "embedded dataset": ("sources/simulated",),
    "dataset": ("sources/voxels", "sources/averages"),
    "responses": ("responses",),
    "clusters": ("clusters",),
    "consistency, images": ("consistency", "images"),
    "labels": ("labels",),
    "claims": ("nulls", "stability", "enrichment", "claims"),
}
AVERAGES = [("import_table", "gather_responses"), ("import_table", "pool_regions")]  # read instead
BOX = {"boxstyle": "round,pad=0.3", "facecolor": "#eef3f7", "edgecolor": "none"}


def edges() -> list[tuple[str, str]]:
    words = [sys.executable, "-m", "snakemake", "--rulegraph", "dot", "--forceall", "--quiet"]
    dot = subprocess.check_output(words, cwd=ROOT, text=True, stderr=subprocess.DEVNULL)
    names = dict(re.findall(r"(\d+)\[label = \"(\w+)\"", dot))
    return [(names[a], names[b]) for a, b in re.findall(r"(\d+) -> (\d+)", dot)] + AVERAGES


def drawn(every: list[tuple[str, str]]) -> Figure:
    figure = Figure((11.2, 3), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 7), ylim=(7, -1.4))
    axes.set_axis_off()
    columns: dict[str, list[str]] = {stage: [] for stage in [*STAGES, "figures"]}
    for stage, files in STAGES.items():
        for file in files:
            text = (ROOT / f"workflow/rules/{file}.smk").read_text("utf-8")
            for rule in re.findall(r"^ *rule (\w+):", text, re.M):
                columns["figures" if rule.startswith("plot_") else stage].append(rule)
    place: dict[str, tuple[float, float]] = {}
    for x, (stage, rules) in enumerate(columns.items()):
        axes.text(x + 0.04, -0.9, stage, size=8, weight="bold", va="center")
        for y, rule in enumerate(rules):
            place[rule] = x + 0.04, y + (7 - len(rules)) / 2
            axes.text(*place[rule], rule, size=7, va="center", bbox=BOX, zorder=2)
    for (xa, ya), (xb, yb), a in ((place[a], place[b], a) for a, b in sorted(every) if b in place):
        # Rules of one column are joined at their left, others from the right to the left.
        start, out, back = (xa, -0.1, 0.1) if xa == xb else (xa + 0.036 * len(a), 0.2, 0.3)
        points = [(start, ya), (start + out, ya), (xb - back, yb), (xb, yb)]
        curve = Curve(points, [Curve.MOVETO] + [Curve.CURVE4] * 3)
        axes.add_patch(FancyArrowPatch(path=curve, arrowstyle="-", color="#8fa9bf", linewidth=0.7))
    return figure


if __name__ == "__main__":
    mpl.rcParams["svg.hashsalt"] = "rules"
    drawn(edges()).savefig(ROOT / "docs/rules.svg", metadata={"Date": None})
