"""What a plugin answers is checked and copied before the core looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaa_bridge.contract import CaseNote, JournalContext, NoteKind, Page, Proof, PullRequest, SourceContext
from kaa_bridge.domain.person_number import DASHES, PersonNumberRefused, parse_person_number
from kaa_bridge.errors import ExitCode, KaaError, PluginFailed, RecordProblem, StateUnusable, Unreachable
from kaa_bridge.host import GuardedJournal, GuardedSource, iterate_limited
from kaa_bridge.host.errors import coded, without_numbers
from kaa_bridge.host.guarded import checked_pages
from kaa_bridge.journal.attempt import send
from kaa_bridge.journal.states import NoteState
from kaa_bridge.testing.hostile.canary import CANARY, CANARY_NUMBER
from kaa_bridge.testing.hostile.journal import HostileJournal
from kaa_bridge.testing.hostile.raising import RAISING
from kaa_bridge.testing.hostile.source import HostileSource
from kaa_bridge.testing.world import AS_OF

NOTE = CaseNote(reference="KAA-1", person_number=CANARY_NUMBER, kind=NoteKind.ENDED, heading="h", text="t",
                occurred_on=AS_OF)  # fmt: skip


def source(way: str) -> GuardedSource:
    context = SourceContext(name="s", municipality="2303", settings={"way": way})
    return GuardedSource(HostileSource(context), name="s", seconds=1.0, most_records=100)


def journal(way: str) -> GuardedJournal:
    context = JournalContext(name="j", municipality="2303", settings={"way": way})
    return GuardedJournal(HostileJournal(context), name="j", seconds=1.0, most_records=100)


def pulled(way: str) -> list[Page | Proof]:
    return list(source(way).pull(PullRequest(AS_OF)))


def test_a_good_source_passes_through() -> None:
    page, proof = pulled("good")
    assert isinstance(page, Page)
    assert len(page.records) == 12
    assert isinstance(proof, Proof)
    assert proof.whole


@pytest.mark.parametrize(
    ("way", "code"),
    [
        ("pull_returns_none", "contract_broken"),
        ("pull_yields_text", "contract_broken"),
        ("pull_yields_endless_pages", "pull_endless"),
        ("pull_yields_empty_pages", "pull_endless"),
        ("pull_yields_an_endless_page", "pull_endless"),
        ("pull_proves_with_wrong_types", "contract_broken"),
        ("pull_repeats_the_cursor", "contract_broken"),
        ("pull_gives_a_huge_record", "contract_broken"),
    ],
)
def test_what_breaks_the_contract_is_refused(way: str, code: str) -> None:
    with pytest.raises(PluginFailed) as caught:
        pulled(way)
    assert caught.value.code == code


@pytest.mark.parametrize("way", sorted(RAISING))
def test_whatever_a_plugin_raises_is_a_coded_error_without_a_person(way: str) -> None:
    request = PullRequest(AS_OF)
    pages = iterate_limited(lambda: source(way).pull(request), seconds=5, total_seconds=5, system="s")
    with pytest.raises(KaaError) as caught:
        list(pages)
    error = caught.value
    assert type(error) in {PluginFailed, Unreachable}
    assert not any(leak in f"{error.code}{error.message}{error.remedy}{error.system}" for leak in CANARY.split())
    described = journal(way).describe()
    assert send(journal(way), described, NOTE, 0.0, lambda: True).state is NoteState.IN_DOUBT


def test_a_page_cannot_change_after_it_was_given() -> None:
    given = [b"one"]

    def pages() -> Iterator[Page]:
        yield Page(given)
        given.append(b"two")
        yield Page([])

    first, _ = checked_pages(pages(), system="s", most_records=9)
    assert isinstance(first, Page)
    assert list(first.records) == [b"one"]


@pytest.mark.parametrize("way", ["parse_raises", "parse_exits", "parse_returns_a_list"])
def test_a_record_that_cannot_be_parsed_is_a_record_problem(way: str) -> None:
    with pytest.raises(RecordProblem) as caught:
        source(way).parse(b"{}")
    assert CANARY not in caught.value.message


@pytest.mark.parametrize(
    ("way", "code"),
    [("plain_json_hangs", "plugin_hung"), ("plain_json_names_what_cannot_be_called", "contract_broken")],
)
def test_what_a_source_says_of_plain_json_is_checked(way: str, code: str) -> None:
    with pytest.raises(PluginFailed) as caught:
        source(way).plain_json()
    assert caught.value.code == code


def test_an_entry_that_cannot_be_completed_is_a_record_problem() -> None:
    completes = source("plain_json_completes_by_ending").plain_json()
    assert completes is not None
    with pytest.raises(RecordProblem) as caught:
        completes["places"]({})
    assert CANARY not in caught.value.message


def test_a_person_number_is_taken_out_of_what_a_plugin_says() -> None:
    proof = pulled("pull_leaks_in_the_proof")[-1]
    assert isinstance(proof, Proof)
    assert proof.how == "the last one was [number]"
    found = coded(Unreachable("silent", f"nothing for {CANARY_NUMBER}", remedy="200402292387"), "s")
    assert (found.message, found.remedy) == ("nothing for [number]", "[number]")


WRITINGS = ["20900110-0016", "2090-01-10-0016", "900110+0016", "209001100016", "9001100016", "20900110TF01",
            "20900110-T123", "200700852387"]  # fmt: skip


@given(st.sampled_from(WRITINGS), st.sampled_from("-+" + DASHES), st.booleans())
def test_a_number_is_taken_out_in_whatever_writing_it_is_read_in(writing: str, dash: str, apart: bool) -> None:
    compact = writing.replace("-", dash)
    assert without_numbers(f"nothing for {compact.lower()}, or ({compact}).") == "nothing for [number], or ([number])."
    if writing.count("-") < 2:
        spaced = " ".join(compact) if apart else f"{compact[:-4]} {compact[-4:]}"
        assert without_numbers(f"{spaced} is unknown") == "[number] is unknown"


@given(st.text("0123456789-+ TFtf" + DASHES, max_size=20))
def test_whatever_is_read_as_a_number_is_taken_out(text: str) -> None:
    with suppress(PersonNumberRefused):
        parse_person_number(text, as_of=AS_OF)
        assert "[number]" in without_numbers(text)


@pytest.mark.parametrize(
    "text",
    [
        "gave 200 of 15000 records at 2026-11-22T14:20:59Z",
        "2026-11-22 14:20 no answer from 127.0.0.1:8443 in 30 s",
        "HTTP 503, 20261122 again",
        "read 100000 of 200 records",
    ],
)
def test_figures_and_times_stay_readable(text: str) -> None:
    assert without_numbers(text) == text


def test_taking_numbers_out_takes_no_time_whatever_a_plugin_writes() -> None:
    began = perf_counter()
    for text in ("123456" + " " * 1990 + "x", "1 " * 1000, "1-" * 1000, "1a " * 700):
        without_numbers(text)
    assert perf_counter() - began < 1.0


@pytest.mark.parametrize("error", [StateUnusable("a", "b"), SystemExit(0), Unreachable(CANARY, "b")])
def test_a_plugin_cannot_claim_what_is_not_its_to_say(error: BaseException) -> None:
    assert isinstance(coded(error, "s"), PluginFailed)


def test_a_subclass_of_ours_is_made_ours_again() -> None:
    class Liar(Unreachable):
        exit_code = ExitCode.DONE

    found = coded(Liar("silent", "nothing"), "s")
    assert (type(found), found.exit_code, found.system) == (Unreachable, ExitCode.UNREACHABLE, "s")


@pytest.mark.parametrize("way", ["describe_takes_another_name", "describe_claims_no_lateness", "describe_hangs"])
def test_a_journal_that_describes_itself_wrongly_is_not_made(way: str) -> None:
    with pytest.raises(KaaError):
        journal(way)


def test_the_level_is_the_one_that_was_read_first() -> None:
    one = journal("describe_changes")
    assert {one.describe().level for _ in range(3)} == {0}


def test_a_note_cannot_be_changed_to_fit_a_wrong_receipt() -> None:
    receipt = journal("create_changes_the_note").create_note(NOTE, deadline=0.0)
    assert NOTE.reference == "KAA-1" != receipt.reference


@pytest.mark.parametrize(("way", "code"), [("find_hangs", "plugin_hung"), ("find_exits", "plugin_raised")])
def test_a_look_up_has_an_end(way: str, code: str) -> None:
    with pytest.raises(PluginFailed) as caught:
        journal(way).find_note("KAA-1")
    assert caught.value.code == code


@pytest.mark.parametrize("way", ["list_holds_persons"])
def test_a_listing_holds_receipts_only(way: str) -> None:
    with pytest.raises(PluginFailed):
        list(journal(way).list_notes(AS_OF, AS_OF))


def test_closing_is_never_waited_for_long_nor_raised(tmp_path: Path) -> None:
    broken: Any = source("close_raises")
    broken.close()
