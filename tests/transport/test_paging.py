"""Pages are walked to an end that the answer itself proves, or there is no proof; a loop is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from kaa_bridge.contract import Page, Proof
from kaa_bridge.errors import ConfigurationInvalid, Unreachable
from kaa_bridge.transport.paging import Paging, Part, Position, walk

STYLES: dict[str, dict[str, Any]] = {
    "page by total": {"style": "page", "size": 3, "total": "total"},
    "page by pages": {"style": "page", "size": 3, "pages": "pages"},
    "page by mark": {"style": "page", "size": 3, "last": "last", "last_value": "yes"},
    "page by all": {"style": "page", "size": 3, "total": "total", "pages": "pages", "echo": "page"},
    "page from zero": {"style": "page", "size": 3, "first": 0, "total": "total", "echo": "page"},
    "offset by total": {"style": "offset", "size": 3, "total": "total", "echo": "offset"},
    "offset by mark": {"style": "offset", "size": 3, "last": "last", "last_value": "yes"},
    "token": {"style": "token", "size": 3, "next": "next"},
    "token by total": {"style": "token", "size": 3, "next": "next", "total": "total"},
    "one answer by total": {"style": "none", "total": "total"},
}


@dataclass
class Server:
    """An honest server of some records; ``marks`` and ``records`` may be bent by a test."""

    paging: Paging
    held: list[bytes]
    bend: Callable[[int, list[bytes], dict[str, str | None]], list[bytes]] = field(
        default=lambda _call, records, _marks: records
    )
    calls: int = 0

    def fetch(self, position: Position) -> Part:
        self.calls += 1
        assert self.calls < 500, "the walk does not end"
        size = self.paging.size or len(self.held) or 1
        first = position.offset
        if self.paging.style == "page":
            first = (position.number - self.paging.first) * size
        elif self.paging.style == "token":
            first = int(position.token or 0)
        records = self.held if self.paging.style == "none" else self.held[first : first + size]
        at_end = first + size >= len(self.held)
        marks: dict[str, str | None] = {
            "total": str(len(self.held)),
            "pages": str(max(1, -(-len(self.held) // size))),
            "last": "yes" if at_end else "no",
            "page": str(position.number),
            "offset": str(position.offset),
            "next": "" if at_end else str(first + size),
        }
        return Part(self.bend(self.calls, list(records), marks), marks.get)


def run(server: Server) -> tuple[list[bytes], Proof]:
    """Walk to the end."""
    items = list(walk(server.paging, server.fetch, system="source"))
    proof = items.pop()
    assert isinstance(proof, Proof)
    return [record for page in items if isinstance(page, Page) for record in page.records], proof


def numbered(count: int) -> list[bytes]:
    """Return so many different records."""
    return [b"record %d" % index for index in range(count)]


@pytest.mark.parametrize("name", STYLES)
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 6, 7, 30])
def test_an_honest_server_is_read_whole(name: str, count: int) -> None:
    server = Server(Paging(**STYLES[name]), numbered(count))
    records, proof = run(server)
    assert records == numbered(count)
    assert proof.whole, proof.how


@pytest.mark.parametrize("style", [{"style": "none"}, {"style": "page", "size": 3}, {"style": "offset", "size": 3}])
@pytest.mark.parametrize("count", [0, 2, 3, 7])
def test_without_any_mark_everything_is_read_and_nothing_proven(style: dict[str, Any], count: int) -> None:
    paging = Paging(**style)
    records, proof = run(Server(paging, numbered(count)))
    assert records == numbered(count)
    assert not proof.whole
    assert not paging.proves


def drop_one(call: int, records: list[bytes], _marks: dict[str, str | None]) -> list[bytes]:
    """Lose a record of the second page."""
    return records[1:] if call == 2 else records


def repeat_one(call: int, records: list[bytes], _marks: dict[str, str | None]) -> list[bytes]:
    """Give a record of the first page again."""
    return [b"record 0", *records] if call == 2 else records


def first_page_for_ever(call: int, _records: list[bytes], marks: dict[str, str | None]) -> list[bytes]:
    """Ignore which page is asked for."""
    marks.update(page="1", next="3", last="no", pages="9", offset="0")
    return numbered(3)


def empty_in_the_middle(call: int, records: list[bytes], _marks: dict[str, str | None]) -> list[bytes]:
    """Give an empty second page."""
    return [] if call == 2 else records


def total_moves(call: int, records: list[bytes], marks: dict[str, str | None]) -> list[bytes]:
    """Be written to while it is read."""
    marks["total"] = str(9 + call)
    return records


@pytest.mark.parametrize("name", [name for name in STYLES if name not in ("one answer by total", "token")])
@pytest.mark.parametrize("bend", [drop_one, repeat_one, first_page_for_ever, empty_in_the_middle])
def test_what_is_not_whole_is_never_proven(name: str, bend: Any) -> None:
    try:
        _records, proof = run(Server(Paging(**STYLES[name]), numbered(12), bend))
    except (Unreachable, ConfigurationInvalid):
        return
    assert not proof.whole, proof.how


@pytest.mark.parametrize("name", ["page by total", "offset by total", "token by total"])
def test_a_register_that_changes_while_it_is_read_proves_nothing(name: str) -> None:
    _records, proof = run(Server(Paging(**STYLES[name]), numbered(12), total_moves))
    assert not proof.whole


@pytest.mark.parametrize("name", [name for name in STYLES if not name.startswith("one")])
def test_a_loop_is_refused_soon(name: str) -> None:
    server = Server(Paging(**STYLES[name]), numbered(12), first_page_for_ever)
    with pytest.raises(Unreachable) as caught:
        run(server)
    assert caught.value.code == "paging_loops"
    assert server.calls <= 2


def test_a_token_that_comes_again_is_refused_even_with_new_records() -> None:
    def bend(call: int, _records: list[bytes], marks: dict[str, str | None]) -> list[bytes]:
        marks["next"] = "3"
        return [b"call %d" % call]

    with pytest.raises(Unreachable, match="token came twice"):
        run(Server(Paging(style="token", next="next"), numbered(3), bend))


def test_a_token_that_is_missing_is_the_end_but_no_proof() -> None:
    def bend(_call: int, records: list[bytes], marks: dict[str, str | None]) -> list[bytes]:
        marks["next"] = None
        return records

    records, proof = run(Server(Paging(style="token", size=3, next="next"), numbered(9), bend))
    assert len(records) == 3
    assert not proof.whole


@pytest.mark.parametrize(
    ("mark", "value"),
    [
        *((mark, value) for mark in ("total", "pages", "page") for value in (None, "", "many", "-3", "3.0", "²")),
        ("last", None),
    ],
)
def test_a_mark_that_is_not_as_the_profile_says_is_the_profiles_error(mark: str, value: str | None) -> None:
    def bend(_call: int, records: list[bytes], marks: dict[str, str | None]) -> list[bytes]:
        marks[mark] = value
        return records

    name = {"last": "page by mark", "total": "page by total"}.get(mark, "page by all")
    with pytest.raises(ConfigurationInvalid) as caught:
        run(Server(Paging(**STYLES[name]), numbered(9), bend))
    assert caught.value.code == "answer_not_as_profile"
    assert "paging." in caught.value.message


def test_more_than_the_limits_is_refused() -> None:
    with pytest.raises(Unreachable, match="more than 2 pages"):
        run(Server(Paging(style="page", size=3, total="total", max_pages=2), numbered(9)))
    with pytest.raises(Unreachable, match="8 records"):
        run(Server(Paging(style="page", size=3, total="total", max_records=8), numbered(9)))


def test_a_server_that_gives_smaller_pages_than_asked_for_loses_nobody_with_an_offset() -> None:
    def bend(_call: int, records: list[bytes], _marks: dict[str, str | None]) -> list[bytes]:
        return records[:2]

    records, proof = run(Server(Paging(style="offset", size=5, total="total"), numbered(11), bend))
    assert records == numbered(11)
    assert proof.whole


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"style": "page"}, "size"),
        ({"style": "token"}, "next"),
        ({"style": "page", "size": 5, "next": "n"}, "next"),
        ({"last": "a/b"}, "last_value"),
        ({"style": "offset", "size": 5, "pages": "p"}, "pages"),
        ({"style": "token", "next": "n", "echo": "e"}, "echo"),
        ({"style": "pages"}, "style"),
        ({"size": "5"}, "size"),
        ({"pagesize": 5}, "pagesize"),
    ],
)
def test_a_wrong_paging_table_names_the_key(wrong: dict[str, Any], key: str) -> None:
    with pytest.raises(ValidationError, match=key):
        Paging(**wrong)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), name=st.sampled_from(sorted(STYLES)), count=st.integers(0, 25))
def test_whatever_a_server_does_the_walk_ends_and_a_whole_is_the_whole(
    data: st.DataObject, name: str, count: int
) -> None:
    """A server that drops and repeats records at will is never believed, unless it gave everything once."""
    if not STYLES[name].get("total"):
        name = "page by total"

    def bend(call: int, records: list[bytes], _marks: dict[str, str | None]) -> list[bytes]:
        kept = [record for record in records if data.draw(st.integers(0, 9)) > 0]
        again = data.draw(st.lists(st.sampled_from(numbered(count) or [b"x"]), max_size=1))
        return kept + (again if data.draw(st.booleans()) else [])

    try:
        records, proof = run(Server(Paging(**STYLES[name]), numbered(count), bend))
    except (Unreachable, ConfigurationInvalid):
        return
    if proof.whole:
        assert sorted(records) == sorted(numbered(count))
