"""A rule's digest follows the code it runs and nothing else."""

from pathlib import Path

import pytest
from response_clusters.study.digest import code_digest


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
    folder = scripts / "response_clusters" / "schemas" / "tables"
    folder.mkdir(parents=True)
    rule = "description: Rows.\ncolumns: {trial: {type: int32}}\n"
    (folder / "trials.yaml").write_text("columns: {}\n")
    file = "response_clusters/schemas/tables/trials.yaml"
    assert edited(scripts, file, rule)
    assert not edited(scripts, file, rule.replace("Rows", "Trials"))
    assert edited(scripts, file, rule.replace("int32", "int64"))


def test_a_relative_import_is_refused(scripts: Path) -> None:
    (scripts / "response_clusters" / "b.py").write_text("from .c import x\n")
    with pytest.raises(ValueError, match="relative import"):
        code_digest(scripts / "rule.py")


def test_the_studys_own_scripts_have_digests() -> None:
    folder = Path(__file__).resolve().parents[3] / "workflow" / "scripts"
    digests = {path.stem: code_digest(path) for path in folder.glob("*.py")}
    assert len(set(digests.values())) == len(digests) > 20


def test_dotted_modules_and_other_scripts_are_followed(scripts: Path) -> None:
    room = scripts / "response_clusters" / "room"
    room.mkdir()
    (room / "__init__.py").write_text("")
    (room / "d.py").write_text("y = 1\n")
    (scripts / "other.py").write_text("from response_clusters.room import d\n")
    (scripts / "rule.py").write_text("import response_clusters.room.d\nfrom other import d\n")
    assert edited(scripts, "response_clusters/room/d.py", "y = 2\n")
    assert edited(scripts, "other.py", "from response_clusters.room.d import y as d\n")
    assert edited(scripts, "response_clusters/room/__init__.py", "z = 1\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("from response_clusters import f\n", "'f' of response_clusters is no module"),
        ("import response_clusters.nothing\n", "no module response_clusters.nothing"),
        ("import importlib\nimportlib.import_module('json')\n", "runs code by import_module"),
        ("exec('x = 1')\n", "runs code by exec"),
        ("name = 'trials'\nread_table('x.tsv', name)\n", "a schema that cannot be followed"),
        ("read_table('x.tsv', 'nowhere')\n", "no schema tables/nowhere"),
    ],
)
def test_what_cannot_be_followed_is_refused(scripts: Path, text: str, told: str) -> None:
    (scripts / "rule.py").write_text(text)
    with pytest.raises(ValueError, match=told):
        code_digest(scripts / "rule.py")


def test_a_module_that_is_loaded_by_name_is_followed_where_it_lies(
    scripts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "elsewhere" / "their_source"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from their_source.reading import f\n")
    (package / "reading.py").write_text("def f():\n    return 1\n")
    monkeypatch.syspath_prepend(package.parent)
    before = code_digest(scripts / "rule.py", "their_source")
    assert before != code_digest(scripts / "rule.py")
    (package / "reading.py").write_text("def f():\n    return 2\n")
    assert code_digest(scripts / "rule.py", "their_source") != before
