"""Match one cohort's clusters, at every k, to those of the pooled cohort's chosen fit."""

import pandas as pd
from response_clusters.job import job
from response_clusters.matching import matched_to, prototype_matrix
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        source, values = rule.input, rule.params["k"]
        pooled = prototype_matrix(read_table(source.pooled, "centroids"))
        blocks = []
        for k, path in zip(values, source.centroids, strict=True):
            prototypes = prototype_matrix(read_table(path, "centroids"))
            block = matched_to(prototypes, pooled)
            block.insert(0, "k", k)
            blocks.append(block)
        table = pd.concat(blocks, ignore_index=True)
        rule.log.info("median r %.3f with the pooled cluster", table["r"].median())
        write_table(table, rule.output.identity, "identity")
