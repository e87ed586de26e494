"""What the abstract says: ``abstract.yaml``, beside this module."""

import hashlib
import math
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ABSTRACT = Path(__file__).resolve().with_name("abstract.yaml")


@cache
def statements() -> dict[str, dict[str, Any]]:
    """Every statement of the abstract by its short name, in the order in which they are told."""
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(ABSTRACT.read_text("utf-8"))
    return loaded


def abstract_digest() -> str:
    """A digest of the file, so that an edit runs the rules that use it again."""
    return hashlib.sha256(repr(statements()).encode()).hexdigest()[:16]


def told(claim: str, value: float) -> str:
    """A value of a claim as people write it, such as "k = 6" or "r = 0.81"; "–" for nan.

    Parameters
    ----------
    claim : str
        Its short name.
    value : float
        In the claim's unit.
    """
    if math.isnan(value):
        return "–"
    form: str = statements()[claim]["form"]
    text = form.format(value)
    # A rounded −0 is 0.
    text = text if any(digit in text for digit in "123456789") else form.format(0.0)
    return text.replace("-", "\N{MINUS SIGN}")


def bare(claim: str, value: float) -> str:
    """A value without its symbol, which stands above it."""
    return (
        told(claim, value)
        .rpartition("= ")[2]
        .removesuffix(" above .8")
        .removeprefix("index ")
        .removesuffix(" enriched")
    )
