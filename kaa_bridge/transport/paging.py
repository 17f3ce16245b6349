"""Walks a paged answer to its end, and says whether the pages together were proven to be the whole.

A page or a token that comes twice is refused: a server that ignores the parameter would otherwise never end. Nothing is
taken for the end that the answer does not say itself, unless the profile has no mark for it; then there is no proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kaa_bridge.contract import Page, Proof
from kaa_bridge.errors import ConfigurationInvalid, Unreachable

MarkPath = Annotated[str, Field(min_length=1)]


class Paging(BaseModel):
    """``[profile.search.paging]``: how an answer is cut into pages and what in it says that it is whole.

    Attributes:
        style: ``none`` (one answer), ``page`` (numbered pages), ``offset`` or ``token``.
        size: records asked for in each page; needed for ``page`` and ``offset``.
        first: number of the first page.
        total: path of the number of all records.
        pages: path of the number of pages.
        last: path of a mark that has the value ``last_value`` on the last page.
        next: path of the token of the next page; there but empty on the last one.
        echo: path of the page number or offset as the answer repeats it.
        max_pages: more pages than this are refused, as are more records than ``max_records``.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    style: Literal["none", "page", "offset", "token"] = "none"
    size: int | None = Field(default=None, ge=1, le=100_000)
    first: int = Field(default=1, ge=0, le=1)
    total: MarkPath | None = None
    pages: MarkPath | None = None
    last: MarkPath | None = None
    last_value: str | None = None
    next: MarkPath | None = None
    echo: MarkPath | None = None
    max_pages: int = Field(default=10_000, ge=1)
    max_records: int = Field(default=2_000_000, ge=1)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.style in ("page", "offset") and self.size is None:
            raise ValueError(f"paging style '{self.style}' needs 'size'")
        if (self.style == "token") != (self.next is not None):
            raise ValueError("'next' is given with style 'token', and only then")
        if (self.last is None) != (self.last_value is None):
            raise ValueError("'last' and 'last_value' are given together")
        if self.pages and self.style != "page":
            raise ValueError("'pages' is given with style 'page', and only then")
        if self.echo and self.style not in ("page", "offset"):
            raise ValueError("'echo' is given with style 'page' or 'offset', and only then")
        return self

    @property
    def proves(self) -> bool:
        """Whether an answer can prove that it is whole at all."""
        return any((self.total, self.pages, self.last, self.next))


@dataclass(frozen=True, slots=True)
class Position:
    """Which page is asked for."""

    number: int
    offset: int
    token: str | None

    def values(self, paging: Paging) -> dict[str, str | None]:
        """Return the values of the paging placeholders."""
        size = None if paging.size is None else str(paging.size)
        return {"page": str(self.number), "offset": str(self.offset), "size": size, "token": self.token}


@dataclass(frozen=True, slots=True)
class Part:
    """One page as it came: its records, and a reader of its marks.

    ``mark`` returns the text at a path, ``""`` for an empty or null value, ``None`` when nothing stands there.
    """

    records: Sequence[bytes]
    mark: Callable[[str], str | None]


def walk(paging: Paging, fetch: Callable[[Position], Part], *, system: str) -> Iterator[Page | Proof]:
    """Fetch page after page and yield them, then the proof.

    Raises:
        Unreachable: ``paging_loops`` (a page or token came twice), ``too_many_records``.
        ConfigurationInvalid: ``answer_not_as_profile`` (a mark that the profile names is missing or no number).
    """
    tally = _Tally(paging, system)
    position = Position(paging.first, 0, None)
    while True:
        part = fetch(position)
        tally.take(part, position)
        yield Page(part.records)
        if tally.ended(part, position):
            yield tally.proof()
            return
        position = tally.following(part, position)


def not_as_profile(system: str, what: str) -> ConfigurationInvalid:
    """Return the error of an answer that the profile does not describe; ``what`` names the key and the path."""
    return ConfigurationInvalid(
        "answer_not_as_profile",
        f"The answer of '{system}' is not built as its mapping's profile says: {what}. Nothing of the pull was used.",
        remedy="Compare the profile with the supplier's current description, correct it, and run 'kaa-bridge check'.",
        system=system,
    )


