"""What scripts share that measure claims: the table of draws."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from response_clusters.statistics.measures import Value
from response_clusters.study.draws import write_draws
from response_clusters.tables import read_table


def test_statistics_have_no_more_digits_than_processors_agree_on(tmp_path: Path) -> None:
    path = tmp_path / "statistics.parquet"
    rule: Any = SimpleNamespace(
        wildcards=SimpleNamespace(model="observed"), output=SimpleNamespace(statistics=path)
    )
    found = {
        ("trials", draw): [Value("pooled", 3, "kappa", value), Value("pooled", 3, "ari", nothing)]
        for draw, value, nothing in ((0, 1 / 3, float("nan")), (1, 1 / 3 + 1e-16, float("nan")))
    }
    write_draws(rule, found)
    table = read_table(path, "draws").set_index("statistic")
    assert table.loc["kappa", "value"].tolist() == [0.333333333333] * 2
    assert table.loc["ari", "value"].isna().all()
