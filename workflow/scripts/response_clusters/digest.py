"""A digest of the code that a rule runs: real edits re-run it, edits in comments do not."""

import ast
import hashlib
import json
from functools import cache
from pathlib import Path

import yaml

PACKAGE = "response_clusters"
_SCHEMA_CALLS = {
    **dict.fromkeys(("read_table", "write_table"), "tables"),
    **dict.fromkeys(("read_record", "write_record"), "records"),
}
"""Whose texts name schemas, and in which folder these are."""


def code_digest(script: str | Path) -> str:
    """A digest of a script and of every module of the package that it reaches through imports.

    Comments, docstrings and layout leave it as it is; an edit of any other code that the script may
    run changes it. Names looked up lazily by the package's ``__init__`` are not followed: a script
    imports the module it uses.

    Parameters
    ----------
    script : str or Path
        A Python file beside the package's folder.
    """
    script = Path(script)
    seen: dict[str, str] = {}
    _follow(script, script.parent, seen)
    joined = "\n".join(f"{name} {digest}" for name, digest in sorted(seen.items()))
    return hashlib.sha256(joined.encode()).hexdigest()[:16]


def _follow(path: Path, scripts: Path, seen: dict[str, str]) -> None:
    name = path.relative_to(scripts).as_posix()
    if name in seen:
        return
    seen[name], modules, schemas = _parsed(path, path.stat().st_mtime_ns)
    for module in modules:
        _follow(scripts / PACKAGE / f"{module}.py", scripts, seen)
    for schema in schemas:
        # A table's schema decides its types and the order of its columns.
        held = scripts.parent / "schemas" / f"{schema}.yaml"
        if held.is_file():
            rules = yaml.safe_load(held.read_text("utf-8"))
            rules.pop("description", None)
            seen[f"schema {schema}"] = json.dumps(rules)


@cache
def _parsed(path: Path, _modified: int) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """A file's own digest, the package's modules it imports and the schemas it names."""
    tree = ast.parse(path.read_bytes())
    modules: set[str] = set()
    schemas: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _SCHEMA_CALLS:
            folder = _SCHEMA_CALLS[getattr(node.func, "id", "")]
            texts = (a.value for a in node.args if isinstance(a, ast.Constant))
            schemas.update(f"{folder}/{text}" for text in texts if isinstance(text, str))
        if isinstance(node, ast.ImportFrom) and node.level:
            raise ValueError(f"{path}: a relative import cannot be followed; name {PACKAGE} in it.")
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
            inner = (node.module or "").split(".")[1:]
            modules.update(inner or [alias.name for alias in node.names])
        elif isinstance(node, ast.Import):
            parts = [alias.name.split(".") for alias in node.names]
            modules.update(p[1] for p in parts if p[0] == PACKAGE and len(p) > 1)
        body = getattr(node, "body", None)
        if isinstance(body, list):
            # A bare string is documentation wherever it stands.
            vars(node)["body"] = [
                part
                for part in body
                if not (
                    isinstance(part, ast.Expr)
                    and isinstance(part.value, ast.Constant)
                    and isinstance(part.value.value, str)
                )
            ] or [ast.Pass()]
    digest = hashlib.sha256(ast.dump(tree).encode()).hexdigest()
    return digest, tuple(sorted(modules)), tuple(sorted(schemas))
