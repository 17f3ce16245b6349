"""Ways that only a source has. The name's first word says which of its methods strikes."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import repeat
from threading import Event
from typing import TYPE_CHECKING, Any, NoReturn

from kaa_bridge.contract import Page, Proof, PullRequest
from kaa_bridge.testing.hostile.canary import CANARY

if TYPE_CHECKING:
    from kaa_bridge.testing.hostile.source import HostileSource

_Pages = Iterator[Any]


def make_raises(_: HostileSource) -> NoReturn:
    """Raise while it is made."""
    raise SystemExit(CANARY)


def make_hangs(_: HostileSource) -> None:
    """Never come back while it is made."""
    Event().wait()


def describe_hangs(_: HostileSource) -> None:
    """Never describe itself."""
    Event().wait()


def describe_returns_a_dict(_: HostileSource) -> Any:
    """Describe itself as something else than the contract says."""
    return {"name": "hostile", "kinds": ["snapshot"]}


def plain_json_hangs(_: HostileSource) -> None:
    """Never say whether its records are plain JSON."""
    Event().wait()


def plain_json_names_what_cannot_be_called(_: HostileSource) -> Any:
    """Complete lists with something that is no function."""
    return {"places": CANARY}


def plain_json_completes_by_ending(_: HostileSource) -> Any:
    """Complete the entries of a list with the end of the program."""

    def end(_: dict[str, Any]) -> NoReturn:
        raise SystemExit(CANARY)

    return {"places": end}


def close_hangs(_: HostileSource) -> None:
    """Never close."""
    Event().wait()


def close_raises(_: HostileSource) -> NoReturn:
    """Raise when closed."""
    raise KeyboardInterrupt(CANARY)


def pull_returns_none(_: HostileSource, __: PullRequest) -> _Pages:
    """Yield ``None`` where a page belongs."""
    yield None


def pull_yields_text(_: HostileSource, __: PullRequest) -> _Pages:
    """Yield a page of text instead of bytes, persons in it."""
    yield Page([CANARY])  # type: ignore[list-item]


def pull_yields_endless_pages(source: HostileSource, _: PullRequest) -> _Pages:
    """Yield the same page for ever."""
    yield from repeat(Page(source.records))


def pull_yields_empty_pages(_: HostileSource, __: PullRequest) -> _Pages:
    """Yield empty pages for ever."""
    yield from repeat(Page([]))


def pull_yields_an_endless_page(source: HostileSource, _: PullRequest) -> _Pages:
    """Yield one page that never ends."""
    yield Page(repeat(source.records[0]))  # type: ignore[arg-type]


def pull_yields_new_people_for_ever(_: HostileSource, __: PullRequest) -> _Pages:
    """Invent record after record."""
    number = 0
    while True:
        number += 1
        yield Page([json.dumps({"number": f"x{number}"}).encode()])


def pull_repeats_the_records(source: HostileSource, _: PullRequest) -> _Pages:
    """Give everybody twice, the second time otherwise, and swear that it is the whole."""
    yield Page(source.records)
    yield Page([record.replace(b'"alive"', b'"dead"') for record in source.records])
    yield Proof(whole=True, how="all there is", total=len(source.records))


def pull_repeats_the_cursor(source: HostileSource, _: PullRequest) -> _Pages:
    """Prove a whole with a cursor of many megabytes."""
    yield Page(source.records)
    yield Proof(whole=True, how="all", cursor="x" * 50_000_000)


def pull_lies_about_the_whole(source: HostileSource, _: PullRequest) -> _Pages:
    """Give one youth and swear that it is the whole."""
    yield Page(source.records[:1])
    yield Proof(whole=True, how="all there is", total=1)


def pull_gives_no_proof(source: HostileSource, _: PullRequest) -> _Pages:
    """End without a proof."""
    yield Page(source.records)


def pull_gives_two_proofs(source: HostileSource, _: PullRequest) -> _Pages:
    """Give a second proof that says the opposite."""
    yield Page(source.records)
    yield Proof(whole=False, how="not all")
    yield Proof(whole=True, how="all")


def pull_goes_on_after_the_proof(source: HostileSource, _: PullRequest) -> _Pages:
    """Give a page after the proof."""
    yield Proof(whole=True, how="all")
    yield Page(source.records)


def pull_proves_with_wrong_types(source: HostileSource, _: PullRequest) -> _Pages:
    """Give a proof whose parts are of other types, among them infinity."""
    yield Page(source.records)
    yield Proof(whole="yes", how=17, total=math.inf, removed="all")  # type: ignore[arg-type]


def pull_leaks_in_the_proof(source: HostileSource, _: PullRequest) -> _Pages:
    """Write a person number in how the whole was proven."""
    yield Page(source.records)
    yield Proof(whole=True, how=f"the last one was {CANARY.split()[2]}")


def pull_removes_everybody(source: HostileSource, _: PullRequest) -> _Pages:
    """Say that everybody was deleted, and many that never were."""
    yield Page([])
    removed = tuple(json.loads(record)["number"] for record in source.records)
    yield Proof(whole=True, how="all deleted", removed=removed + tuple(map(str, range(10_000))))


def pull_gives_a_huge_record(source: HostileSource, _: PullRequest) -> _Pages:
    """Give a record of many megabytes."""
    yield Page([*source.records, b'{"number": "' + b"9" * 50_000_000 + b'"}'])
    yield Proof(whole=True, how="all")


def pull_drips(source: HostileSource, _: PullRequest) -> _Pages:
    """Give an empty page a moment, each well within its limit, for ever."""
    while True:
        time.sleep(0.1)
        yield Page(source.records[:0])


def pull_changes_what_it_gave(source: HostileSource, _: PullRequest) -> _Pages:
    """Change a page after it was given."""
    given = list(source.records)
    yield Page(given)
    given.clear()
    given.extend([b"{}"] * 1000)
    yield Proof(whole=True, how="all")


def pull_changes_what_it_was_given(source: HostileSource, request: PullRequest) -> None:
    """Change the request and the settings that it was given, frozen or not."""
    object.__setattr__(request, "as_of", None)
    object.__setattr__(source.context_given, "municipality", "0000")
    settings: Any = source.context_given.settings
    settings.clear()


def parse_raises(_: HostileSource, __: dict[str, Any]) -> NoReturn:
    """Raise, with a person, on every record."""
    raise RuntimeError(CANARY)


def parse_exits(_: HostileSource, __: dict[str, Any]) -> NoReturn:
    """End the program on every record."""
    raise SystemExit(0)


def parse_hangs(_: HostileSource, __: dict[str, Any]) -> None:
    """Never come back from the first record."""
    Event().wait()


def parse_returns_a_list(_: HostileSource, __: dict[str, Any]) -> Any:
    """Return a list where fields belong."""
    return [CANARY]


def parse_gives_dates_that_are_none(_: HostileSource, record: dict[str, Any]) -> Any:
    """Give dates that are not a number, infinite, and in the year 292,277,026,596."""
    places = [{"form": "GY", "from": math.nan, "to": math.inf}, {"form": "GY", "from": 9.2e18, "to": -math.inf}]
    return record | {"home_since": math.nan, "places": places}


def parse_gives_objects_that_raise(_: HostileSource, record: dict[str, Any]) -> Any:
    """Give values that raise when they are looked at."""
    return record | {"number": _Raising(), "places": _Raising(), "home": _Raising()}


def parse_gives_a_knot(_: HostileSource, record: dict[str, Any]) -> Any:
    """Give a record that contains itself."""
    record["places"] = [record]
    record["home"] = record
    return record


def parse_gives_another_youth(_: HostileSource, record: dict[str, Any]) -> Any:
    """Give every record the number of one and the same youth, who is not of the municipality."""
    return record | {"number": CANARY.split()[2], "home": "0180"}


def parse_gives_the_future(_: HostileSource, record: dict[str, Any]) -> Any:
    """Give placements that begin in a hundred years and end before they begin."""
    return record | {"places": [{"form": "GY", "from": "2126-08-19", "to": "1926-06-10"}]}


class _Raising:
    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(CANARY)

    def __eq__(self, other: object) -> bool:
        raise RuntimeError(CANARY)

    def __hash__(self) -> int:
        raise RuntimeError(CANARY)

    def __str__(self) -> str:
        raise RuntimeError(CANARY)


SOURCE_ONLY: Mapping[str, Callable[..., Any]] = {
    way.__name__: way
    for way in (
        *(make_raises, make_hangs, describe_hangs, describe_returns_a_dict, close_hangs, close_raises),
        *(plain_json_hangs, plain_json_names_what_cannot_be_called, plain_json_completes_by_ending),
        *(pull_returns_none, pull_yields_text, pull_yields_endless_pages, pull_yields_empty_pages),
        *(pull_yields_an_endless_page, pull_yields_new_people_for_ever, pull_repeats_the_records),
        *(pull_repeats_the_cursor, pull_lies_about_the_whole, pull_gives_no_proof, pull_gives_two_proofs),
        *(pull_goes_on_after_the_proof, pull_proves_with_wrong_types, pull_leaks_in_the_proof),
        *(pull_removes_everybody, pull_gives_a_huge_record, pull_drips, pull_changes_what_it_gave),
        *(pull_changes_what_it_was_given, parse_raises, parse_exits, parse_hangs, parse_returns_a_list),
        *(parse_gives_dates_that_are_none, parse_gives_objects_that_raise, parse_gives_a_knot),
        *(parse_gives_another_youth, parse_gives_the_future),
    )
}
"""Each is called by the method that its name begins with."""
