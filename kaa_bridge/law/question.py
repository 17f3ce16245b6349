"""The question that a set of provisions is prepared for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kaa_bridge.law.settings import LawSettings


@dataclass(frozen=True, slots=True)
class Question:
    """Which municipality, which day, with which settings, and whether a source that would know is frozen."""

    municipality: str
    day: date
    settings: LawSettings
    frozen: bool = False
