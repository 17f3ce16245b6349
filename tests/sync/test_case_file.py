"""What the notes of a youth together say of the case."""

from __future__ import annotations

from kaa_bridge.sync.case_file import CaseFile, Written

DAY, LATER = "2026-02-02", "2026-02-05"


def note(cause: str, on: str = DAY, *, state: str = "CONFIRMED", code: str | None = None) -> Written:
    kind = "registered" if cause.startswith(("reconcile ", "register ")) else cause.split()[0]
    return Written(cause.encode(), f"KAA-{cause}", kind, cause, state, code, on)


def taken_back(cause: str, on: str = DAY, code: str = "protected") -> Written:
    return note(cause, on, state="SUPERSEDED", code=code)


def test_an_opening_that_was_taken_back_opens_nothing_and_keeps_its_key() -> None:
    file = CaseFile([taken_back("registered 2026-01-16")])
    assert file.present(DAY) is None
    assert file.was_taken_back(DAY)
    assert file.next_opening("2026-01-16") == "2026-01-16"
    assert file.key_of("registered 2026-01-16") == b"registered 2026-01-16"


def test_an_opening_that_a_person_dropped_stands() -> None:
    file = CaseFile([note("registered 2026-01-16", state="SUPERSEDED", code="dropped")])
    assert file.present(DAY) is not None
    assert not file.was_taken_back(DAY)


def test_a_case_that_was_ended_or_corrected_is_open_no_more_and_the_next_opening_is_another() -> None:
    for word in ("ended", "correction"):
        file = CaseFile([note("registered 2026-01-16"), note(f"{word} 2026-01-16")])
        assert file.present(DAY) is None
        assert file.next_opening("2026-01-16") == "2026-01-16 2"
        assert file.next_opening("2026-01-17") == "2026-01-17"
        again = CaseFile([note("registered 2026-01-16"), taken_back(f"{word} 2026-01-16")])
        assert again.present(DAY) is not None


def test_an_end_that_was_corrected_leaves_the_case_open_and_the_next_end_is_another() -> None:
    notes = [note("registered 2026-01-16"), note("ended 2026-01-16"), note("correction ended 2026-01-16")]
    case = CaseFile(notes).present(DAY)
    assert case is not None
    assert (case.closed, case.ended, case.reopened, case.end) == (None, notes[1], notes[2], "2026-01-16 #2")
    notes.append(note("ended 2026-01-16 #2"))
    over = CaseFile(notes).last()
    assert over is not None
    assert (over.closed, over.ended, over.end) == (notes[3], notes[3], "2026-01-16 #2")
    assert CaseFile(notes).present(None) is None


def test_the_end_of_a_second_opening_is_not_the_second_end_of_the_first() -> None:
    file = CaseFile([note("registered 2026-01-16"), note("registered 2026-01-16 2"), note("ended 2026-01-16 2")])
    case = file.present(None)
    assert case is not None
    assert case.anchor == "2026-01-16"


def test_the_case_that_was_opened_last_is_the_present_one() -> None:
    file = CaseFile([note("registered 2026-01-16"), note("registered 2026-01-30", LATER)])
    for since in (None, DAY, LATER):
        case = file.present(since)
        assert case is not None
        assert case.anchor == "2026-01-30"
    assert file.present("2026-02-06") is None


def test_what_a_person_accepted_opens_a_case_and_what_a_register_was_told_does_not() -> None:
    accepted = note("reconcile 2026 qore ist open")
    file = CaseFile([accepted, note("register 2026 qore ist open")])
    case = file.present(DAY)
    assert case is not None
    assert (case.opened, case.anchor) == (accepted, "reconcile 2026 qore ist open")


def test_only_planned_steps_of_the_routine_can_be_taken_back() -> None:
    file = CaseFile(
        [
            note("action_due phone reg 2026-01-16 +3", state="PLANNED"),
            note("action_due sms reg 2026-01-16 +5"),
            Written(b"", "KAA-R", "action_due", "reconcile 2026 qore ist correct", "PLANNED", None, DAY),
        ]
    )
    assert [one.cause for one in file.waiting_actions()] == ["action_due phone reg 2026-01-16 +3"]


def test_of_two_openings_of_one_case_what_waits_is_a_double() -> None:
    left, waits = note("registered 2026-01-16"), note("registered 2026-01-30", LATER, state="PLANNED")
    for notes in ([left, waits], [waits, left]):
        assert CaseFile(notes).doubles(DAY) == [waits]
    later = note("registered 2026-02-01", LATER, state="PLANNED")
    assert CaseFile([waits, later]).doubles(DAY) == [waits]
    assert CaseFile([left, note("registered 2026-01-30", LATER)]).doubles(DAY) == []


def test_the_opening_of_another_case_is_no_double() -> None:
    over = [note("registered 2026-01-16"), note("ended 2026-01-16")]
    assert CaseFile([*over, note("registered 2026-01-30", LATER, state="PLANNED")]).doubles(DAY) == []


def test_of_two_notes_with_one_cause_what_waits_is_a_double_and_the_other_stands() -> None:
    for kind in ("registered 2026-01-16", "ended 2026-01-16", "action_due phone reg 2026-01-16 +3"):
        left, waits = note(kind), note(kind, state="PLANNED")
        for notes in ([left, waits], [waits, left]):
            assert CaseFile(notes).doubles(DAY) == [waits]
    file = CaseFile([note("registered 2026-01-16", state="PLANNED"), note("registered 2026-01-16")])
    case = file.present(DAY)
    assert case is not None
    assert not case.opened.is_waiting
