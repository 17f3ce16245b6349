"""JSON read strictly: UTF-8, no duplicate keys, no NaN or infinity, no lone surrogates, bounded depth."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from kaa_bridge.transport.problems import problem

MAX_DEPTH = 100
_BOM = b"\xef\xbb\xbf"


class _Refused(ValueError):
    """Why a document was refused, without any of its content."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Refused("a key stands twice in one object")
    return made


def _constant(_name: str) -> Any:
    raise _Refused("NaN or infinity is not JSON")


def _deeper(value: Any, depth: int) -> bool:
    level = [value]
    for _ in range(depth):
        level = [child for item in level if isinstance(item, (dict, list)) for child in _children(item)]
        if not level:
            return False
    return True


def _children(item: dict[str, Any] | list[Any]) -> list[Any]:
    return list(item.values()) if isinstance(item, dict) else item


def decode_json(data: bytes, where: str, system: str | None = None) -> Any:
    """Return the value of one JSON document.

    Args:
        data: the whole document, UTF-8; a byte order mark is tolerated.
        where: host or file name for the error; never content.
        system: the system's configured name for the error.

    Raises:
        Unreachable: ``not_json``, ``too_deep`` or ``encoding_wrong``; the source did not answer usably.
    """
    body = data[3:] if data.startswith(_BOM) else data
    try:
        text = body.decode("utf-8")
        msgspec.json.decode(body)
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_constant)
    except UnicodeDecodeError:
        raise problem("encoding_wrong", system, why="not UTF-8") from None
    except RecursionError:
        raise problem("too_deep", system, limit=MAX_DEPTH) from None
    except _Refused as refused:
        raise problem("not_json", system, host=where, why=str(refused)) from None
    except ValueError:
        raise problem("not_json", system, host=where, why=_guess(body)) from None
    if _deeper(value, MAX_DEPTH):
        raise problem("too_deep", system, limit=MAX_DEPTH)
    return value


def _guess(body: bytes) -> str:
    """Say what it looks like instead, in closed words."""
    start = body.lstrip()[:64].lower()
    if not start:
        return "it is empty"
    if start.startswith((b"<!doctype html", b"<html")):
        return "it is a web page, perhaps a login page"
    if start.startswith(b"<"):
        return "it is XML or HTML"
    return "it does not follow the grammar"
