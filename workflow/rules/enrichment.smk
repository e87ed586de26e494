"""Claims about what clusters show: categories, the nearest images' other presentations, labels.

Reads the pooled chosen fit, the responses and the labels. Writes, below claims/, enrichment.*,
nearest_again.*, information.*, cooccurrence.* and associations.*.
"""
