"""The correlation above which two prototypes are called similar."""

SIMILAR = 0.8
"""The threshold of Campbell et al., whose study is reproduced here."""
