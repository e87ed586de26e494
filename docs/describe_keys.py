"""Write what the schema and the rules say of the configuration's keys into config/README.md."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "config/README.md"
SCHEMA = ROOT / "workflow/scripts/response_clusters/schemas/config.schema.yaml"
STAGES = "simulated voxels averages responses clusters consistency images labels nulls stability"
STAGES += " maps enrichment claims explorer report record"
PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.S)
RULE = re.compile(r"^ *rule (\w+):\n(.*?)(?=^ *rule \w+:|\Z)", re.M | re.S)
USED = re.compile(r"job_params\(\s*\"\w+\",?((?:\s*\"[\w.]+\",?)*)\s*(?:files=\[(.*?)\])?", re.S)
OTHERS = {"study": "everything, in a folder of its own"}  # what no rule can say
OTHERS["dataset.source"] = OTHERS["dataset.root"] = "nothing: refused, name another `study`"


def keys(schema: dict[str, Any], above: str = "") -> dict[str, dict[str, Any]]:
    """What the schema says of every key, by its dotted name."""
    every: dict[str, dict[str, Any]] = {}
    for name, rule in schema["properties"].items():
        every |= keys(rule, f"{above}{name}.") if "properties" in rule else {above + name: rule}
    return every


def default(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=1000, sort_keys=False)
    return "–" if value is None else f"`{text.partition(chr(10))[0]}`"


def page(text: str) -> str:
    """The page with its two generated tables written anew."""
    schema = keys(yaml.safe_load(SCHEMA.read_text("utf-8")))
    rows = [(f"`{k}`", default(rule["default"]), rule["description"]) for k, rule in schema.items()]
    users: dict[str, list[str]] = {key: [] for key in schema}
    for stage in STAGES.split():
        (file,) = (ROOT / "workflow/rules").rglob(f"{stage}.smk")
        for rule, body in RULE.findall(file.read_text("utf-8")):
            for key in re.findall(r"\"([\w.]+)\"", "".join(USED.findall(body)[0])):
                users[key].append(f"`{rule}`")
    shared: dict[str, list[str]] = {}
    for key, rules in users.items():
        told = OTHERS.get(key) or ", ".join(rules) or "nothing; what is new is made"
        shared.setdefault(told, []).append(f"`{key}`")
    tables = {
        "keys": table(("key", "default", "meaning"), rows),
        "rules": table(("key", "runs again"), [(", ".join(k), t) for t, k in shared.items()]),
    }
    return PART.sub(lambda part: f"{part[1]}{tables[part[2]]}{part[3]}", text)


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(r)} |\n" for r in (head, ["---"] * len(head), *rows)) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
