"""Merges the placements that sources tell: the same one counts once, and what may be two stays two.

A placement that is joined wrongly hides that a youth goes to school, or opens a case; one that is told twice hides that
a youth has left. So two are the same only where nothing speaks against it, and where that leaves two sources with a
placement each for the same time, both count and the conflict is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from msgspec import structs

from kaa_bridge.domain.facts import Placement
from kaa_bridge.domain.values import PlacementEnd
from kaa_bridge.sync.conflict import APART, Conflict, note

_FEW_DAYS = timedelta(days=3)
"""A term's first day, its roll-call and the weekend between: one start, told by several."""
_SUMMER = timedelta(days=62)
"""1 July to the end of August: where a school year begins, in a school that both sources name."""
_MONTH = timedelta(days=31)
"""How late a school may record that a pupil has moved on; until then two schools tell of the same days."""
_FILLED = ("study_path", "equivalent", "first_term_start")
_NO_END = date.max


class _Kept:
    """A placement that counts, and the source whose word it is."""

    __slots__ = ("placement", "source")

    def __init__(self, source: str, placement: Placement) -> None:
        self.source, self.placement = source, told_by(source, placement)


_Fits = Callable[[Placement, Placement], bool]


def merge_placements(
    said: Iterable[tuple[str, tuple[Placement, ...] | None]], conflicts: list[Conflict]
) -> tuple[Placement, ...]:
    """Return every placement that a source tells, the same one once, as the most trusted tells it.

    Args:
        said: sources with their placements, the most trusted first.
        conflicts: takes up what the sources disagree on.
    """
    kept: list[_Kept] = []
    first: tuple[Placement, ...] = ()
    for source, told in said:
        if not told or told == first:
            continue
        if not kept:
            kept, first = [_Kept(source, one) for one in told], told
            continue
        rest, free = list(told), kept.copy()
        for fits in _SAME:
            rest = [one for one in rest if not _found(one, source, free, fits, conflicts)]
            if not rest:
                break
        if rest and free:
            rest = _join_near(rest, source, free, conflicts)
            _note_apart(rest, source, free, conflicts)
        kept += [_Kept(source, one) for one in rest]
    if len(kept) > 1:
        kept.sort(key=_by_start)
    return tuple([one.placement for one in kept])


def told_by(source: str, placement: Placement) -> Placement:
    """Return the placement with its source, if it does not name one itself."""
    return placement if placement.source else structs.replace(placement, source=source)


def by_start(placement: Placement) -> tuple[date, str, str]:
    """Order placements by their first day."""
    return placement.start or date.min, placement.school_form, placement.school_unit or ""


def _by_start(kept: _Kept) -> tuple[date, str, str]:
    return by_start(kept.placement)


def _found(one: Placement, source: str, free: list[_Kept], fits: _Fits, conflicts: list[Conflict]) -> bool:
    """Join the placement with the first that fits, and take that one off ``free``; tell whether there was one."""
    for index, kept in enumerate(free):
        if fits(kept.placement, one):
            _join(kept, source, one, conflicts)
            del free[index]
            return True
    return False


def _alike(one: Placement, other: Placement) -> bool:
    return (
        one.start == other.start
        and one.school_form == other.school_form
        and one.school_unit == other.school_unit
        and one.study_path == other.study_path
    )


def _same_days(one: Placement, other: Placement) -> bool:
    return one.end == other.end and _same_start(one, other)


def _same_start(one: Placement, other: Placement) -> bool:
    return one.start == other.start and one.school_form == other.school_form and not _other_unit(one, other)


_SAME: tuple[_Fits, ...] = (_alike, _same_days, _same_start)
"""When two are the same although their first days agree; the better fit is looked for first."""


def _join_near(rest: list[Placement], source: str, free: list[_Kept], conflicts: list[Conflict]) -> list[Placement]:
    """Join what plainly is the same with another first day; return the others.

    Where one could be either of two, it is not plain which.
    """
    others = [kept for kept in free if kept.source != source]
    alone = []
    for one in rest:
        near = [kept for kept in others if _near(kept.placement, one)]
        if len(near) == 1 and sum(_near(near[0].placement, rival) for rival in rest) == 1:
            _join(near[0], source, one, conflicts)
            free.remove(near[0])
        else:
            alone.append(one)
    return alone


def _near(one: Placement, other: Placement) -> bool:
    """Tell whether two are plainly the same although their first days differ.

    In a school that both name, the school year may begin anywhere in the summer. Where the school is not told, the
    first days must lie close and both go on together for long: else a pupil may have changed schools.
    """
    if one.school_form != other.school_form or one.start is None or other.start is None:
        return False
    if _other_unit(one, other) or _other_path(one.study_path, other.study_path):
        return False
    apart, same_unit = abs(one.start - other.start), one.school_unit is not None and other.school_unit is not None
    if apart > (_SUMMER if same_unit else _FEW_DAYS):
        return False
    return _together(one, other) > (apart if same_unit else _MONTH)


def _note_apart(rest: list[Placement], source: str, free: list[_Kept], conflicts: list[Conflict]) -> None:
    for one in rest:
        for kept in free:
            placement = kept.placement
            if kept.source == source or placement.school_form != one.school_form or placement.end == one.end:
                continue
            if _together(placement, one) > _FEW_DAYS:
                note(conflicts, APART, kept.source, source)


def _together(one: Placement, other: Placement) -> timedelta:
    """Return how long both go on at once; an unknown first day lies before all others."""
    begun = max(one.start or date.min, other.start or date.min)
    return min(one.end or _NO_END, other.end or _NO_END) - begun


def _other_unit(one: Placement, other: Placement) -> bool:
    return one.school_unit != other.school_unit and one.school_unit is not None and other.school_unit is not None


def _other_path(one: str | None, other: str | None) -> bool:
    """Tell whether two study paths differ; the one may be the other's programme without its orientation."""
    return one is not None and other is not None and not one.startswith(other) and not other.startswith(one)


def _join(kept: _Kept, source: str, other: Placement, conflicts: list[Conflict]) -> None:
    """Let the trusted word stand, fill what it leaves out, and note what differs."""
    one = kept.placement
    if one.end != other.end:
        note(conflicts, "placements", kept.source, source)
    if one.start != other.start:
        note(conflicts, "placement_start", kept.source, source)
    filled: dict[str, object] = {}
    for name in _FILLED:
        mine, theirs = getattr(one, name), getattr(other, name)
        if mine is None and theirs is not None:
            filled[name] = theirs
        elif mine != theirs and theirs is not None and not (name == "study_path" and not _other_path(mine, theirs)):
            note(conflicts, name, kept.source, source)
    if one.school_unit is None and other.school_unit is not None:
        filled["school_unit"] = other.school_unit
    if (one.end is None) == (other.end is None) and one.ended_as is not other.ended_as:
        if one.ended_as in _NO_REASON:
            filled["ended_as"] = other.ended_as or one.ended_as
        elif other.ended_as not in _NO_REASON:
            note(conflicts, "ended_as", kept.source, source)
    if filled:
        kept.placement = structs.replace(one, **filled)


_NO_REASON = (None, PlacementEnd.UNKNOWN)
