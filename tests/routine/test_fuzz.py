"""Routine files broken in every way: refused with a place, or accepted and usable; never a crash."""

from __future__ import annotations

import re
import time
from datetime import date
from importlib.resources import files

from hypothesis import given, settings
from hypothesis import strategies as st

from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.routine import Routine, bundled_routines, calendar_tasks, due_actions, next_change, parse_routine
from tests.routine.case_files import cases

TEXTS = {name: (files("kaa_mappings") / "routines" / f"{name}.toml").read_text("utf-8") for name in bundled_routines()}
YOUTHS = [case.youth for case in cases()][::9]
PLACE = re.compile(r"^The routine file routine\.toml, line \d+, is refused")
WORDS = sorted({word for text in TEXTS.values() for word in re.findall(r"[\w-]+|[^\w\s]", text)})
ODD = [
    '"', "'", '"""', "[", "]", "[[", "]]", "{", "}", "=", "#", "\n", "-", "P", "P0D", "-P999Y", "P9999M", "99999999",
    "1e999", "nan", "true", "2026-13-45", "9999-12-31", "0001-01-01", "\\u0000", "\\uD800", "\x00", "\u202e",
    "[[step]]", "birthday_18", "end_of_studies", "not_reached", "turned_19", "two_weeks", "always", "guardian_under_18",
]  # fmt: skip


def use(routine: Routine) -> None:
    for as_of in (date(2026, 2, 1), date(2027, 12, 31)):
        calendar_tasks(routine, as_of=as_of)
        for youth in YOUTHS:
            for action in due_actions(routine, youth, as_of=as_of):
                assert action.due is None or action.not_before <= action.due
    next_change(routine, YOUTHS[0], as_of=date(2026, 2, 1))


def accepted_or_refused(content: bytes) -> bool:
    try:
        routine = parse_routine(content)
    except ConfigurationInvalid as error:
        refusal = error
    else:
        use(routine)
        return True
    assert PLACE.match(refusal.message), refusal.message
    assert refusal.remedy
    return False


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.data())
def test_words_exchanged(name: str, data: st.DataObject) -> None:
    parts = re.findall(r"[\w-]+|\s+|[^\w\s]", TEXTS[name])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(parts) - 1))
        parts[place] = data.draw(st.sampled_from(WORDS + ODD) | st.text(max_size=8))
    accepted_or_refused("".join(parts).encode("utf-8", "surrogatepass"))


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.data())
def test_lines_lost_doubled_and_moved(name: str, data: st.DataObject) -> None:
    lines = TEXTS[name].splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        what = data.draw(st.sampled_from(["lose", "double", "move"]))
        line = lines.pop(place)
        if what == "double":
            lines[place:place] = [line, line]
        elif what == "move":
            lines.insert(data.draw(st.integers(0, len(lines))), line)
    accepted_or_refused("\n".join(lines).encode())


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    accepted_or_refused(content)


def test_deep_nesting_is_refused_at_once() -> None:
    started = time.perf_counter()
    assert not accepted_or_refused(b"a = " + b"[" * 100_000)
    assert not accepted_or_refused(b"a = " + b"{b=" * 50_000)
    assert not accepted_or_refused(b"a" + b".a" * 50_000 + b" = 1")
    assert not accepted_or_refused(b"a = " + b"9" * 10_000)
    assert not accepted_or_refused(b"a = " + b"[" * 3_000)
    assert not accepted_or_refused(b"a = " + b"{b=" * 1_000)
    assert not accepted_or_refused(b"a" + b".a" * 1_500 + b" = 1")
    assert time.perf_counter() - started < 5


def test_windows_at_the_ends_of_the_calendar_are_clamped() -> None:
    text = TEXTS["lekeberg"].replace('window = { within = "P1M" }', 'window = { within = "P999Y9999M" }')
    assert accepted_or_refused(text.encode())
