"""The body of an answer: its end proved, its size capped, gzip unpacked here and nowhere else."""

from __future__ import annotations

import re
import zlib
from http.client import HTTPException

import urllib3
from urllib3.exceptions import HTTPError

from kaa_bridge.errors import KaaError
from kaa_bridge.transport.address import Origin
from kaa_bridge.transport.problems import problem
from kaa_bridge.transport.wire import failure

_PIECE = 1024 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_NUMBER = re.compile(r"[0-9]{1,15}")
_MEMBERS = 64
_BODILESS = frozenset({204, 304})


def read_body(
    raw: urllib3.BaseHTTPResponse, origin: Origin, limit: int, *, unframed: bool, system: str | None
) -> bytes:
    """Return the whole body, unpacked.

    Args:
        raw: the answer, its head read and nothing of its body.
        limit: most bytes, packed and unpacked.
        unframed: accept an answer that ends with the connection.

    Raises:
        Unreachable: ``truncated``, ``unframed``, ``broken``, ``too_large``, ``encoding_refused`` and those of the wire.
    """
    host = str(origin)
    packing = raw.headers.get("content-encoding", "").strip().lower()
    if packing not in ("", "identity", "gzip", "x-gzip"):
        raise problem("encoding_refused", system, host=host)
    packed = packing in ("gzip", "x-gzip")
    if raw.status < 200:
        raise problem("broken", system, host=host)
    if raw.status in _BODILESS:
        return b""
    try:
        data = _wire_body(raw, host, limit, unframed=unframed or packed, system=system)
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        raise failure(error, origin, system) from None
    return gunzip(data, host, limit, system) if packed and data else data


def _wire_body(raw: urllib3.BaseHTTPResponse, host: str, limit: int, *, unframed: bool, system: str | None) -> bytes:
    coding = raw.headers.get("transfer-encoding")
    lengths = {text.strip() for item in raw.headers.getlist("content-length") for text in item.split(",")}
    if coding is not None:
        if coding.strip().lower() != "chunked" or lengths:
            raise problem("broken", system, host=host)
        return _read_all(raw, host, limit, system)
    if not lengths:
        if not unframed:
            raise problem("unframed", system, host=host)
        return _read_all(raw, host, limit, system)
    (text,) = lengths if len(lengths) == 1 else ("",)
    if not _NUMBER.fullmatch(text):
        raise problem("broken", system, host=host)
    length = int(text)
    if length > limit:
        raise problem("too_large", system, host=host, limit=limit)
    data = raw.read(length, decode_content=False) if length else b""
    if len(data) != length:
        raise problem("truncated", system, host=host)
    return data


def _read_all(raw: urllib3.BaseHTTPResponse, host: str, limit: int, system: str | None) -> bytes:
    parts: list[bytes] = []
    total = 0
    while part := raw.read(_PIECE, decode_content=False):
        parts.append(part)
        total += len(part)
        if total > limit:
            raise problem("too_large", system, host=host, limit=limit)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def gunzip(data: bytes, host: str, limit: int, system: str | None) -> bytes:
    """Unpack gzip: every member to its end mark, nothing after it, never more than ``limit`` bytes."""
    parts: list[bytes] = []
    total = 0
    while data:
        if len(parts) == _MEMBERS:
            raise problem("encoding_refused", system, host=host)
        member = zlib.decompressobj(_GZIP)
        try:
            part = member.decompress(data, limit + 1 - total)
        except zlib.error:
            raise problem("encoding_refused", system, host=host) from None
        parts.append(part)
        total += len(part)
        if total > limit:
            raise problem("too_large", system, host=host, limit=limit)
        if not member.eof:
            raise _unfinished(member, host, limit, system)
        data = member.unused_data
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _unfinished(member: zlib._Decompress, host: str, limit: int, system: str | None) -> KaaError:
    """Tell an output that stopped exactly at the cap from one whose input stopped early."""
    if member.unconsumed_tail:
        return problem("too_large", system, host=host, limit=limit)
    return problem("truncated", system, host=host)
