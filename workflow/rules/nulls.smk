"""Claims against two models: surrogates without clusters and with k groups, and what they give.

Reads <subject>/responses.parquet and <cohort>/elbow.json. Writes claims/draws/ and, below claims/,
nulls.*, curve.tsv, chosen_k.tsv, prototypes.*, axes.parquet and ladder.*.
"""
