"""Small random studies of a few cohorts, as tables, for what the page shows."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from response_clusters.comparison.matching import identity_table, prototype_matrix
from response_clusters.report.explorer import explored
from response_clusters.report.shown import Listing, shown_of

REGIONS = ["V1v", "PPA", "EBA", "FFA-1", "odd", "hV4"]
LISTING = Listing(distinct=True, annotated=False, top="5", count="instances")


@dataclass
class Study:
    """The tables of some cohorts at every k; `missing` are regions that a subject lacks."""

    most: int = 4
    missing: dict[str, list[str]] = field(default_factory=dict)
    text: bool = False
    images: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        self.cohorts = ["b", "a", "pooled"]
        self.responses, self.fits, self.centroids = {}, {}, {}
        absent = {region for regions in self.missing.values() for region in regions}
        for cohort in self.cohorts[:2]:
            n = 60 if cohort == "a" else 90
            self.responses[cohort] = pd.DataFrame(
                {
                    "subject": pd.array([cohort] * n, "string"),
                    "trial": np.arange(1, n + 1, dtype=np.int32),
                    "image": self._ids(rng.integers(0, 40, n)),
                }
            ).assign(
                **{
                    region: rng.normal(size=n).astype(np.float32)
                    for region in REGIONS
                    if region not in self.missing.get(cohort, [])
                }
            )
        both = pd.concat([self.responses["a"], self.responses["b"]], ignore_index=True)
        self.responses["pooled"] = both.drop(columns=list(absent))
        for cohort, rows in self.responses.items():
            regions = [column for column in rows if column in REGIONS]
            values = rows[regions].to_numpy(np.float64)
            self.fits[cohort], self.centroids[cohort] = {}, {}
            for k in range(1, self.most + 1):
                drawn = np.concatenate([np.arange(k), rng.integers(0, k, len(rows) - k)])
                by_size = np.argsort(-np.bincount(drawn), kind="stable")
                clusters = np.argsort(by_size)[drawn] + 1
                self.fits[cohort][k] = pd.DataFrame(
                    {
                        "cluster": clusters.astype(np.int16),
                        # Of two decimals, so that there are ties.
                        "correlation": rng.uniform(-1, 1, len(rows)).round(2).astype(np.float32),
                    }
                )
                mean = np.array([values[clusters == c].mean(axis=0) for c in range(1, k + 1)])
                away = mean - mean.mean(axis=1, keepdims=True)
                self.centroids[cohort][k] = pd.DataFrame(
                    {
                        "cluster": np.repeat(np.arange(1, k + 1), len(regions)),
                        "region": regions * k,
                        "response": mean.ravel(),
                        "prototype": (away / np.linalg.norm(away, axis=1, keepdims=True)).ravel(),
                    }
                )
        self.stimuli = pd.DataFrame({"image": self._ids(range(40))})
        self.stimuli["coco_id"] = pd.array(range(100, 140), "Int32")
        covered = np.arange(40) % 5 > 0
        self.listed = self.stimuli[["image"]].assign(covered=covered)
        pairs = [
            (i, c) for i in range(0, 38) for c in range(20) if covered[i] and rng.random() < 0.3
        ]
        self.labels = pd.DataFrame(
            {
                "image": self._ids([i for i, _ in pairs]),
                "category": [f"c{c:02d}" for _, c in pairs],
                "instances": rng.integers(1, 4, len(pairs)),
            }
        )
        names = [f"c{c:02d}" for c in reversed(range(20))]
        self.categories = pd.DataFrame({"category": names, "supercategory": "any"})

    def _ids(self, numbers: Any) -> Any:
        if not self.images:
            return pd.array([pd.NA] * len(numbers), "Int32")
        if self.text:
            return pd.array([f"img{n:02d}" for n in numbers], "string")
        return pd.array(list(numbers), "Int32")

    def assignments(self, cohort: str, k: int) -> pd.DataFrame:
        rows = self.responses[cohort][["subject", "trial", "image"]]
        return pd.concat([rows, self.fits[cohort][k]], axis=1)

    def prototypes(self, cohort: str, k: int) -> pd.DataFrame:
        return prototype_matrix(self.centroids[cohort][k])

    def identity(self, cohort: str) -> pd.DataFrame:
        fits = {k: self.prototypes(cohort, k) for k in self.fits[cohort]}
        return identity_table(fits, self.prototypes("pooled", min(2, self.most)))

    def explored(
        self, cohort: str, listing: Listing = LISTING, labels: bool = True
    ) -> dict[str, Any]:
        rows = self.responses[cohort]
        tables = {"images": self.listed, "labels": self.labels, "categories": self.categories}
        stimuli = self.stimuli if self.images else None
        return explored(
            cohort,
            self.fits[cohort],
            {name: self.centroids[name] for name in self.cohorts},
            rows.drop(columns="image"),
            pd.DataFrame({"region": REGIONS, "collection": None}),
            self.identity(cohort),
            shown_of(rows[["subject", "trial", "image"]], stimuli, **(tables if labels else {})),
            listing,
        )
