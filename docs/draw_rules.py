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
RULES = ROOT / "workflow/rules"
STAGES = {
    "embedded dataset": ("sources/simulated",),
    "dataset": ("sources/voxels", "sources/averages"),
    "responses": ("responses",),
    "clusters": ("clusters",),
    "what clusters are": ("consistency", "images", "labels", "maps"),
    "figures": (),
    "claims: models": ("nulls", "stability"),
    "claims": ("enrichment", "claims"),
    "page": ("explorer", "report"),
}
AVERAGES = [("import_table", "gather_responses"), ("import_table", "pool_regions")]  # read instead
BOX = {"boxstyle": "round,pad=0.3", "facecolor": "#eef3f7", "edgecolor": "none"}


def edges() -> list[tuple[str, str]]:
    words = [sys.executable, "-m", "snakemake", "--rulegraph", "dot", "--forceall", "--quiet"]
    dot = subprocess.check_output(words, cwd=ROOT, text=True, stderr=subprocess.DEVNULL)
    names = dict(re.findall(r"(\d+)\[label = \"(\w+)\"", dot))
    return [(names[a], names[b]) for a, b in re.findall(r"(\d+) -> (\d+)", dot)] + AVERAGES


def drawn(every: list[tuple[str, str]]) -> Figure:
    columns: dict[str, list[str]] = {stage: [] for stage in STAGES}
    for stage, file in ((stage, file) for stage, files in STAGES.items() for file in files):
        for rule in re.findall(r"^ *rule (\w+):", (RULES / f"{file}.smk").read_text("utf-8"), re.M):
            if not rule.startswith("plot_"):
                columns[stage].append(rule)
            elif not stage.startswith("claims"):  # each of these draws the table of its name
                columns["figures"].append(rule)
    most = max(map(len, columns.values()))
    figure = Figure((12, 0.35 * most + 0.6), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, len(columns) + 0.15), ylim=(most, -1.4))
    axes.set_axis_off()
    place: dict[str, tuple[float, float]] = {}
    for x, (stage, rules) in enumerate(columns.items()):
        axes.text(x + 0.04, -0.9, stage, size=8, weight="bold", va="center")
        for y, rule in enumerate(rules):
            place[rule] = x + 0.04, y + (most - len(rules)) / 2
            axes.text(*place[rule], rule, size=7, va="center", bbox=BOX, zorder=2)
    claims = {rule for stage, rules in columns.items() if "claims" in stage for rule in rules}
    for a, b in sorted((a, b) for a, b in every if a in place and b in place):
        (xa, ya), (xb, yb) = place[a], place[b]
        # Rules of one column are joined at their left, others from the right to the left.
        start, out, back = (xa, -0.1, 0.1) if xa == xb else (xa + 0.036 * len(a), 0.2, 0.3)
        points = [(start, ya), (start + out, ya), (xb - back, yb), (xb, yb)]
        curve = Curve(points, [Curve.MOVETO] + [Curve.CURVE4] * 3)
        colour = "#ccd9e4" if b in claims else "#7f9cb5"  # claims read nearly everything
        axes.add_patch(FancyArrowPatch(path=curve, arrowstyle="-", color=colour, linewidth=0.7))
    return figure


if __name__ == "__main__":
    mpl.rcParams["svg.hashsalt"] = "rules"
    drawn(edges()).savefig(ROOT / "docs/rules.svg", metadata={"Date": None})
