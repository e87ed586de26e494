"""JSON Schema as people read it: 3.0 is no whole number, although it equals one."""

from collections.abc import Callable
from typing import Any

_IS: dict[str, Callable[[Any], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
"""JSON's types; "integer" differs from jsonschema's own, to which 3.0 is one."""
_KEYWORDS = {
    *("type", "enum", "minimum", "maximum", "exclusiveMinimum", "minItems", "items"),
    *("required", "properties", "additionalProperties", "$defs", "description", "path"),
}
"""What the schemas of records are made of."""


def schema_errors(instance: Any, schema: dict[str, Any]) -> list[Any]:
    """What is wrong with `instance`, as jsonschema's errors, sorted by where it is."""
    # Importing jsonschema takes longer than all else that most jobs do with a record, and they find
    # nothing wrong with it.
    if _plainly_fits(instance, schema, schema):
        return []
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    kinds = Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: _IS["integer"](value)
    )
    validator = extend(Draft202012Validator, type_checker=kinds)(schema)  # type: ignore[no-untyped-call]
    return sorted(validator.iter_errors(instance), key=lambda error: list(map(str, error.path)))


def _plainly_fits(value: Any, rule: dict[str, Any], schema: dict[str, Any]) -> bool:
    """Whether `value` is as `rule`, a part of `schema`, wants it; False where jsonschema must tell.

    It knows the keywords that the schemas of records use, and leaves all others to jsonschema.
    """
    if "$ref" in rule:
        shared = schema["$defs"].get(rule["$ref"].removeprefix("#/$defs/"), {})
        # What refers further is for jsonschema.
        return shared.keys() < _KEYWORDS and _plainly_fits(value, shared, schema)
    kinds = rule.get("type", list(_IS))
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not (rule.keys() <= _KEYWORDS and any(_IS[kind](value) for kind in kinds)):
        return False
    if "enum" in rule and not (isinstance(value, str) and value in rule["enum"]):
        return False
    if _IS["number"](value):
        within = rule.get("minimum", value) <= value <= rule.get("maximum", value)
        return within and rule.get("exclusiveMinimum", value - 1) < value
    if isinstance(value, list):
        fit = (_plainly_fits(item, rule["items"], schema) for item in value)
        return "items" in rule and len(value) >= rule.get("minItems", 0) and all(fit)
    if isinstance(value, dict):
        parts = rule.get("properties", {})
        further = rule.get("additionalProperties")
        open_to = not {"properties", "required"} & rule.keys()
        if open_to and further is True:
            return True
        if open_to and isinstance(further, dict):
            return all(_plainly_fits(part, further, schema) for part in value.values())
        closed = further is False and value.keys() <= parts.keys()
        whole = closed and value.keys() >= set(rule.get("required", ()))
        return whole and all(_plainly_fits(value[name], parts[name], schema) for name in value)
    return True
