"""Write envs/conda.yaml: the study's direct dependencies at the pins of the lock, for conda."""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# What conda calls differently from the package index.
CONDA_NAMES = {
    "matplotlib": "matplotlib-base",
    "snakemake": "snakemake-minimal",
    "zlib-ng": "python-zlib-ng",
}


def direct(path: Path) -> list[str]:
    """The names that a ``.in`` file asks for."""
    lines = (line.split("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    return [re.split(r"[<>=!~ \[]", line)[0] for line in lines if line and line[0] != "-"]


def pins(path: Path) -> dict[str, str]:
    """Every name and version of a lock."""
    return dict(re.findall(r"^([a-z0-9-]+)==([^ \\;]+)", path.read_text("utf-8"), re.MULTILINE))


def environment(names: list[str], versions: dict[str, str]) -> str:
    """The text of a conda environment file."""
    lines = [
        "# Written by `make lock` from study.in and study.txt; do not edit.",
        "name: response-clusters",
        "channels: [conda-forge, bioconda]",
        "dependencies:",
        "  - python>=3.11",
        *(f"  - {CONDA_NAMES.get(name, name)}={versions[name]}" for name in sorted(names)),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    text = environment(direct(HERE / "study.in"), pins(HERE / "study.txt"))
    (HERE / "conda.yaml").write_text(text, "utf-8")
    sys.stdout.write(text)
