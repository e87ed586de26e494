"""Made-up contents of a page, small: two cohorts, k of 1 and 2, and a few pictures."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pandas as pd
from response_clusters.names import POOLED
from response_clusters.records import checked_record
from response_clusters.report.page import Contents, Picture
from response_clusters.report.pictures import PIXELS

Image = int | str | None

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&"
"""Text that is no tag anywhere."""
FORCED = {"img", "script", "iframe", "object", "embed", "link", "base", "form", "style", "meta"}
"""Elements by which text could do something, were it read as tags."""


def explorer(
    cohort: str = POOLED,
    images: Sequence[Image] = (1, 2, 3),
    *,
    subject: str = "subj01",
    text: str = "dog",
    labels: bool = True,
) -> dict[str, Any]:
    """A cohort's record; its images are nearest to the clusters of k = 1, 2 in turn.

    `text` is a label, a category, a region and its family.
    """
    dealt = [images, images[::2], images[1::2]]
    fits = []
    for k in (1, 2):
        clusters = []
        for cluster in range(1, k + 1):
            shown = dealt[k + cluster - 2]
            clusters.append(
                {
                    **{"cluster": cluster, "identity": cluster, "identity_r": 0.9},
                    **{"size": 100 // k, "share": 1 / k, "place": (cluster - 0.5) / k},
                    "response": {name: [0.5, -0.25] for name in ("mean", "low", "median", "high")},
                    "prototype": [0.7, -0.7],
                    "nearest": [
                        {
                            **{"rank": rank, "subject": subject, "trial": rank, "image": image},
                            **{"coco_id": None, "r": 0.5, "labels": [text] if labels else None},
                        }
                        for rank, image in enumerate(shown, 1)
                    ],
                    "categories": [{"category": text, "count": 3, "lift": 2.5}] if labels else [],
                    "before": [{"cluster": 1, "trials": 50, "share": 1.0}] if k > 1 else [],
                    "matches": [],
                }
            )
        fits.append({"k": k, "clusters": clusters})
    record = {
        **{"cohort": cohort, "trials": 100, "unit": "z", "chosen": 2, "statistic": "r2_between"},
        "regions": [{"region": "V1", "family": text}, {"region": text, "family": text}],
        "rule": "k = 2 is the largest",
        "curve": [{"k": k, "r2_between": k / 4, "r2_explained": k / 8} for k in (1, 2)],
        "counted": {"top": "10", "count": "images"} if labels else None,
        **{"fits": fits, "note": ""},
    }
    return checked_record(record, "explorer", cohort)


def thumbnails(images: Sequence[int | str]) -> pd.DataFrame:
    """The table of these pictures: letters in their stead, fewer for the smaller ones."""
    columns = {f"webp_{side}": [f"{n:04d}" * side for n in range(len(images))] for side in PIXELS}
    return pd.DataFrame({"image": pd.Series(list(images)), **columns})


def contents(explorers: Sequence[dict[str, Any]], text: str = "words", **over: Any) -> Contents:
    """All that a page is made of; whatever people may write is `text`."""
    summary = {
        **{"study": text, "sentences": [text] * 3, "note": text},
        "warnings": [{"about": text, "text": text}],
    }
    software = {"python": text, "packages": {text: text}, "commit": text, "clean": False}
    provenance = {
        **{"study": text, "config": {"report": {"names": {"1": text}}}, "software": software},
        "machine": {"system": text, "architecture": text, "processors": 2},
        "inputs": [{"path": text, "bytes": None, "modified": text, "etag": None}],
        "seeds": {"seed": 0, "derivation": text},
        "rules": [{"rule": text, "jobs": 1, "seconds": 1.0, "longest": None, "megabytes": 2}],
        "note": text,
    }
    known: dict[str, Any] = {
        "explorers": list(explorers),
        "summary": checked_record(summary, "summary", "summary"),
        "provenance": checked_record(provenance, "provenance", "provenance"),
        **{"methods": [(text, text)], "bibliography": text, "terms": f"Terms: {text}"},
        **{"names": {1: text}, "no_maps": text},
        **{"figures": [figure("nulls", text)], "maps": [figure("map", text)]},
        "static": [figure("elbow", text), figure("mosaic", text)],
    }
    return Contents(**{**known, **over})


def figure(name: str, text: str) -> Picture:
    return Picture(name, text, text, f"<svg>{name}</svg>".encode())


@dataclass
class Parts(HTMLParser):
    """What a browser reads of a page.

    Attributes
    ----------
    tags : list of (str, dict)
        Every element with its attributes.
    texts : list of str
        The texts of elements other than scripts and styles.
    blocks : dict
        The JSON of each block, by id.
    within : dict of str
        The text of the last script and the last style.
    """

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    blocks: dict[str, Any] = field(default_factory=dict)
    within: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is None:
            self.texts.append(data)
            return
        _, last = self.tags[-1]
        if last.get("type") == "application/json":
            self.blocks[str(last["id"])] = json.loads(data)
        else:
            self.within[self.cdata_elem] = data

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def read(page: str) -> Parts:
    parts = Parts()
    parts.feed(page)
    parts.close()
    return parts
