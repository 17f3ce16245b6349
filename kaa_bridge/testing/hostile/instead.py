"""An answer that may be anything, told apart from no answer."""

from __future__ import annotations


class Instead:
    """What a way answers instead of what a good journal would; even ``None``."""

    def __init__(self, value: object) -> None:
        """Keep it."""
        self.value = value
