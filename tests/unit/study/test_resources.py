"""What jobs ask a scheduler for: from one table, more with each attempt and with size."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from response_clusters.names import POOLED
from response_clusters.sources.bucket import PATIENT
from response_clusters.sources.source import VoxelSource
from response_clusters.study.plan import Plan
from response_clusters.study.resources import NEEDS, SNAKEMAKE, resources, threads

RULES = Path(__file__).resolve().parents[3] / "workflow" / "rules"
CONFIG = {
    "kmeans": {"k": {"max": 20}, "replicates": 50, "swaps": 0},
    "claims": {"replicates": 10},
}


class Sessions(VoxelSource):
    """Sessions of 750 trials, in files of a size given."""

    def __init__(self, megabytes: float = 1000) -> None:
        super().__init__()
        self.each = megabytes

    find = trial_files = region_files = session_files = files_of = lambda self, *_: {}  # type: ignore[assignment]

    def session_megabytes(self, subject: str, session: int) -> float:
        return self.each


def nsd(megabytes: float = 1000) -> Plan:
    sessions = [40, 40, 32, 30, 40, 32, 40, 30]
    return Plan(
        "out", Sessions(megabytes), {f"s{i}": list(range(n)) for i, n in enumerate(sessions)}
    )


def asked(rule: str, plan: Plan, attempt: int = 1, **wildcards: Any) -> tuple[int, int]:
    functions = resources(rule, plan, CONFIG)
    job = SimpleNamespace(**wildcards)
    return functions["mem_mb"](job, attempt), functions["runtime"](job, attempt)


def test_every_rule_asks_for_what_the_table_has_for_it() -> None:
    text = "\n".join(path.read_text("utf-8") for path in RULES.rglob("*.smk"))
    named = dict(re.findall(r"^ *rule (\w+):\n(.*?)(?=^ *rule |\Z)", text, re.M | re.S))
    assert set(named) == set(NEEDS)
    for name, rule in named.items():
        assert re.findall(r"\*\*needs\(\"(\w+)\"\)", rule) == [name]


def test_memory_doubles_and_time_grows_with_each_attempt() -> None:
    plan = nsd()
    first, second, third = (asked("plot_elbow", plan, n) for n in (1, 2, 3))
    assert first[0] >= NEEDS["plot_elbow"].megabytes + SNAKEMAKE
    assert [second[0], third[0]] == [2 * first[0], 4 * first[0]]
    assert [second[1], third[1]] == [2 * first[1], 3 * first[1]]


def test_jobs_that_read_a_bucket_have_time_to_wait_for_its_server() -> None:
    near, far = nsd(), nsd()
    far.source.in_bucket = True
    session = {"subject": "s0", "session": "01"}
    assert asked("average_session", far, **session)[1] >= (
        asked("average_session", near, **session)[1] + PATIENT / 60
    )
    assert (
        asked("average_session", far, **session)[0] > asked("average_session", near, **session)[0]
    )
    assert asked("choose_k", far) == asked("choose_k", near)


def test_a_fit_asks_for_more_where_there_are_more_trials_and_clusters() -> None:
    plan = nsd()
    one, all_of_them = (asked("fit_kmeans", plan, cohort=c, k="20") for c in ("s0", POOLED))
    assert all_of_them[0] > one[0]
    assert all_of_them[1] > one[1] > 1
    assert asked("fit_kmeans", plan, cohort=POOLED, k="02")[1] < all_of_them[1]


def test_the_longest_fits_get_more_threads_than_one() -> None:
    count = threads("fit_kmeans", nsd(), CONFIG)
    assert count(SimpleNamespace(cohort=POOLED, k="20")) == 6
    assert count(SimpleNamespace(cohort="s0", k="20")) == 1
    assert count(SimpleNamespace(cohort="s0", k="06")) == 1
    assert count(SimpleNamespace(cohort=POOLED, k="01")) == 1


def test_a_larger_session_asks_for_more() -> None:
    job = {"subject": "s0", "session": "01"}
    assert asked("average_session", nsd(6000), **job)[0] > asked("average_session", nsd(), **job)[0]


@pytest.mark.parametrize("rule", NEEDS)
def test_ten_short_jobs_in_a_row_ask_for_minutes_and_not_for_hours(rule: str) -> None:
    job = {"cohort": "s0", "subject": "s0", "session": "01", "k": "06"}
    plan = nsd()
    if NEEDS[rule].size.__name__ in ("_tables", "_annotations"):
        pytest.skip("needs files")
    assert 10 * asked(rule, plan, **job)[1] <= 70
