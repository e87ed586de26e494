"""The files beside these modules that the page is made of: template, style, script and texts."""

import hashlib
from pathlib import Path

ROOM = Path(__file__).resolve().parent
KINDS = (".j2", ".css", ".js", ".txt", ".bib")


def room_file(name: str) -> str:
    """The text of one of them."""
    return (ROOM / name).read_text("utf-8")


def room_digest() -> str:
    """A digest of all of them, so that an edit makes the page again."""
    parts = sorted((p.name, p.read_bytes()) for p in ROOM.iterdir() if p.suffix in KINDS)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
