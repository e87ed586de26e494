"""The texts name only what is there: links, files, targets, columns and keys."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs"))

import describe_files  # noqa: E402
import describe_keys  # noqa: E402

TEXTS = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        ROOT / "config/README.md",
        ROOT / "results/README.md",
    ]
)
SCHEMAS = ROOT / "workflow/scripts/response_clusters/schemas"
NAMES = [path.relative_to(ROOT).as_posix() for path in TEXTS]


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def anchors(text: str) -> set[str]:
    """The places that a heading of a text can be linked to by."""
    titles = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", read(name)):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        found = ((ROOT / name).parent / path).resolve() if path else ROOT / name
        assert found.is_file(), target
        assert not anchor or anchor in anchors(found.read_text("utf-8")), target


@pytest.mark.parametrize("name", NAMES)
def test_paths_of_the_project_exist(name: str) -> None:
    folders = "workflow|tests|config|envs|docs|profiles"
    for path in re.findall(rf"`((?:{folders})/[^`<>{{*\s]+)`", read(name)):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("name", NAMES)
def test_targets_that_are_typed_exist(name: str) -> None:
    text = read(name)
    made = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.M))
    assert set(re.findall(r"(?:^    |`)make ([a-z-]+)", text, re.M)) <= made
    rules = "\n".join(path.read_text("utf-8") for path in (ROOT / "workflow/rules").rglob("*.smk"))
    for target in re.findall(r"snakemake ([a-z_]+)\b", text):
        assert f"rule {target}:" in rules, target
    for config in re.findall(r"--configfile (config/\S+)", text):
        assert (ROOT / config.rstrip("`,.")).is_file(), config


@pytest.mark.parametrize(
    ("name", "page"),
    [("config/README.md", describe_keys.page), ("docs/files.md", describe_files.page)],
)
def test_generated_parts_are_not_stale(name: str, page: Callable[[str], str]) -> None:
    text = read(name)
    assert "<!-- generated: " in text
    assert page(text) == text, "run make docs"


CLAIMS = ("nulls", "stability", "enrichment", "claims")


def test_the_drawing_of_the_rules_has_all_of_them() -> None:
    rules = {
        rule
        for path in (ROOT / "workflow/rules").rglob("*.smk")
        for rule in re.findall(r"^ *rule (\w+):", path.read_text("utf-8"), re.M)
        if path.stem not in ("record", "stale", "verify")
        # Each table of the claims has a figure, which is left out.
        if path.stem not in CLAIMS or not rule.startswith("plot_")
    }
    assert {rule for rule in rules if f"<!-- {rule} -->" not in read("docs/rules.svg")} == set()


def test_generators_are_short() -> None:
    for path in (ROOT / "docs").glob("*.py"):
        assert len(path.read_text("utf-8").splitlines()) <= 70, path


def test_every_schema_is_on_the_page() -> None:
    shown = set(re.findall(r"<!-- generated: (\w+/\w+) -->", read("docs/files.md")))
    kinds = ("tables", "records")
    there = {f"{kind}/{path.stem}" for kind in kinds for path in (SCHEMAS / kind).glob("*.yaml")}
    assert shown == there


def test_paths_in_the_schemas_are_those_that_rules_write() -> None:
    rules = "\n".join(path.read_text("utf-8") for path in (ROOT / "workflow/rules").rglob("*.smk"))
    for kind in ("tables", "records"):
        for schema in (SCHEMAS / kind).glob("*.yaml"):
            path = yaml.safe_load(schema.read_text("utf-8"))["path"]
            if path.startswith("made/"):  # of every rule's job, beside its log
                continue
            stem, suffix = path.rpartition("/")[2].replace("<NN>", "{{session}}").split(".", 1)
            stem = stem.replace("<fit>", "k{{k}}")
            assert f"{stem}.{suffix}" in rules, path


def test_the_readme_says_where_every_result_is() -> None:
    """Each output of a rule, by its file name, stands in one of the two lists of files."""
    rules = "\n".join(path.read_text("utf-8") for path in (ROOT / "workflow/rules").rglob("*.smk"))
    files = set(re.findall(r"\{OUT\}/[^\"]*?([a-z_]+\.(?:tsv|json|parquet|svg|yaml))\"", rules))
    texts = read("README.md") + read("docs/files.md")
    assert len(files) > 15
    for file in files - {"kbest.tsv", "kbest.json"}:
        stem = file.partition(".")[0]  # a figure may stand beside its table
        assert re.search(rf"\b{stem}\.", texts), file


def test_the_citation_is_one() -> None:
    held = yaml.safe_load(read("CITATION.cff"))
    assert held["cff-version"] == "1.2.0"
    assert held["license"] == "MIT"
    assert read("LICENSE").startswith("MIT License")
    assert f'version = "{held["version"]}"' in read("pyproject.toml")
    for reference in held["references"]:
        assert reference["doi"] in read("README.md")
    assert {"title", "authors", "message", "date-released"} <= set(held)
