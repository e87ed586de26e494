"""Judge every statement of the abstract by the tables of claims."""

from response_clusters.records import read_record
from response_clusters.statistics.claims import claims_table
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        files = rule.files
        tables = {
            "elbow": read_record(files["elbow"], "elbow"),
            "nulls": read_table(files["nulls"], "nulls"),
            "chosen_k": read_table(files["chosen_k"], "chosen_k"),
            "ladder": read_table(files["ladder"], "ladder"),
            "stability": read_table(files["stability"], "stability"),
            "repeats": read_table(files["repeats"], "repeats"),
        }
        # Those that the dataset does not allow are not among the inputs.
        if "shared" in files:
            tables["shared"] = read_table(files["shared"], "shared")
        if "nearest_again" in files:
            tables["nearest_again"] = read_table(files["nearest_again"], "nearest_again")
        if "enrichment" in files:
            tables["enrichment"] = read_table(files["enrichment"], "enrichment")
            tables["cooccurrence"] = read_record(files["cooccurrence"], "cooccurrence")
        claims = claims_table(tables)
        rule.log.info("%s", claims["verdict"].value_counts().to_dict())
        write_table(claims, rule.output.table, "claims")
