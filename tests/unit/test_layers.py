"""The rooms of the package: imports point one way, and datasets are known by the registry only."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "workflow" / "scripts"
PACKAGE = SCRIPTS / "response_clusters"
# A room may import from those behind it, never from those before it.
LAYERS = (
    ("verification",),
    ("report",),
    ("study", "figures"),
    ("statistics",),
    ("comparison", "images"),
    ("clustering",),
    ("responses",),
    ("sources",),
    ("",),  # what lies in the package itself: errors, files, tables and the like
)
DEPTH = {room: depth for depth, rooms in enumerate(LAYERS) for room in rooms}
MODULES = sorted(PACKAGE.rglob("*.py"))
NAMES = [path.relative_to(PACKAGE).as_posix() for path in MODULES]


def room_of(path: Path) -> str:
    """The room that a module of the package lies in; empty for the package itself."""
    return path.relative_to(PACKAGE).parts[0] if path.parent != PACKAGE else ""


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it, as ``a.b.c``."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


def rooms_imported(path: Path) -> set[str]:
    """The rooms of the package that a file imports from."""
    parts = [name.split(".") for name in imports(path)]
    inner = [p[1] if len(p) > 1 else "" for p in parts if p[0] == "response_clusters"]
    return {part if (PACKAGE / part).is_dir() else "" for part in inner}


def test_every_room_has_its_place_in_the_layers() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms <= set(DEPTH)


@pytest.mark.parametrize("name", NAMES)
def test_layers_point_one_way(name: str) -> None:
    path = PACKAGE / name
    if name == "__init__.py":  # it looks the public names up, wherever they are
        return
    own = room_of(path)
    for room in rooms_imported(path) - {own}:
        assert DEPTH[room] > DEPTH[own], f"{own or 'the package'} imports {room or 'the package'}"


def test_inner_packages_run_nothing() -> None:
    """Whoever imports one of their modules pays for that module only."""
    for path in PACKAGE.glob("*/**/__init__.py"):
        assert path.read_text("utf-8") == "", path


def test_only_scripts_and_simulator_are_outside_the_package() -> None:
    packages = {path.parent.name for path in SCRIPTS.glob("*/__init__.py")}
    assert packages == {"response_clusters", "simulated_nsd"}


@pytest.mark.parametrize("path", sorted(SCRIPTS.glob("*.py")), ids=lambda path: path.stem)
def test_a_script_is_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 40


DATASETS = re.compile(r"nsd|simulated_nsd", re.IGNORECASE)
# Where a dataset may be named: its own room, and the registry.
# columns.py knows how the columns of published tables are called, so as to tell them from regions.
NAMING = ("sources/nsd/", "sources/registry.py", "sources/averages/columns.py")


def words_of(path: Path) -> Iterator[str]:
    """The names and texts of a module's code: not its comments, and not its docstrings."""
    tree = ast.parse(path.read_bytes())
    documentation = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in documentation:
                yield node.value
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
    yield from imports(path)


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(NAMING)])
def test_only_the_registry_names_a_dataset(name: str) -> None:
    assert [word for word in words_of(PACKAGE / name) if DATASETS.search(word)] == []


def test_only_a_source_of_its_own_rules_names_its_dataset() -> None:
    """Of the rules, only those that make the embedded dataset know which one it is."""
    rules = SCRIPTS.parent / "rules"
    for path in rules.rglob("*.smk"):
        code = re.sub(r'""".*?"""|#.*', "", path.read_text("utf-8"), flags=re.S)
        if path.name != "simulated.smk":
            assert not DATASETS.search(code), path
