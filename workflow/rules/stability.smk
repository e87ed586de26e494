"""Claims about other images and other subjects: halves, bootstraps, subjects left out.

Reads <subject>/responses.parquet and <cohort>/elbow.json. Writes claims/draws/ and, below claims/,
stability.* and generalisation.*.
"""
