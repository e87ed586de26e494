"""Write the figures of the last benchmarks into docs/benchmarks.md, and draw them.

    python benchmarks/document.py      # after make benchmark and benchmark-{study,claims,scaling}

Reads results/benchmarks/*.json. The text around the tables is docs/benchmarks.md's own: what stands
between `<!-- NAME -->` and `<!-- /NAME -->` is replaced.
"""

import json
import os
import platform
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter, NullFormatter

ROOT = Path(__file__).resolve().parents[1]
FIGURES, PAGE = ROOT / "results" / "benchmarks", ROOT / "docs" / "benchmarks.md"
OURS, OTHERS = "#b5443b", "#9aa3ad"


def load(name: str) -> Any:
    return json.loads((FIGURES / f"{name}.json").read_text("utf-8"))


def table(head: list[str], rows: list[list[str]]) -> str:
    """Markdown, every column but the first to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def number(value: float) -> str:
    """Three digits that matter."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def promises(rows: list[dict[str, Any]]) -> str:
    return table(
        ["promise", "target", "measured", "met"],
        [
            [r["what"], r["target"], number(r["measured"]), "yes" if r["met"] else "**no**"]
            for r in rows
        ],
    )


def machine() -> str:
    """The machine and the versions that the figures belong to."""
    words = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    found = re.search(r"model name\s*: (.*)", words)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ("numpy", "numba", "h5py", "nibabel", "zlib-ng", "scikit-learn", "snakemake")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return (
        f"The machine: {os.cpu_count()} cores ({found[1] if found else platform.machine()}), "
        f"{memory:.0f} GB, {platform.system()}; Python {platform.python_version()}, {versions}."
    )


def session_part(name: str) -> str:
    held = load(name)
    ours = held["ways"]["this project, HDF5"]["seconds"]
    ways = table(
        ["way", "s", "peak MB", "× this project's HDF5"],
        [
            [way, number(one["seconds"]), number(one["megabytes"]), number(one["seconds"] / ours)]
            for way, one in held["ways"].items()
        ],
    )
    return f"{ways}\n\n{promises(held['promises'])}"


def kmeans_part() -> str:
    rows, parts = load("kmeans"), []
    for case in dict.fromkeys(row["case"] for row in rows):
        held = [row for row in rows if row["case"] == case]
        curve = "R²" in case
        lines = [
            [
                row["way"],
                number(row["seconds"]),
                number(row["ratio"]),
                number(row["per_iteration"]) if row["per_iteration"] else "",
                f"{-row['objective']:.5f}" if curve else f"{row['objective']:,.2f}",
                f"≥ {row['target']:g}: {'met' if row['met'] else '**missed**'}"
                if "target" in row
                else "",
            ]
            for row in held
        ]
        what = "R² at the last k" if curve else "best objective"
        head = [case, "s", "ratio", "per iteration", what, "target"]
        parts.append(table(head, lines))
    return "\n\n".join(parts)


def swaps_part() -> str:
    rows = [
        [
            f"{row['replicates']} replicates" + (f", {row['swaps']} swaps" if row["swaps"] else ""),
            f"{row['objective']:.2f}",
            str(row["agreeing"]),
            number(row["seconds"]),
        ]
        for row in load("swaps")
    ]
    return table(["budget", "objective", "replicates that agree", "s"], rows)


def study_part() -> str:
    held = load("study")
    jobs, total = (sum(row[name] for row in held["rules"]) for name in ("jobs", "seconds"))
    said = (
        f"{held['seconds'] / 60:.1f} minutes on {held['cores']} cores: {jobs} jobs that took "
        f"{total:,.0f} s together, at most {held['megabytes']:,.0f} MB at any one time."
    )
    return f"{said} {rules_table(held)}"


def rules_table(held: dict[str, Any]) -> str:
    """What the jobs of each rule took, and what was promised of all."""
    total = sum(row["seconds"] for row in held["rules"])
    rows = [
        [
            f"`{row['rule']}`",
            str(row["jobs"]),
            number(row["seconds"]),
            f"{row['seconds'] / total:.0%}",
            number(row["longest"]),
            number(row["megabytes"]),
        ]
        for row in held["rules"]
        if row["seconds"] >= 0.005 * total
    ]
    said = "Rules that took less than half a percent are left out of the table."
    head = ["rule", "jobs", "s in all", "share", "longest s", "peak MB of a job"]
    return f"{said}\n\n{table(head, rows)}\n\n{promises(held['promises'])}"


