"""JSON Schema as people read it: 3.0 is no whole number, although it equals one."""

from typing import Any


def schema_errors(instance: Any, schema: dict[str, Any]) -> list[Any]:
    """What is wrong with `instance`, as jsonschema's errors, sorted by where it is."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    kinds = Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    validator = extend(Draft202012Validator, type_checker=kinds)(schema)  # type: ignore[no-untyped-call]
    return sorted(validator.iter_errors(instance), key=lambda error: list(map(str, error.path)))
