"""From an absence that a source tells to the departure it means, or to nothing (gymnasieförordningen 12:3 and 12:4 a).

Whoever is absent but has not left still attends, is not covered, and may not be registered for it. So an absence is
looked at and forgotten; only a departure that has taken effect becomes a fact.
"""

from __future__ import annotations

from datetime import date

from kaa_bridge.domain.dates import DAY
from kaa_bridge.domain.facts import Event
from kaa_bridge.domain.record import AbsenceTold
from kaa_bridge.domain.values import AbsenceReason, EventKind
from kaa_bridge.law.leaving import EXCUSED, days_after, month_has_passed
from kaa_bridge.law.leaving_law import leaving_law
from kaa_bridge.law.settings import DEFAULT, LawSettings


def left_by_absence(told: AbsenceTold, *, as_of: date, settings: LawSettings = DEFAULT) -> Event | None:
    """Return the event ``considered_left`` when the absence has led to a departure by a day; else ``None``.

    The event's day is the first on which the pupil counts as having left; its reason cites the paragraph, says so where
    nobody knows why the pupil is absent, and names the last day in school where it is known.
    """
    if told.excepted or told.reason in EXCUSED:
        return None
    law, first = leaving_law(), told.first_term_start
    if first is not None and told.start <= first <= as_of:
        last_needed = days_after(first, settings)
        rule, left = law.no_show.provision, last_needed + DAY
    else:
        rule, left = law.absence.provision, month_has_passed(told.start)
        last_needed = left
    if left > as_of or (told.end is not None and told.end < last_needed):
        return None
    return Event(kind=EventKind.CONSIDERED_LEFT, on=left, reason=_reason(rule, told))


def _reason(rule: str, told: AbsenceTold) -> str:
    words = [rule]
    if told.reason is not AbsenceReason.INVALID:
        words.append("orsaken är inte känd")
    if told.last_attended is not None:
        words.append(f"senast i skolan {told.last_attended}")
    return ", ".join(words)
