"""``model.yaml``, beside this module: the anatomy and tuning of the simulated subjects."""

import hashlib
import json
from pathlib import Path
from typing import Any

import yaml

MODEL = Path(__file__).resolve().with_name("model.yaml")


def load_model() -> dict[str, Any]:
    """The model's numbers, as ``model.yaml`` names them."""
    model: dict[str, Any] = yaml.safe_load(MODEL.read_text("utf-8"))
    return model


def model_digest() -> str:
    """A digest of these numbers: rules take it as a param, as the file's path is another wherever
    the workflow lies. Comments leave it as it is."""
    return hashlib.sha256(json.dumps(load_model()).encode()).hexdigest()[:16]
