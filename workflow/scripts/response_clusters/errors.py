"""The one exception that stands for a mistake in the data or the configuration."""


class StudyError(Exception):
    """A sentence for the person who runs the study.

    It names the file or the key, what was found, what was expected and what to do next. Scripts let
    it end the job without a traceback; anything else that is raised is a bug and keeps its own.
    """
