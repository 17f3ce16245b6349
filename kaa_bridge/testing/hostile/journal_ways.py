"""Ways that only a journal has. The name's first word says which of its methods strikes."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import count, repeat
from threading import Event
from typing import TYPE_CHECKING, Any, NoReturn

from kaa_bridge.contract import CaseNote, Found, JournalDescription, JournalLevel, Page, Receipt
from kaa_bridge.errors import NoteNotSent, NoteRefused
from kaa_bridge.testing.hostile.canary import CANARY
from kaa_bridge.testing.hostile.instead import Instead

if TYPE_CHECKING:
    from kaa_bridge.testing.hostile.journal import HostileJournal


def make_hangs(_: HostileJournal) -> None:
    """Never come back while it is made."""
    Event().wait()


def describe_hangs(_: HostileJournal) -> None:
    """Never describe itself."""
    Event().wait()


def describe_takes_another_name(journal: HostileJournal) -> JournalDescription:
    """Describe itself as another journal, whose notes it would then be given."""
    return _described(journal, name="treserva")


def describe_claims_no_lateness(journal: HostileJournal) -> JournalDescription:
    """Declare a lateness that is not a number, so that no comparison holds."""
    return _described(journal, lateness=math.nan)


def describe_changes(journal: HostileJournal) -> JournalDescription:
    """Claim level 0 when asked first and level 3 ever after."""
    return _described(journal, level=JournalLevel.NOTHING if journal.described == 1 else JournalLevel.IDEMPOTENT_CREATE)


def create_returns_none(_: HostileJournal, __: CaseNote) -> Instead:
    """Return nothing, although the contract promises a receipt."""
    return Instead(None)


def create_returns_true(_: HostileJournal, __: CaseNote) -> Instead:
    """Return ``True`` for a receipt."""
    return Instead(True)


def create_returns_two_receipts(journal: HostileJournal, note: CaseNote) -> Instead:
    """Keep the note twice and return both receipts."""
    return Instead((journal.keep(note.reference), journal.keep(note.reference)))


def create_returns_anothers_receipt(journal: HostileJournal, _: CaseNote) -> Instead:
    """Return the receipt of another note."""
    return Instead(journal.keep("KAA-AAAAAAAAAAAAAAAAAAAAAAAAAA"))


def create_changes_the_note(journal: HostileJournal, note: CaseNote) -> Instead:
    """Write another reference into the frozen note, so that a wrong receipt seems right."""
    object.__setattr__(note, "reference", "KAA-AAAAAAAAAAAAAAAAAAAAAAAAAA")
    return Instead(journal.keep(note.reference))


def create_returns_an_empty_id(_: HostileJournal, note: CaseNote) -> Instead:
    """Return a receipt without the journal's own id."""
    return Instead(Receipt("  ", note.reference))


def create_returns_a_huge_id(_: HostileJournal, note: CaseNote) -> Instead:
    """Return a receipt whose id is megabytes of persons."""
    return Instead(Receipt(CANARY * 100_000, note.reference))


def create_returns_an_id_of_another_type(_: HostileJournal, note: CaseNote) -> Instead:
    """Return a receipt whose parts are numbers that are none."""
    return Instead(Receipt(math.nan, note.reference))  # type: ignore[arg-type]


def create_confirms_what_it_drops(_: HostileJournal, note: CaseNote) -> Instead:
    """Return a perfect receipt and keep nothing."""
    return Instead(Receipt("H-0", note.reference))


def create_denies_what_it_kept(journal: HostileJournal, note: CaseNote) -> NoReturn:
    """Keep the note and swear that no byte has left."""
    journal.keep(note.reference)
    raise NoteNotSent("connection_refused", "Nothing was sent.")


def create_refuses_with_a_person(_: HostileJournal, __: CaseNote) -> NoReturn:
    """Refuse with a code that no list holds and a person in it."""
    raise NoteRefused(CANARY, CANARY, remedy=CANARY)


