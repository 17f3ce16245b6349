"""What the law leaves open, as visible choices of a municipality; ``LawSettings()`` is what ``decide`` uses."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct

Choice = Literal["investigate", "not_covered", "covered"]
"""What a municipality may let a situation mean on which the law is silent."""


class TermEnd(Struct, frozen=True):
    """The last day of a spring term as the huvudman has set it (skolförordningen 3 kap. 2-3 §§; regulation trap 29).

    Attributes:
        municipality: kommunkod.
        last_day: inclusive; skolplikt that ends with this term is over the day after.
    """

    municipality: str
    last_day: date


class LawSettings(Struct, frozen=True, kw_only=True):
    """A municipality's choices where skollagen is silent; every default has its reason in docs/explanation/law.md.

    Attributes:
        still_in_compulsory_school: what attending grundskola, anpassad grundskola, specialskola or sameskola after
            skolplikt means (skollagen 7:15); 29:9 names upper secondary schools only.
        awaiting_start: what being admitted to a placement that begins later means. ``covered`` is the letter of the
            law: nobody undergoes an education that has not begun.
        equivalent_school_forms: school forms whose attendance always counts as *motsvarande utbildning*; a single
            placement is judged by its own mark ``equivalent``.
        term_ends: last days of spring terms; without one, 1-30 June of the year is *unknown* where skolplikt must be
            computed, since the statute says only that the school year ends in June.
        registration_proves_life: whether a current folkbokföring proves that the person lives in Sweden, for
            municipalities whose sources never tell the life status.
        no_show_days: days after the first term's start within which a pupil must come or report why not
            (gymnasieförordningen 12:3).
        no_show_count: whether those days are calendar days or weekdays; the statute does not say.
    """

    still_in_compulsory_school: Choice = "investigate"
    awaiting_start: Choice = "covered"
    equivalent_school_forms: frozenset[str] = frozenset()
    term_ends: tuple[TermEnd, ...] = ()
    registration_proves_life: bool = False
    no_show_days: int = 3
    no_show_count: Literal["calendar", "weekdays"] = "calendar"


DEFAULT = LawSettings()
"""The defaults."""
