"""Numbers and keys of a YAML file that mean something else to YAML than to its reader."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from response_clusters.errors import StudyError


def require_literal(path: str | Path) -> None:
    """Refuse a file of the configuration in which YAML reads something else than people do.

    Raises
    ------
    StudyError
        If a key is there twice, of which the last would count, or if a number is not decimal: YAML
        takes 010 for 8, 1:30 for 90 and 1_0 for 10.
    """
    try:
        with open(path, encoding="utf-8") as file:
            top = yaml.compose(file, yaml.SafeLoader)
    except yaml.YAMLError:
        return  # JSON, which has numbers of one form.
    for key, node, slip in _slips(top, ""):
        raise StudyError(f"{path}: in line {node.start_mark.line + 1}, {key} {slip}.")


def _slips(node: Any, key: str) -> Iterator[tuple[str, Any, str]]:
    """What YAML reads otherwise than people do, below a node: its key, its node and a sentence."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for name, inner in node.value:
            within = f"{key}.{name.value}" if key else f"{name.value}"
            if name.value in seen:
                yield within, name, "is there a second time; expected it once: remove one of them"
            seen.add(name.value)
            yield from _slips(name, within)
            yield from _slips(inner, within)
    elif isinstance(node, yaml.SequenceNode):
        for place, item in enumerate(node.value):
            yield from _slips(item, f"{key}.{place}")
    elif isinstance(node, yaml.ScalarNode) and node.tag.endswith((":int", ":float")):
        text = str(node.value)
        if re.search("[:_]|^[-+]?0[0-9bx]", text):
            read = yaml.safe_load(text)
            yield (
                key,
                node,
                f"has {text}, which YAML reads as {read}; expected a decimal number: write {read}, "
                f"or '{text}' in quotes if it is a name",
            )
