"""When two prototypes are called similar."""

SIMILAR = 0.8
"""They correlate above this, as in the study being reproduced."""
