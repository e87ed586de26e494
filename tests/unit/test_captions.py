"""The captions of Snakemake's report: plain sentences, whatever the names in them."""

import html
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils.core import publish_parts
from jinja2 import Environment, StrictUndefined

REPORT = Path(__file__).resolve().parents[2] / "workflow" / "report"
CAPTIONS = sorted(path.stem for path in REPORT.glob("*.rst"))
JOB = {
    "note": "Simulated data: planted groups, not a measurement",
    "unit": "% signal change",
    "top": "100",
    "count": "instances",
    "size_by": "lift",
    "max_words": 40,
}


def shown(name: str, cohort: str) -> tuple[str, str]:
    """A caption as Snakemake's report shows it: HTML, and its text."""
    described = SimpleNamespace(
        wildcards=SimpleNamespace(cohort=cohort, subject=cohort, fit="kbest", k="06"),
        input={},
        params=SimpleNamespace(job=JOB),
    )
    environment = Environment(trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    text = environment.from_string((REPORT / f"{name}.rst").read_text("utf-8"))
    settings = {"halt_level": 2, "report_level": 2}
    rendered = text.render(snakemake=described)
    body = publish_parts(rendered, writer="html", settings_overrides=settings)["body"]
    return body, html.unescape(re.sub(r"\s+", " ", re.sub("<[^>]+>", "", body)).strip())


@pytest.mark.parametrize("cohort", ["pooled", "subj01", "subj_", "_a_ (1+2=3), v.", "_x_@y.org"])
@pytest.mark.parametrize("name", CAPTIONS)
def test_names_are_text(name: str, cohort: str) -> None:
    body, text = shown(name, cohort)
    assert "system-message" not in body
    assert re.fullmatch(r"[A-Z].*[.?]", text)
    template = (REPORT / f"{name}.rst").read_text("utf-8")
    if "wildcards.cohort" in template:
        assert ("all subjects pooled" if cohort == "pooled" else cohort) in text
    if "wildcards.subject" in template:
        assert cohort in text
    assert "<em>" not in body or name == "study"
    assert "href" not in body or "@" in cohort
