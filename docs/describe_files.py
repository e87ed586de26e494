"""Write what the schemas say of tables and records into docs/files.md."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
SCHEMAS = ROOT / "workflow/scripts/response_clusters/schemas"
PAGE = ROOT / "docs/files.md"
PART = re.compile(r"(<!-- generated: (\w+/\w+) -->\n).*?(<!-- end -->)", re.S)


def kind(rule: dict[str, Any]) -> str:
    """The type of a column or of a field."""
    if "$ref" in rule:
        return "number or null" if rule["$ref"].endswith(("share", "correlation")) else "integer"
    types = rule.get("type", "string")
    words = " or ".join(types) if isinstance(types, list) else types
    words = {"image": "int32 or text", "object": "record", "array": "list"}.get(words, words)
    return f"{words} or null" if rule.get("nullable") else words


def described(name: str) -> str:
    """A table or a record: where it is, what it is, and each column or field of it."""
    schema = yaml.safe_load((SCHEMAS / f"{name}.yaml").read_text("utf-8"))
    fields = schema.get("columns") or schema["properties"]
    shared = yaml.safe_load((SCHEMAS / "columns/claims.yaml").read_text("utf-8"))
    fields = {f: shared[f] if rule == "claims" else rule for f, rule in fields.items()}
    rows = [(f"`{field}`", kind(rule), rule["description"]) for field, rule in fields.items()]
    if further := schema.get("further"):
        rows.append(("a column per region", kind(further), further["description"]))
    first = "column" if "columns" in schema else "field"
    lines = [f"**`{schema['path']}`**: {schema['description']}", ""]
    lines += [f"| {first} | type | |", "| --- | --- | --- |"]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows]) + "\n\n"


def page(text: str) -> str:
    """The page with its generated parts written anew."""
    return PART.sub(lambda part: f"{part[1]}{described(part[2])}{part[3]}", text)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
