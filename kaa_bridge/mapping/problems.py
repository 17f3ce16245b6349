"""What can be wrong with a record: closed codes, findings, and the refusal that quarantines.

A code and a place are all that is ever said about a value; the value itself never leaves this room.
"""

from __future__ import annotations

from msgspec import Struct

from kaa_bridge.errors import RecordProblem

PROBLEMS: dict[str, str] = {
    "no_key": "the record has no key at its source",
    "not_a_record": "the record is not a set of named values",
    "missing": "a value that must be there is missing",
    "wrong_type": "the value is of another kind than the rule expects",
    "several_values": "there are several values where the rule expects one",
    "filter_key_missing": "the field that a path filters by is missing",
    "too_long": "the text is longer than the fact can be",
    "bad_text": "the text holds control characters",
    "unknown_code": "the code stands in no code table of the mapping",
    "bad_date": "the text is no calendar date",
    "incomplete_date": "the date lacks month or day",
    "bad_boolean": "the value is none of the two words that the converter knows",
    "bad_integer": "the value is no whole number",
    "bad_municipality": "the value is the code of no municipality",
    "bad_postal_code": "the value is no Swedish postal code",
    "bad_school_unit": "the value is no school unit code of eight digits",
    "bad_study_path": "the value is no study path code",
    "bad_email": "the value is no e-mail address",
    "bad_phone": "the value is no telephone number",
    "not_text": "a person number that is not text may have lost digits",
    "no_person_number": "the text is no person number",
    "shortened": "the person number has lost digits, as spreadsheets do",
    "bad_check_digit": "the check digit of the person number is wrong",
    "end_before_start": "the period ends before it begins",
    "ended_without_date": "the placement has ended but no date says when",
    "maybe_renamed": "a value that no rule names may be the one that is missing",
    "birth_date_differs": "the birth date differs from the one that the person number tells",
    "duplicate_item": "the same entry stands twice in the record; it is counted once",
    "field_not_of_kind": "an event of this kind has no such field; it is left out",
    "incomplete_event": "an event of this kind needs a field that is missing",
}
"""Every code that a mapping can give, with its meaning in plain words."""


class Finding(Struct, frozen=True):
    """A remark on a record that was used all the same; the fact concerned is unknown unless the code says otherwise.

    Attributes:
        code: a key of ``PROBLEMS``.
        place: the path in the record, as the mapping writes it; never a value.
        fact: the fact concerned, such as ``placements.end``.
    """

    code: str
    place: str
    fact: str = ""


class RecordRefused(RecordProblem):
    """One record that must be quarantined; carries code, place and fact, never the value."""

    def __init__(self, code: str, place: str, fact: str = "", *, system: str | None = None) -> None:
        """Put the parts together; see ``Finding`` for their meaning."""
        about = f" for '{fact}'" if fact else ""
        super().__init__(
            code,
            f"A record was set aside: {PROBLEMS.get(code, code)}, at '{place}'{about}. Nothing of it was used.",
            remedy="Run 'kaa-bridge quarantine list'; correct the record at its source, or the rule in the mapping.",
            system=system,
        )
        self.place = place
        self.fact = fact


class Refused(Exception):
    """A value that its rule cannot use; ``code`` says why. Stays inside this room."""

    def __init__(self, code: str) -> None:
        """Keep the code only, never the value."""
        super().__init__(code)
        self.code = code
