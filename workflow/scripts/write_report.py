"""Write the page that a person looks at, and the works that its text on methods cites."""

from pathlib import Path

from response_clusters.files import replacing
from response_clusters.report.assembly import contents_of
from response_clusters.report.page import page_html
from response_clusters.study.job import job

if __name__ == "__main__":
    with job() as rule:
        params = rule.params
        contents = contents_of(rule.files, params)
        text = page_html(contents, params["megabytes"])
        rule.log.info("%.1f MB", len(text.encode("utf-8")) / 1e6)
        with (
            replacing(rule.output.page) as page,
            replacing(rule.output.references) as references,
        ):
            Path(page).write_text(text, "utf-8")
            Path(references).write_text(contents.bibliography, "utf-8")
