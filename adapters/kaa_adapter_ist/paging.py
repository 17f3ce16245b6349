"""Walks the pages of a list: the token alone (with the limit), until it is absent or null, and never for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from kaa_adapter_ist.asking import Asker
from kaa_adapter_ist.problems import problem

Params = Mapping[str, str | Sequence[str]]


class ListPage(msgspec.Struct):
    """A page of a list; the records stay unread bytes."""

    data: list[msgspec.Raw]
    pageToken: str | None = None  # noqa: N815 - the standard's name


class DeletedPage(msgspec.Struct):
    """A page of ``deletedEntities``: transfer ids by kind."""

    data: dict[str, list[str]]
    pageToken: str | None = None  # noqa: N815 - the standard's name


_LIST = msgspec.json.Decoder(ListPage)
_DELETED = msgspec.json.Decoder(DeletedPage)


def first_page(asker: Asker, path: str, params: Params, *, key: str) -> ListPage:
    """Ask once and return the page; raises as ``Asker``."""
    page = asker.decode(asker.get(path, params, key=key), path, _LIST, 'a list answers with "data" and "pageToken"')
    if page.data and not bytes(page.data[0]).startswith(b"{"):
        why = '"data" holds objects'
        raise problem("ist_not_ss12000", asker.system, host=asker.host, path=path, why=why)
    return page


def list_pages(asker: Asker, path: str, params: Params, *, key: str) -> Iterator[list[msgspec.Raw]]:
    """Yield the records of each page of a list.

    Raises:
        Unreachable: ``ist_pages_empty``, ``ist_token_repeated``, ``ist_pages_repeated``, ``ist_pages_endless``, and
            what ``Asker`` raises.
    """
    walk = _Walk(asker, path, key)
    ask = walk.first(params)
    while ask is not None:
        page = first_page(asker, path, ask, key=key)
        ask = walk.onward(page.pageToken, first=bytes(page.data[0]) if page.data else b"")
        yield page.data


def deleted_pages(asker: Asker, path: str, params: Params, *, key: str) -> Iterator[Mapping[str, list[str]]]:
    """Yield the ids of each page of ``deletedEntities``; raises as ``list_pages``."""
    walk = _Walk(asker, path, key)
    ask = walk.first(params)
    while ask is not None:
        answer = asker.get(path, ask, key=key)
        page = asker.decode(answer, path, _DELETED, '"data" of deletedEntities is an object of lists')
        ask = walk.onward(page.pageToken, first=next((ids[0].encode() for ids in page.data.values() if ids), b""))
        yield page.data


class _Walk:
    """Makes each next question and sees when a list does not end as it should."""

    def __init__(self, asker: Asker, path: str, key: str) -> None:
        self.asker, self.path, self.key = asker, path, key
        size = asker.settings.page_size
        self.limit = {"limit": str(size)} if size else {}
        self.tokens: set[str] = set()
        self.firsts: set[int] = set()
        self.pages = self.empty = 0

    def first(self, params: Params) -> dict[str, str | Sequence[str]] | None:
        return {**params, **self.limit}

    def onward(self, token: str | None, *, first: bytes) -> dict[str, str | Sequence[str]] | None:
        """Return the next question, ``None`` at the end; ``first`` is the page's first record."""
        settings = self.asker.settings
        self.pages += 1
        if not token:
            return None
        self.empty = 0 if first else self.empty + 1
        if self.empty > settings.empty_pages:
            raise self._refused("ist_pages_empty", self.empty)
        if token in self.tokens:
            raise self._refused("ist_token_repeated")
        if first and hash(first) in self.firsts:
            raise self._refused("ist_pages_repeated")
        if self.pages >= settings.max_pages:
            raise self._refused("ist_pages_endless", self.pages)
        self.tokens.add(token)
        self.firsts.add(hash(first))
        return {"pageToken": token, **self.limit}

    def _refused(self, code: str, count: int = 0) -> Exception:
        return problem(code, self.asker.system, host=self.asker.host, path=self.path, count=count)
