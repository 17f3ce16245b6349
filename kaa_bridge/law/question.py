"""The question that a set of provisions is prepared for."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from kaa_bridge.law.settings import LawSettings


class Question(Struct, frozen=True):
    """Which municipality, which day, with which settings.

    Attributes:
        frozen: a source that would know is not being updated, and none fills the gap: silence proves nothing.
        remarked: a source is not being updated; others prove what it would, so only the remark is made.
    """

    municipality: str
    day: date
    settings: LawSettings
    frozen: bool = False
    remarked: bool = False