def create_waits_past_the_deadline(_: HostileJournal, __: CaseNote) -> None:
    """Let the deadline pass, and keep the note all the same."""
    time.sleep(1.5)


def find_finds_two(_: HostileJournal, reference: str) -> Instead:
    """Find every note twice."""
    return Instead(Found((Receipt("H-1", reference), Receipt("H-2", reference))))


def find_returns_none(_: HostileJournal, __: str) -> Instead:
    """Answer a look-up with nothing at all."""
    return Instead(None)


def find_finds_anothers(_: HostileJournal, __: str) -> Instead:
    """Find the note of somebody else."""
    return Instead(Found((Receipt("H-1", "KAA-AAAAAAAAAAAAAAAAAAAAAAAAAA"),)))


def find_hangs(_: HostileJournal, __: str) -> None:
    """Never answer a look-up."""
    Event().wait()


def find_exits(_: HostileJournal, __: str) -> NoReturn:
    """End the program at a look-up."""
    raise SystemExit(0)


def list_never_ends(_: HostileJournal) -> Iterator[Receipt]:
    """List notes for ever."""
    return (Receipt(f"H-{number}", f"KAA-{number:026d}") for number in count())


def list_holds_persons(_: HostileJournal) -> Iterator[Any]:
    """List persons instead of receipts."""
    return iter([CANARY, {"person": CANARY}])


def events_of_another_youth(_: HostileJournal) -> Iterator[Page]:
    """Tell events of a youth whom no source has told of."""
    yield _page(number=CANARY.split()[2], on="2026-01-20")


def events_from_the_future(_: HostileJournal) -> Iterator[Page]:
    """Tell events of the next century, of year 0 and of day 99."""
    yield _page(on="2126-01-20")
    yield _page(on="0000-00-00")
    yield _page(on="2026-99-99")


def events_never_end(_: HostileJournal) -> Iterator[Page]:
    """Tell the same event for ever."""
    return repeat(_page(on="2026-01-20"))


def events_drip(_: HostileJournal) -> Iterator[Page]:
    """Tell nothing, slowly, for ever."""
    while True:
        time.sleep(0.1)
        yield Page([])


def events_are_text(_: HostileJournal) -> Iterator[Page]:
    """Tell events as text with persons."""
    yield Page([CANARY])  # type: ignore[list-item]


def parse_raises_on_events(_: HostileJournal, __: dict[str, Any]) -> NoReturn:
    """Raise on every event, with a person."""
    raise RuntimeError(CANARY)


def close_hangs(_: HostileJournal) -> None:
    """Never close."""
    Event().wait()


def _described(
    journal: HostileJournal,
    *,
    name: str | None = None,
    lateness: float = 1.0,
    level: JournalLevel = JournalLevel.AUTHORITATIVE_LOOKUP,
) -> JournalDescription:
    return JournalDescription(name or journal.context_given.name, "Hostile", level, lateness, reads_events=True)


def _page(*, on: str, number: str = "200402292387") -> Page:
    event = {"id": f"e-{on}", "number": number, "kind": "contact", "on": on}
    return Page([json.dumps(event).encode()])


JOURNAL_ONLY: Mapping[str, Callable[..., Any]] = {
    way.__name__: way
    for way in (
        *(make_hangs, describe_hangs, describe_takes_another_name, describe_claims_no_lateness, describe_changes),
        *(create_returns_none, create_returns_true, create_returns_two_receipts, create_returns_anothers_receipt),
        *(create_changes_the_note, create_returns_an_empty_id, create_returns_a_huge_id),
        *(create_returns_an_id_of_another_type, create_confirms_what_it_drops, create_denies_what_it_kept),
        *(create_refuses_with_a_person, create_waits_past_the_deadline, find_finds_two, find_returns_none),
        *(find_finds_anothers, find_hangs, find_exits, list_never_ends, list_holds_persons),
        *(events_of_another_youth, events_from_the_future, events_never_end, events_drip, events_are_text),
        *(parse_raises_on_events, close_hangs),
    )
}
"""Each is called by the method that its name begins with."""
