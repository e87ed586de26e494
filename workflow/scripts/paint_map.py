"""Paint the prototypes of a subject's fit on the voxels of the subject's regions."""

from response_clusters.comparison.identity import identity_of
from response_clusters.records import read_fit, write_record
from response_clusters.report.maps import map_image, map_record, painted, prototypes_of, write_map
from response_clusters.sources.voxels import read_voxels
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        files, subject = rule.input, rule.wildcards.subject
        voxels = read_voxels(files.voxels, read_table(files.regions, "regions"))
        centroids = read_table(files.centroids, "centroids")
        prototypes = prototypes_of(centroids, voxels, files.centroids)
        fit = read_fit(files.fit, centroids["cluster"])
        identity = identity_of(read_table(files.identity, "identity"), fit["k"])
        values = painted(voxels, prototypes)
        record = map_record(subject, voxels, identity, rule.params["note"])
        rule.log.info("%d voxels, %d of several regions", len(values), record["shared_voxels"])
        write_map(map_image(voxels, values, subject), rule.output.map)
        write_record(record, rule.output.record, "map")
