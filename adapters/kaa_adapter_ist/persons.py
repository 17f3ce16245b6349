"""Looks at persons without reading them: whose record it is, and whether it answers the question.

This is the hot path: a record that is unchanged since yesterday is looked at here and nowhere else. The quick looks are
safe: an unescaped quote cannot stand inside a JSON string, so a key that is found as bytes is a key.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

_ID = b'{"id":"'
_ID_START, _ID_END = len(_ID), len(_ID) + 36
_ENROLLED = b'"enrolments":[{'
_FEW = 2
"""So many records that do not answer the question are taken for the server's own slips."""
_SHARE = 50
"""One in so many records that do not answer the question likewise."""


class _Meta(msgspec.Struct):
    modified: str | None = None


class _Probe(msgspec.Struct):
    """What is looked at when the quick look does not do."""

    id: str | None = None
    enrolments: list[msgspec.Raw] | msgspec.UnsetType | None = msgspec.UNSET
    meta: _Meta | None = None


_PROBE = msgspec.json.Decoder(_Probe)


class PersonScan:
    """Goes through the pages of one pull.

    Attributes:
        seen: records so far.
        strays: those that do not answer the question (asked were persons with an enrolment).
        dropped: strays that are no pupils at all; they are left out, nobody asked for them.
    """

    def __init__(self) -> None:
        """Begin."""
        self.seen = self.strays = self.dropped = 0
        self._ids = array("q")

    def pupils(self, data: Iterable[msgspec.Raw]) -> list[bytes]:
        """Return the records of a page that are pupils, in order.

        A person without the property ``enrolments`` is no pupil; one with an empty list is a pupil without enrolment.
        """
        records = list(map(bytes, data))
        self.seen += len(records)
        quick = [hash(one[_ID_START:_ID_END]) for one in records if one[:_ID_START] == _ID and one.rfind(_ENROLLED) > 0]
        if len(quick) == len(records):
            self._ids.fromlist(quick)
            return records
        return [record for record in records if self._is_pupil(record)]

    def answers_something_else(self, others: int = 0) -> bool:
        """Tell whether so many strays (and ``others``) came that the question cannot have been understood.

        Asked when the last page has come: the order of the records must not decide.
        """
        return self.strays + others > max(_FEW, self.seen // _SHARE)

    def repeated(self, part: int = 200_000) -> int:
        """Count the persons that came more than once, ``part`` or so at a time: a large set would cost much memory."""
        parts = 1 + len(self._ids) // part
        if parts == 1:
            return len(self._ids) - len(set(self._ids))
        distinct = sum(len({key for key in self._ids if key % parts == rest}) for rest in range(parts))
        return len(self._ids) - distinct

    def _is_pupil(self, record: bytes) -> bool:
        probe = _probe(record)
        if probe is None:
            return True
        if probe.id is not None:
            self._ids.append(hash(probe.id.encode()))
        if probe.enrolments:
            return True
        self.strays += 1
        if probe.enrolments is not msgspec.UNSET:
            return True
        self.dropped += 1
        return False


def person_key(record: bytes) -> str | None:
    """Return the person's transfer id, ``None`` when the record tells none."""
    probe = _probe(record)
    return probe.id if probe else None


def is_older(record: bytes, than: datetime) -> bool:
    """Tell whether the person says to have been modified before the time; a time without zone tells nothing."""
    probe = _probe(record)
    if probe is None or probe.meta is None or probe.meta.modified is None:
        return False
    try:
        modified = datetime.fromisoformat(probe.meta.modified)
    except ValueError:
        return False
    return modified.tzinfo is not None and modified.astimezone(UTC) < than


def _probe(record: bytes) -> _Probe | None:
    """Return what the record tells about itself; ``None`` leaves it to the mapping to refuse the record."""
    try:
        return _PROBE.decode(record)
    except msgspec.MsgspecError:
        return None
