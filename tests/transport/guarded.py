"""Runs something while an audit hook notes every file opened and every connection tried (reliability S10, F16)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_WATCHING: list[list[tuple[str, str]]] = []
_EVENTS = {"open", "socket.connect", "socket.getaddrinfo", "socket.bind", "socket.sendto", "urllib.Request"}
_PYTHON = (".py", ".pyc", ".so", ".pth")


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _WATCHING or event not in _EVENTS:
        return
    if event == "open" and isinstance(arguments[0], int):
        return
    where = str(arguments[1] if event in ("socket.connect", "socket.bind") else arguments[0])
    if event == "open" and (where.endswith(_PYTHON) or "__pycache__" in where):
        return
    for touched in _WATCHING:
        touched.append((event, where))


sys.addaudithook(_hook)


@contextmanager
def touched() -> Iterator[list[tuple[str, str]]]:
    """Yield the list that everything touched is added to, as (event, what)."""
    made: list[tuple[str, str]] = []
    _WATCHING.append(made)
    try:
        yield made
    finally:
        _WATCHING.remove(made)
