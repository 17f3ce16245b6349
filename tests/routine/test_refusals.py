"""What is refused when a routine is loaded, and that the refusal names file, line and path."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kaa_bridge.errors import ConfigurationInvalid, ExitCode
from kaa_bridge.routine import bundled_routines, load_routine, parse_routine
from tests.routine.routine_files import HEAD, step

OK = HEAD + step()
PAUSE = '\n[[pause]]\nfrom = "{0}"\nto = "{1}"\nreason = "x"\n'
CALENDAR = '\n[[calendar]]\ntask = "t"\nresponsible = "manager"\ntext = "x"\nrule = "x"\n{0}\n'
TERMS = '\n[terms]\nspring_ends = "{0}"\nautumn_ends = "{1}"\n{2}\n'
LETTER = 'done = { channel = "letter" }'
VARIANT = '[[step.variant]]\nwhen = {0}\nwindow = {{ within = "P2W" }}\n'


def refusal(text: str) -> str:
    with pytest.raises(ConfigurationInvalid) as caught:
        parse_routine(text.encode(), "min.toml")
    assert caught.value.exit_code is ExitCode.CONFIGURATION
    assert "kaa-bridge routine check min.toml" in caught.value.remedy
    return caught.value.message


def test_the_plain_file_is_accepted() -> None:
    assert parse_routine(OK.encode()).name == "test"


@pytest.mark.parametrize(
    ("text", "line", "place", "problem"),
    [
        ("[routine", 1, "", "not TOML"),
        (OK + "\nx = \n", 18, "", "not TOML"),
        ("", 1, "routine", "required"),
        (HEAD, 1, "step", "required"),
        (OK.replace("kaa-routine/1", "kaa-routine/2"), 2, "routine.format", "kaa-routine/1"),
        (OK.replace('name = "test"', 'name = "Test"'), 3, "routine.name", "match"),
        (OK.replace('version = "1"', "version = 1"), 4, "routine.version", "string"),
        (OK.replace('source = "Test"', 'source = "Test"\nsorce = "x"'), 7, "routine.sorce", "not permitted"),
        (OK.replace('clock = "reg"', 'clock = "register"'), 10, "step[0].clock", "no clock 'register'"),
        (OK.replace('"P1W"', '"1 week"'), 11, "step[0].window.within", "match"),
        (OK.replace('"case_officer"', '"handler"'), 12, "step[0].responsible", "case_officer"),
        (OK.replace('action = "phone"', 'action = "investigate"'), 9, "step[0].action", "every routine has"),
        (OK.replace('action = "phone"', 'action = "protected_routine"'), 9, "step[0].action", "every routine has"),
        (OK + step(), 19, "step[1].action", "earlier step"),
        (HEAD + step(more='when = ["phone_knwon"]'), 16, "step[0].when", "no condition 'phone_knwon'"),
        (HEAD + step(more='when = ["reached", "not_reached"]'), 16, "step[0].when", "never hold together"),
        (HEAD + step(more='when = ["turned_19", "under_18"]'), 16, "step[0].when", "never hold together"),
        (HEAD + step(clock="last_contact", more='when = ["not_reached"]'), 16, "step[0].when", "never started"),
        (HEAD + step(clock="first_attempt", more='when = ["no_attempt"]'), 16, "step[0].when", "never started"),
        (HEAD + step(clock="end_of_studies"), 10, "step[0].clock", "[terms]"),
        (HEAD + step(clock="term_end"), 10, "step[0].clock", "'term_end' needs the ends of the terms in [terms]"),
        (HEAD + step(window="{ }"), 11, "step[0].window", "give 'at'"),
        (HEAD + step(window='{ at = "P1W", within = "P1W" }'), 11, "step[0].window", "give 'at'"),
        (HEAD + step(window='{ to = "P1W" }'), 11, "step[0].window", "give 'at'"),
        (HEAD + step(window='{ from = "P2W", to = "P1W" }'), 11, "step[0].window", "ends before it begins"),
        (HEAD + step(window='{ from = "P5W", to = "P1M" }'), 11, "step[0].window", "ends before it begins"),
        (HEAD + step(window='{ within = "-P1D" }'), 11, "step[0].window", "ends before it begins"),
        (HEAD + step(window='{ from = "P1W", to_clock = "reg" }'), 11, "step[0].window", "to_clock"),
        (
            HEAD + step(clock="birthday_20", window='{ from = "P0D", to = "P0D", to_clock = "birthday_19" }'),
            11,
            "step[0].window",
            "ends before it begins",
        ),
        (
            HEAD + step(window='{ from = "P0D", to = "P1D", to_clock = "x" }'),
            11,
            "step[0].window.to_clock",
            "cannot end",
        ),
        (HEAD + step(more='opens_after = "letter"'), 16, "step[0].opens_after", "no earlier step"),
        (HEAD + step(more='opens_after = "phone"'), 16, "step[0].opens_after", "no earlier step"),
        (
            HEAD + step("a", clock="allocated") + step("b", '{ within = "P2W" }', more='opens_after = "a"'),
            26,
            "step[1].opens_after",
            "runs by the clock",
        ),
        (
            HEAD + step("a", '{ from = "P0D" }') + step("b", '{ within = "P2W" }', more='opens_after = "a"'),
            26,
            "step[1].opens_after",
            "without an end",
        ),
        (HEAD + step("a") + step("b", more='opens_after = "a"'), 26, "step[1].opens_after", "after its own end"),
        (
            HEAD + step("a") + step("b", '{ at = "P2W" }', more='opens_after = "a"'),
            21,
            "step[1].window",
            "'within'",
        ),
        (HEAD + step(window='{ from = "P0D" }', more="agreed_date = true"), 11, "step[0].window", "agreed"),
        (HEAD + step("a", more=LETTER) + step("b", more=LETTER), 26, "step[1].done", "same channel"),
        (HEAD + step(more="done = { }"), 16, "step[0].done", "name a channel"),
        (HEAD + step(more='done = { channel = "fax" }'), 16, "step[0].done.channel", "phone"),
        (HEAD + step(more='done = { events = ["contact"] }'), 16, "step[0].done", "by 'channel'"),
        (HEAD + step(more='done = { events = ["declined"], outcomes = ["sent"] }'), 16, "step[0].done", "'outcomes'"),
        (
            HEAD + step(more="renewed_by_contact = true\ndone = { purpose = true }"),
            16,
            "step[0].renewed_by_contact",
            "both end",
        ),
        (HEAD + step(more='text_guardian = "Ring."'), 16, "step[0].text_guardian", "guardian_under_18"),
        (HEAD + step(more='effect = "arrest"'), 16, "step[0].effect", "notify_skatteverket"),
        (HEAD + step(more=VARIANT.format("[]")), 17, "step[0].variant[0].when", "at least 1"),
        (HEAD + step(more=VARIANT.format('["nope"]')), 17, "step[0].variant[0].when", "no condition"),
        (
            HEAD + step(more='when = ["reached"]\n' + VARIANT.format('["reached"]')),
            18,
            "step[0].variant[0].when",
            "own window is never reached",
        ),
        (
            HEAD + step(more='when = ["reached"]\n' + VARIANT.format('["not_reached"]')),
            18,
            "step[0].variant[0].when",
            "never hold together",
        ),
        (
            HEAD + step(more=VARIANT.format('["reached"]') + VARIANT.format('["reached", "phone_known"]')),
            20,
            "step[0].variant[1].when",
            "earlier variant",
        ),
        (OK + PAUSE.format("02-29", "03-10"), 19, "pause[0].from", "match"),
        (OK + PAUSE.format("01-01", "12-31"), 18, "pause[0]", "lies in a pause"),
        (OK + PAUSE.format("07-01", "07-31") + PAUSE.format("08-01", "08-10"), 18, "pause[0]", "lies in a pause"),
        (OK.replace('source = "Test"', 'source = "Test"\nroll = "next"'), 7, "routine.roll", "next_working_day"),
        (
            OK.replace('source = "Test"', 'source = "Test"\nwait_for_start = "-P1M"'),
            7,
            "routine.wait_for_start",
            "match",
        ),
        (OK + CALENDAR.format(""), 18, "calendar[0]", "exactly one"),
        (OK + CALENDAR.format('every = "week"\nmonths = [1]'), 18, "calendar[0]", "exactly one"),
        (OK + CALENDAR.format('every = "two_weeks"'), 18, "calendar[0]", "anchor"),
        (OK + CALENDAR.format("months = [13]"), 23, "calendar[0].months[0]", "12"),
        (OK + CALENDAR.format('term_end = "spring"'), 23, "calendar[0].term_end", "[terms]"),
        (OK + 2 * CALENDAR.format('every = "week"'), 26, "calendar[1].task", "stands earlier"),
        (OK + TERMS.format("08-12", "12-20", ""), 18, "terms", "before 1 August"),
        (
            OK + TERMS.format("06-12", "12-20", "exact = [2026-06-11, 2026-06-12]"),
            18,
            "terms",
            "same term",
        ),
    ],
)
def test_refused_with_line_and_path(text: str, line: int, place: str, problem: str) -> None:
    message = refusal(text)
    assert f"min.toml, line {line}, is refused" in message
    assert (f" at {place}: " in message) if place else (" at " not in message.split(":")[0])
    assert problem in message


def test_not_utf8_names_the_line() -> None:
    with pytest.raises(ConfigurationInvalid, match=r"line 3, is refused: it is not UTF-8"):
        parse_routine(b"a = 1\nb = 2\nc = \xff\n")


def test_an_unknown_name_lists_the_bundled_ones() -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        load_routine("ragund")
    assert caught.value.code == "routine_unknown"
    assert "ragunda" in caught.value.remedy


@pytest.mark.parametrize("name", ["../law/x", "/etc/passwd", "", "ragunda/", "RAGUNDA", "a" * 500])
def test_a_name_is_never_a_path(name: str) -> None:
    with pytest.raises(ConfigurationInvalid):
        load_routine(name)


@pytest.mark.parametrize("make", [lambda path: path / "none.toml", lambda path: path / "x\0.toml", lambda path: path])
def test_an_unreadable_file_is_named(make: Callable[[Path], Path], tmp_path: Path) -> None:
    folder = tmp_path / "folder.toml"
    folder.mkdir()
    with pytest.raises(ConfigurationInvalid) as caught:
        load_routine(str(make(folder)), base_dir=str(tmp_path))
    assert caught.value.code == "routine_unreadable"


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "big.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(ConfigurationInvalid, match="larger than"):
        load_routine("big.toml", base_dir=str(tmp_path))


def test_a_file_is_found_from_the_base_folder(tmp_path: Path) -> None:
    (tmp_path / "min.toml").write_bytes(b"\xef\xbb\xbf" + OK.replace("\n", "\r\n").encode())
    assert load_routine("min.toml", base_dir=str(tmp_path)).name == "test"


def test_the_bundled_ones_load() -> None:
    assert bundled_routines() == ("ist_kommun", "lekeberg", "norrkoping", "ragunda", "template")
    codes = {name: load_routine(name).municipality for name in bundled_routines()}
    assert codes == {"ragunda": "2303", "norrkoping": "0581", "lekeberg": "1814", "ist_kommun": None, "template": None}


def test_the_fingerprint_follows_content_not_layout() -> None:
    plain = parse_routine(OK.encode())
    assert parse_routine(("# a comment\n" + OK.replace(" = ", "=")).encode()).fingerprint == plain.fingerprint
    assert parse_routine(OK.replace("P1W", "P2W").encode()).fingerprint != plain.fingerprint
