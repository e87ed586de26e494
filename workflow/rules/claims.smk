"""Every claim of the abstract: the tables that remain, and the verdict on each.

Reads the fits and all tables below claims/. Writes, below claims/, lineage.*, repeats.*, shared.*,
sensitivity.tsv and claims.*.
"""
