"""What a budget buys where k is large: more replicates, or swaps of prototypes.

python benchmarks/swaps.py     # a minute or two
"""

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "workflow" / "scripts"))

from kmeans import responses
from response_clusters.clustering.kmeans import CorrelationKMeans

BUDGETS = ((10, 0), (50, 0), (200, 0), (10, 100), (10, 400), (50, 400))


def main() -> None:
    """Cluster 30,000 rows at k = 20 under each budget; print and keep what it found and took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    X, rows = responses(30_000), []
    CorrelationKMeans(3, n_init=1, n_swaps=1).fit(X[:1000])  # compiled code is loaded
    print(f"{'replicates':>10}{'swaps':>7}{'objective':>12}{'agree':>7}{'s':>8}")
    for replicates, swaps in BUDGETS:
        began = time.perf_counter()
        fit = CorrelationKMeans(20, n_init=replicates, n_swaps=swaps, random_state=0).fit(X)
        rows.append(
            {
                "replicates": replicates,
                "swaps": swaps,
                "objective": fit.inertia_,
                "agreeing": fit.n_agreeing_,
                "seconds": time.perf_counter() - began,
            }
        )
        took = rows[-1]["seconds"]
        print(f"{replicates:10}{swaps:7}{fit.inertia_:12.3f}{fit.n_agreeing_:7}{took:8.1f}")
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
