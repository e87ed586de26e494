"""A digest of the code that a rule runs: real edits re-run it, edits in comments do not."""

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from response_clusters.sources.loading import module_of
from response_clusters.sources.registry import SOURCES
from response_clusters.table_schemas import loaded_schema

PACKAGE = "response_clusters"
LOADER = f"{PACKAGE}/sources/loading.py"
"""The one module that imports by a computed name: `code_digest` is told what it loads."""
_SCHEMA_CALLS = {
    "schema": ("tables", 0),
    "read_table": ("tables", 1),
    "write_table": ("tables", 2),
    "validated": ("tables", 1),
    "region_columns": ("tables", 1),
    "read_record": ("records", 1),
    "write_record": ("records", 2),
    "checked_record": ("records", 1),
}
"""Functions that name a schema: the folder that it is in, and which argument names it."""
_SCHEMA_READERS = (f"{PACKAGE}/tables.py", f"{PACKAGE}/records.py")
_INSTALLED = ("site-packages", "dist-packages")
"""What Python calls the folders that packages are installed in."""
_BY_NAME = {"import_module", "__import__", "exec", "eval", "run_path", "run_module"}


def code_digest(script: str | Path, *modules: str, name: str = "") -> str:
    """A digest of a script and of every local module and schema that it reaches.

    Local is what lies beside the script: the packages there and the other scripts. Comments,
    docstrings and layout leave the digest as it is; an edit of any other code that the script may
    run changes it.

    Parameters
    ----------
    script : str or Path
        A Python file beside the packages' folders; or one that was fetched without them, and then
        the packages are those installed.
    *modules : str
        Modules that the script loads by name, such as that of the configured source. They may lie
        elsewhere; what is imported from the top folder of theirs is followed too.
    name : str
        What the script is called, if its file is called otherwise.

    Raises
    ------
    ValueError
        If an import or the name of a schema cannot be followed: a relative import, a name that is
        not that of a module, one computed when the code runs.
    """
    script = Path(script)
    beside = (script.parent / PACKAGE).is_dir()
    base = script.parent if beside else Path(__file__).resolve().parents[2]
    loaded = {module.partition(".")[0] for module in (*map(module_of, SOURCES.values()), *modules)}
    followed = _Followed([base], loaded, {})
    _follow(script, followed, name or script.name)
    for module in modules:
        base, path = _located(module)
        if base not in followed.bases:
            followed.bases.append(base)
        _follow(path, followed)
    joined = "\n".join(f"{name} {digest}" for name, digest in sorted(followed.digests.items()))
    return hashlib.sha256(joined.encode()).hexdigest()[:16]


@dataclass
class _Followed:
    """Folders that hold local modules, and the digest of each file reached so far.

    In a folder of installed packages, only those called `loaded` are local.
    """

    bases: list[Path]
    loaded: set[str]
    digests: dict[str, str]


