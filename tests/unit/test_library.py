"""The page about the library: its examples run, print what it says and draw what it shows."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "library.md").read_text("utf-8")
PROGRAM = "\n".join(re.findall(r"^```python\n(.*?)^```", TEXT, re.M | re.S))


def test_the_examples_print_what_the_page_says(tmp_path: Path) -> None:
    env = os.environ | {"MPLBACKEND": "Agg", "PYTHONPATH": str(ROOT / "workflow" / "scripts")}
    words = [sys.executable, "-W", "error", "-c", PROGRAM]
    done = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.stderr == ""
    # What is printed stands as a comment behind the call, or in the lines below it.
    said = re.findall(r"^ *print\(.*\)((?:\s+# .*$)+)", PROGRAM, re.M)
    assert len(said) == PROGRAM.count("print(") > 5
    assert done.stdout.splitlines() == [re.sub(r"\s+# ", " ", text).strip() for text in said]
    drawn = {path.name for path in tmp_path.glob("*.png")}
    shown = set(re.findall(r"!\[[^]]+\]\(([^)]+)\)", TEXT))
    assert drawn == shown
    assert all((ROOT / "docs" / name).is_file() for name in shown)


def test_every_public_name_is_on_the_page() -> None:
    import response_clusters

    for name in response_clusters.__all__:
        assert f"`{name}`" in TEXT
