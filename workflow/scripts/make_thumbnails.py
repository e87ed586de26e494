"""Make the pictures of the page small: every image among the ten nearest of any cluster."""

from response_clusters.records import read_record
from response_clusters.report.thumbnails import images_of, thumbnails
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        files = rule.input
        shown = images_of(read_record(path, "explorer") for path in files.explorers)
        stimuli = read_table(files.stimuli, "stimuli") if files.get("stimuli") else None
        table = thumbnails(rule.files["pictures"], shown, stimuli)
        rule.log.info("%d pictures", len(table))
        write_table(table, rule.output.table, "thumbnails")
