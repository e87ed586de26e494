"""A rule's digest follows the code it runs and nothing else."""

from pathlib import Path

import pytest
from response_clusters.digest import code_digest


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    folder = tmp_path / "scripts"
    package = folder / "response_clusters"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "a.py").write_text("from response_clusters.b import f\n")
    (package / "b.py").write_text("def f():\n    return 1\n")
    (package / "c.py").write_text("x = 1\n")
    (folder / "rule.py").write_text("from response_clusters import a\n\nprint(a)\n")
    return folder


def edited(scripts: Path, file: str, text: str) -> bool:
    """Whether writing `text` to a file changes the rule's digest."""
    before = code_digest(scripts / "rule.py")
    (scripts / file).write_text(text)
    return code_digest(scripts / "rule.py") != before


def test_real_code_counts_wherever_the_script_reaches(scripts: Path) -> None:
    assert edited(scripts, "response_clusters/b.py", "def f():\n    return 2\n")
    assert edited(scripts, "rule.py", "from response_clusters import a\n\nprint(a, a)\n")


def test_comments_docstrings_and_layout_do_not(scripts: Path) -> None:
    text = '"""What it is for."""\n\n\ndef f():\n    """Say."""\n    # why\n    return (1)\n'
    assert not edited(scripts, "response_clusters/b.py", text)


def test_modules_that_the_script_does_not_use_do_not(scripts: Path) -> None:
    assert not edited(scripts, "response_clusters/c.py", "x = 2\n")


def test_an_import_inside_a_function_is_followed(scripts: Path) -> None:
    late = "def g():\n    from response_clusters.c import x\n    return x\n"
    assert edited(scripts, "response_clusters/b.py", late)
    assert edited(scripts, "response_clusters/c.py", "x = 3\n")


def test_the_schema_of_a_table_that_is_written_counts(scripts: Path) -> None:
    text = "from response_clusters import a\n\nwrite_table(a, 'x.tsv', 'trials')\n"
    (scripts / "rule.py").write_text(text)
    folder = scripts.parent / "schemas" / "tables"
    folder.mkdir(parents=True)
    rule = "description: Rows.\ncolumns: {trial: {type: int32}}\n"
    assert edited(scripts, "../schemas/tables/trials.yaml", rule)
    assert not edited(scripts, "../schemas/tables/trials.yaml", rule.replace("Rows", "Trials"))
    assert edited(scripts, "../schemas/tables/trials.yaml", rule.replace("int32", "int64"))


def test_a_relative_import_is_refused(scripts: Path) -> None:
    (scripts / "response_clusters" / "b.py").write_text("from .c import x\n")
    with pytest.raises(ValueError, match="relative import"):
        code_digest(scripts / "rule.py")


def test_the_studys_own_scripts_have_digests() -> None:
    folder = Path(__file__).resolve().parents[2] / "workflow" / "scripts"
    digests = {path.stem: code_digest(path) for path in folder.glob("*.py")}
    assert len(set(digests.values())) == len(digests) > 20
