"""Every rule's params follow the code of its own script, and its record names what computes."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RULE = re.compile(r"^ *rule (\w+):\n(.*?)(?=^ *rule \w+:|\Z)", re.M | re.S)


def rules() -> dict[str, str]:
    """The text of every rule, by name."""
    files = sorted((ROOT / "workflow" / "rules").rglob("*.smk"))
    return {name: text for file in files for name, text in RULE.findall(file.read_text("utf-8"))}


@pytest.mark.parametrize("rule", rules())
def test_a_rules_digest_is_that_of_its_script(rule: str) -> None:
    text = rules()[rule]
    scripts = re.findall(r'"(?:\.\./)+scripts/(\w+)\.py"', text)
    digests = re.findall(r'job_params\(\s*"(\w+)"', text)
    assert len(scripts) == 1
    assert digests == scripts


def test_there_are_rules() -> None:
    assert len(rules()) > 25


def test_what_the_lock_and_the_snakefile_ask_for_agree() -> None:
    asked = re.search(r"^snakemake>=([0-9.]+),", (ROOT / "envs" / "study.in").read_text(), re.M)
    least = re.search(
        r'^min_version\("([0-9.]+)"\)', (ROOT / "workflow" / "Snakefile").read_text(), re.M
    )
    assert asked and least and asked[1] == least[1]
