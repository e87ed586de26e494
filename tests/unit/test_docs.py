"""The texts name only what is there: links, files, targets, columns and keys."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TEXTS = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        ROOT / "config/README.md",
        ROOT / "results/README.md",
    ]
)
SCHEMAS = ROOT / "workflow/scripts/response_clusters/schemas/tables"
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
    for config in re.findall(r"--configfile (\S+)", text):
        assert (ROOT / config.rstrip("`,.")).is_file(), config


@pytest.mark.parametrize(
    "schema",
    sorted(p.stem for p in SCHEMAS.glob("*.yaml")),
)
def test_every_column_is_described(schema: str) -> None:
    paragraphs = re.split(r"\n\*\*|\n## ", read("docs/files.md"))
    (about,) = [text for text in paragraphs if f"(`{schema}`)" in text]
    columns = yaml.safe_load(
        read(f"workflow/scripts/response_clusters/schemas/tables/{schema}.yaml")
    )["columns"]
    assert [column for column in columns if f"`{column}`" not in about] == []


def test_the_readme_says_where_every_result_is() -> None:
    """Each output of a rule, by its file name, stands in one of the two lists of files."""
    rules = "\n".join(path.read_text("utf-8") for path in (ROOT / "workflow/rules").rglob("*.smk"))
    files = set(re.findall(r"\{OUT\}/[^\"]*?([a-z_]+\.(?:tsv|json|parquet|svg|yaml))\"", rules))
    texts = read("README.md") + read("docs/files.md")
    assert len(files) > 15
    for file in files - {"kbest.tsv", "kbest.json"}:
        stem, suffix = file.split(".")
        assert re.search(rf"\b{stem}\.(?:{suffix}|\{{[a-z,]*{suffix})", texts), file


def test_the_citation_is_one() -> None:
    held = yaml.safe_load(read("CITATION.cff"))
    assert held["cff-version"] == "1.2.0"
    assert held["license"] == "MIT"
    assert read("LICENSE").startswith("MIT License")
    assert f'version = "{held["version"]}"' in read("pyproject.toml")
    for reference in held["references"]:
        assert reference["doi"] in read("README.md")
    assert {"title", "authors", "message", "date-released"} <= set(held)
