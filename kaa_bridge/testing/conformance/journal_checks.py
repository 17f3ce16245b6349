"""Checks of the journal conformance: no person in errors, addresses and header fields."""

from __future__ import annotations

import traceback

from kaa_bridge.contract import CaseNote
from kaa_bridge.errors import KaaError
from kaa_bridge.testing.simulators.journal_server import JournalServer


def writings(number: str) -> tuple[str, ...]:
    """Return the ways in which a canonical number can be written, and its last eight and four digits apart."""
    return (number, f"{number[:8]}-{number[8:]}", number[2:], f"{number[2:8]}-{number[8:]}")


def assert_clean(error: KaaError, note: CaseNote) -> None:
    """Fail when an error holds the person or the note's text anywhere, its context and traceback included."""
    shown = "\n".join([*traceback.format_exception(error), error.message, error.remedy, repr(error), error.code])
    for text in (*writings(note.person_number), note.text):
        assert text not in shown, "an error holds a person or a note's text"
    assert error.__cause__ is None, "an error carries its cause over the boundary"
    assert error.message
    assert error.remedy


def assert_no_person_outside_bodies(server: JournalServer, number: str) -> None:
    """Fail when a request line or header field that the server has seen holds the number."""
    for request in server.requests:
        for text in writings(number):
            assert text not in request.outside_body, "a request holds a person outside its body"