def _located(module: str) -> tuple[Path, Path]:
    """The folder that a module's top package lies in, and the module's file."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ValueError(f"there is no module {module!r} to be followed")
    path = Path(spec.origin)
    depth = module.count(".") + (path.name == "__init__.py")
    return path.parents[depth], path


def _follow(path: Path, followed: _Followed, name: str = "") -> None:
    """Add a file, the modules that it imports and the schemas that it names."""
    if not name:
        base = next(base for base in followed.bases if base in path.parents)
        name = path.relative_to(base).as_posix()
    if name in followed.digests:
        return
    parsed = _parsed(path, path.stat().st_mtime_ns, name)
    followed.digests[name] = parsed.digest
    for module, names in parsed.imports:
        for file in _files(module, names, followed, path):
            _follow(file, followed)
    for schema in parsed.schemas:
        # A table's schema decides its types and the order of its columns.
        folder = followed.bases[0] / PACKAGE / "schemas"
        file_of_schema = folder / f"{schema}.yaml"
        if not file_of_schema.is_file():
            raise ValueError(f"{path}: there is no schema {schema} to be followed")
        read = (file_of_schema, *folder.glob("columns/*.yaml"))
        followed.digests[f"schema {schema}"] = _without_descriptions(
            file_of_schema, *(file.stat().st_mtime_ns for file in read)
        )


@cache
def _without_descriptions(schema: Path, *_modified: int) -> str:
    """A schema without its words, as JSON."""

    def stripped(part: object) -> object:
        if isinstance(part, dict):
            words = {key for key in ("description", "path") if isinstance(part.get(key), str)}
            return {key: stripped(value) for key, value in part.items() if key not in words}
        return [stripped(value) for value in part] if isinstance(part, list) else part

    return json.dumps(stripped(loaded_schema(schema)))


def _files(
    module: str, names: tuple[str, ...], followed: _Followed, importer: Path
) -> Iterator[Path]:
    """The local files that an import runs; none if the module is not local."""
    parts = module.split(".")
    for base in followed.bases:
        if base.name in _INSTALLED and parts[0] not in followed.loaded:
            continue
        top = base / parts[0]
        if not top.is_dir() and not top.with_suffix(".py").is_file():
            continue
        for depth in range(1, len(parts) + 1):
            package = base.joinpath(*parts[:depth], "__init__.py")
            # The names that the package looks up lazily are none of its modules' business.
            if package.is_file() and parts[:depth] != [PACKAGE]:
                yield package
        file = base.joinpath(*parts).with_suffix(".py")
        if file.is_file():
            yield file
            return
        for name in names:
            inner = base.joinpath(*parts, name)
            if inner.with_suffix(".py").is_file():
                yield inner.with_suffix(".py")
            elif not (inner / "__init__.py").is_file():
                raise ValueError(
                    f"{importer}: {name!r} of {module} is no module and cannot be followed; "
                    "import it from the module that defines it."
                )
        if not names and not (base.joinpath(*parts) / "__init__.py").is_file():
            raise ValueError(f"{importer}: there is no module {module} to be followed.")
        return


@dataclass(frozen=True)
class _Parsed:
    """A file's own digest, what it imports, and the schemas that it names."""

    digest: str
    imports: tuple[tuple[str, tuple[str, ...]], ...]
    schemas: tuple[str, ...]


@cache
def _parsed(path: Path, _modified: int, name: str) -> _Parsed:
    tree = ast.parse(path.read_bytes())
    imports: set[tuple[str, tuple[str, ...]]] = set()
    schemas: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            _refuse_by_name(node, path, name)
            schemas.update(_schemas(node, path, name))
        elif isinstance(node, ast.ImportFrom):
            if node.level or node.module is None:
                raise ValueError(
                    f"{path}: a relative import cannot be followed; name the package in it."
                )
            imports.add((node.module, tuple(alias.name for alias in node.names)))
        elif isinstance(node, ast.Import):
            imports.update((alias.name, ()) for alias in node.names)
        body = getattr(node, "body", None)
        if isinstance(body, list):
            # A bare string is documentation wherever it stands.
            vars(node)["body"] = list(_without_texts(body)) or [ast.Pass()]
    digest = hashlib.sha256(ast.dump(tree).encode()).hexdigest()
    return _Parsed(digest, tuple(sorted(imports)), tuple(sorted(schemas)))


def _called(node: ast.Call) -> str:
    """The name of what is called, without what it is an attribute of."""
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def _refuse_by_name(node: ast.Call, path: Path, name: str) -> None:
    called = _called(node)
    builtin = called in ("exec", "eval") and isinstance(node.func, ast.Attribute)
    if called in _BY_NAME and not builtin and name != LOADER:
        raise ValueError(
            f"{path}: line {node.lineno} runs code by {called}, which cannot be followed; import "
            f"it by name, or load it through {LOADER}."
        )


def _schemas(node: ast.Call, path: Path, name: str) -> Iterator[str]:
    """The schemas that a call names."""
    called = _called(node)
    if called not in _SCHEMA_CALLS or name in _SCHEMA_READERS:
        return
    folder, place = _SCHEMA_CALLS[called]
    argument = node.args[place] if len(node.args) > place else None
    if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
        raise ValueError(
            f"{path}: line {node.lineno} calls {called} with a schema that cannot be followed; "
            "name it as a text."
        )
    yield f"{folder}/{argument.value}"


def _without_texts(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not (text and isinstance(statement.value.value, str)):  # type: ignore[attr-defined]
            yield statement