def voxels_part() -> str:
    held = load("voxels")
    seconds, peak = held["sessions"]["seconds"], max(held["sessions"]["megabytes"])
    middle = sorted(seconds)[len(seconds) // 2]
    half = len(seconds) // 2
    drift = sum(seconds[half:]) / (len(seconds) - half) / (sum(seconds[:half]) / half)
    return (
        f"{len(seconds)} sessions, made and averaged one at a time by the rule's own script: "
        f"{middle:.2f} s each (median, start-up included), {sum(seconds):.0f} s in all, at most "
        f"{peak:.0f} MB; the second half took {drift:.2f} × the first. Clustering that subject and "
        f"everything behind it: {held['seconds'] / 60:.1f} minutes on {held['cores']} cores."
    )


def claims_part() -> str:
    held = load("claims")
    rows = [[name, number(value)] for name, value in held["seconds"].items()]
    return f"{table(['part', 's'], rows)}\n\n{promises(held['promises'])}"


def whole_claims_part() -> str:
    held = load("study-claims")
    jobs, total = (sum(row[name] for row in held["rules"]) for name in ("jobs", "seconds"))
    return f"{jobs} jobs, {total / 60:.0f} minutes of one core. {rules_table(held)}"


def scaling_part() -> str:
    held = load("scaling")
    lines = []
    for curve, along, name in (
        ("trials", "n", "trials (28 regions, k = 6)"),
        ("regions", "p", "regions (30,000 trials, k = 6)"),
        ("clusters", "k", "clusters (30,000 trials, 28 regions)"),
    ):
        points = held[curve]["points"]
        first, last = points[0], points[-1]
        lines.append(
            [
                name,
                f"{first[along]:,} to {last[along]:,}",
                f"{number(first['seconds'])} to {number(last['seconds'])} s",
                f"{held[curve]['slope']:.2f}",
                f"{number(first['megabytes'])} to {number(last['megabytes'])} MB",
            ]
        )
    jobs = held["jobs"]
    first, last = jobs["points"][0], jobs["points"][-1]
    lines.append(
        [
            "jobs of a plan",
            f"{first['jobs']} to {last['jobs']}",
            f"{number(first['seconds'])} to {number(last['seconds'])} s",
            f"{1000 * jobs['each']:.0f} ms a job",
            "",
        ]
    )
    return table(["along", "from … to", "time", "slope", "memory beside mapped files"], lines)


def bars(axes: Any, names: list[str], values: list[float], notes: list[str]) -> None:
    """Horizontal bars on a logarithmic axis, the first on top, this project's in its colour."""
    colours = [OURS if name.startswith(("this", "whole")) else OTHERS for name in names]
    drawn = axes.barh(names[::-1], values[::-1], color=colours[::-1], height=0.72)
    axes.bar_label(drawn, notes[::-1], padding=4, fontsize=8, color="#333333")
    axes.set(xscale="log", xlim=(min(values) / 1.6, max(values) * 16))
    plain(axes.xaxis)
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)


def plain(axis: Any) -> None:
    """Decades as plain numbers, and none between them."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.8g}"))
    axis.set_minor_formatter(NullFormatter())


def draw_peers(path: Path) -> None:
    """Seconds of every way to average a session, and of every clustering beside this project's."""
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(11, 4.6), layout="constrained", width_ratios=[1.35, 1]
    )
    ways = dict(sorted(load("session")["ways"].items(), key=lambda w: -w[1]["seconds"]))
    bars(
        left,
        list(ways),
        [one["seconds"] for one in ways.values()],
        [f"{number(one['seconds'])} s, {one['megabytes']:.0f} MB" for one in ways.values()],
    )
    left.set_title("One session to regional means", loc="left", fontsize=11)
    left.set_xlabel("seconds")
    rows = [row for row in load("kmeans") if "R²" not in row["case"]]
    cases = list(dict.fromkeys(row["case"] for row in rows))
    names, values, notes = [], [], []
    for case in cases:
        for row in sorted((r for r in rows if r["case"] == case), key=lambda r: -r["seconds"]):
            names.append(f"{row['way']}, {case.replace(' trials, k =', ',')}")
            values.append(row["seconds"])
            notes.append(f"{number(row['seconds'])} s, {number(row['ratio'])} ×")
    bars(right, names, values, notes)
    right.set_title("Ten replicates of k-means (trials, k)", loc="left", fontsize=11)
    right.set_xlabel("seconds")
    figure.savefig(path)


def draw_scaling(path: Path) -> None:
    """Time along trials, regions and clusters, each beside a line of slope 1."""
    held = load("scaling")
    figure, panels = plt.subplots(1, 3, figsize=(11, 3.2), layout="constrained")
    for axes, (curve, along) in zip(
        panels, (("trials", "n"), ("regions", "p"), ("clusters", "k")), strict=True
    ):
        points = held[curve]["points"]
        x, y = [p[along] for p in points], [p["seconds"] for p in points]
        line = [y[-1] * v / x[-1] for v in x]
        axes.loglog(x, line, color=OTHERS, lw=1.2, ls=(0, (4, 3)), label="slope 1")
        axes.loglog(x, y, "o-", color=OURS, ms=4.5, label="measured")
        axes.set(xlabel=curve, ylim=(min(0.009, min(y) / 1.8), max(0.11, max(y) * 1.8)))
        axes.set_title(f"slope {held[curve]['slope']:.2f}", loc="left", fontsize=10)
        plain(axes.xaxis)
        plain(axes.yaxis)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("seconds")
    panels[0].legend(frameon=False, fontsize=9)
    figure.savefig(path)


def main() -> None:
    """Replace the tables of the page and the figures beside it."""
    matplotlib.rcParams.update({"svg.hashsalt": "benchmarks", "font.size": 9})
    parts = {
        "machine": machine(),
        "session": session_part("session"),
        "session-1mm": session_part("session-1mm"),
        "kmeans": kmeans_part(),
        "swaps": swaps_part(),
        "study": study_part(),
        "voxels": voxels_part(),
        "claims": claims_part(),
        "study-claims": whole_claims_part(),
        "scaling": scaling_part(),
    }
    page = PAGE.read_text("utf-8")
    for name, text in parts.items():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, rest = page.split(begin)
        page = f"{before}{begin}\n{text}\n{end}{rest.split(end)[1]}"
    PAGE.write_text(page, "utf-8")
    draw_peers(ROOT / "docs" / "benchmarks_peers.png")
    draw_scaling(ROOT / "docs" / "benchmarks_scaling.png")


if __name__ == "__main__":
    main()
