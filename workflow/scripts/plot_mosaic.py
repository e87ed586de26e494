"""Draw figure 1A: the pictures of the trials nearest each cluster's prototype."""

from response_clusters.comparison.identity import identity_of
from response_clusters.figures import style
from response_clusters.figures.mosaic import ACROSS, PIXELS, mosaic_figure
from response_clusters.images.pictures import nearest_shown, read_pictures
from response_clusters.records import read_fit
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        files, out = rule.input, rule.output
        shown = nearest_shown(read_table(files.nearest, "nearest"), ACROSS)
        fit = read_fit(files.fit, shown["cluster"])
        stimuli = read_table(files.stimuli, "stimuli") if files.get("stimuli") else None
        stored = rule.files["pictures"]
        pictures = read_pictures(stored, shown, PIXELS, stimuli)
        rule.log.info("%d pictures read from %s", len(pictures), stored)
        figure = mosaic_figure(
            shown,
            pictures,
            fit,
            identity_of(read_table(files.identity, "identity"), fit["k"]),
            rule.wildcards.cohort,
            rule.params["note"],
        )
        style.save(figure, out.svg, out.png, photographs=True)