@dataclass(slots=True)
class _Tally:
    """What has come so far."""

    paging: Paging
    system: str
    count: int = 0
    pages: int = 0
    total: int | None = None
    total_moved: bool = False
    repeated: int = 0
    short: bool = False
    marked_end: bool = False
    seen: set[int] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)

    def take(self, part: Part, position: Position) -> None:
        """Count a page; refuse one that has come before."""
        self.pages += 1
        before = len(self.seen)
        self.seen.update(map(hash, part.records))
        new = len(self.seen) - before
        if part.records and not new:
            raise self._loops("a page came twice")
        self.repeated += len(part.records) - new
        self.count += len(part.records)
        if self.pages > self.paging.max_pages or self.count > self.paging.max_records:
            raise self._too_many()
        self._check_echo(part, position)
        if self.paging.total is not None:
            told = self._number(part, "total", self.paging.total)
            self.total_moved |= self.total is not None and told != self.total
            self.total = told

    def ended(self, part: Part, position: Position) -> bool:
        """Tell whether this was the last page; notes whether the answer itself says so."""
        paging = self.paging
        if paging.style == "none":
            self.marked_end = self._is_last(part)
            return True
        if paging.last is not None and self._is_last(part):
            self.marked_end = True
            return True
        if paging.pages is not None:
            self.marked_end = position.number - paging.first + 1 >= self._number(part, "pages", paging.pages)
            return self.marked_end or not part.records
        if paging.next is not None:
            token = part.mark(paging.next)
            self.marked_end = token == ""
            return not token
        if not part.records or (self.total is not None and paging.last is None and self.count >= self.total):
            return True
        return not paging.proves and len(part.records) < (paging.size or 0)

    def following(self, part: Part, position: Position) -> Position:
        """Return the position of the next page; notes a page that was not full although another follows."""
        self.short |= self.paging.style in ("page", "offset") and len(part.records) < (self.paging.size or 0)
        token = part.mark(self.paging.next) if self.paging.next is not None else None
        if token is not None:
            if token in self.tokens:
                raise self._loops("a page token came twice")
            self.tokens.add(token)
        return Position(position.number + 1, self.count, token)

    def proof(self) -> Proof:
        """Judge the whole."""
        doubts = list(self._doubts())
        if doubts:
            return Proof(whole=False, how="; ".join(doubts), total=self.total)
        by = [f"the total agrees ({self.count})"] if self.total is not None else []
        by += ["the last page is marked"] if self.marked_end else []
        return Proof(whole=True, how=", ".join(by), total=self.total)

    def _doubts(self) -> Iterator[str]:
        paging = self.paging
        if not paging.proves:
            yield "nothing in the answer says how much there is"
        if self.total is not None and self.total != self.count:
            yield f"the source says {self.total} records and gave {self.count}"
        if self.total_moved:
            yield "the total changed while the pages were read"
        if self.repeated:
            yield f"{self.repeated} records came twice"
        if self.short and self.total is None:
            yield "a page before the last one was not full"
        wants_mark = paging.last is not None or paging.pages is not None or (paging.next and paging.total is None)
        if wants_mark and not self.marked_end:
            yield "no page was marked as the last"

    def _is_last(self, part: Part) -> bool:
        if self.paging.last is None:
            return False
        mark = part.mark(self.paging.last)
        if mark is None:
            raise not_as_profile(self.system, f"nothing stands at paging.last = '{self.paging.last}'")
        return mark == self.paging.last_value

    def _check_echo(self, part: Part, position: Position) -> None:
        if self.paging.echo is None:
            return
        asked = position.number if self.paging.style == "page" else position.offset
        if self._number(part, "echo", self.paging.echo) != asked:
            raise self._loops("the answer is another page than the one asked for")

    def _number(self, part: Part, key: str, path: str) -> int:
        text = part.mark(path)
        if text is None or not (text.isascii() and text.isdigit()):
            raise not_as_profile(self.system, f"no whole number stands at paging.{key} = '{path}'")
        return int(text)

    def _loops(self, why: str) -> Unreachable:
        return Unreachable(
            "paging_loops",
            f"The pages of '{self.system}' do not come to an end: {why} (page {self.pages}). Nothing of it was used.",
            remedy="Check [profile.search] paging and parameters of the mapping against the supplier's description.",
            system=self.system,
        )

    def _too_many(self) -> Unreachable:
        paging = self.paging
        return Unreachable(
            "too_many_records",
            f"'{self.system}' gives more than {paging.max_pages} pages or {paging.max_records} records. "
            "Nothing of it was used.",
            remedy="Check the selection in [profile.search], or raise max_pages or max_records there.",
            system=self.system,
        )
