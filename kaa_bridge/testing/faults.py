"""The ways in which ``FaultServer`` speaks wrongly, by name (reliability F4). Each is one small function."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from email.utils import formatdate
from functools import cache

from kaa_bridge.testing.fault_server import Answer, Exchange, Fault

FAULTS: dict[str, Fault] = {}
"""Every fault by name."""

_SLOW = 0.05
_HTML = b"<!DOCTYPE html><html><head><title>Logga in</title></head><body><form>Logga in</form></body></html>"
_SOAP = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Server</faultcode>'
    b"<faultstring>Personnummer 20080101-1234 Anna Andersson saknas</faultstring><detail><ErrorCode>PERSON_MISSING"
    b"</ErrorCode></detail></s:Fault></s:Body></s:Envelope>"
)


def _fault(function: Fault) -> Fault:
    FAULTS[function.__name__.strip("_")] = function
    return function


def _head(status: int, *fields: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status} Said", *fields, "", ""]).encode("latin-1")


def _framed(answer: Answer, *more: str, length: int | None = None) -> bytes:
    fields = [f"{name}: {value}" for name, value in answer.headers]
    size = len(answer.body) if length is None else length
    return _head(answer.status, f"Content-Type: {answer.content_type}", *fields, *more, f"Content-Length: {size}")


def _say(exchange: Exchange, answer: Answer, *more: str) -> None:
    exchange.send(_framed(answer, *more) + answer.body)


@_fault
def ok(exchange: Exchange) -> None:
    """Answer rightly and keep the connection."""
    exchange.read_body()
    _say(exchange, exchange.answer())
    exchange.keep = True


@_fault
def reset_at_accept(exchange: Exchange) -> None:
    """Reset before anything was read."""
    exchange.reset()


@_fault
def close_at_accept(_exchange: Exchange) -> None:
    """Close before anything was read."""


@_fault
def greeting_at_accept(exchange: Exchange) -> None:
    """Speak first, as a mail server does."""
    exchange.send(b"220 mail.example ESMTP\r\n")
    exchange.hold()


@_fault
def reset_before_body(exchange: Exchange) -> None:
    """Reset when the head was read."""
    exchange.reset()


@_fault
def reset_during_body(exchange: Exchange) -> None:
    """Reset when half the body was read."""
    exchange.read_body(0.5)
    exchange.reset()


@_fault
def reset_after_body(exchange: Exchange) -> None:
    """Reset when the request was read; it was not handled."""
    exchange.read_body()
    exchange.reset()


@_fault
def reset_after_commit(exchange: Exchange) -> None:
    """Handle the request, then reset without an answer."""
    exchange.read_body()
    exchange.answer()
    exchange.reset()


@_fault
def close_after_commit(exchange: Exchange) -> None:
    """Handle the request, then close without an answer."""
    exchange.read_body()
    exchange.answer()


@_fault
def failure_after_commit(exchange: Exchange) -> None:
    """Handle the request, then say 500."""
    exchange.read_body()
    exchange.answer()
    _say(exchange, Answer(500, b"failed", "text/plain"))


@_fault
def silence(exchange: Exchange) -> None:
    """Read everything and never answer."""
    exchange.read_body()
    exchange.hold()


@_fault
def silence_after_commit(exchange: Exchange) -> None:
    """Handle the request and never answer."""
    exchange.read_body()
    exchange.answer()
    exchange.hold()


@_fault
def never_reads_body(exchange: Exchange) -> None:
    """Stop reading after the head."""
    exchange.server.stopped.wait(60)


@_fault
def slow_head(exchange: Exchange) -> None:
    """Drip the head."""
    exchange.read_body()
    exchange.drip(_framed(exchange.answer()) + b" " * 10_000, _SLOW)


@_fault
def slow_body(exchange: Exchange) -> None:
    """Drip the body."""
    exchange.read_body()
    exchange.send(_framed(exchange.answer(), length=10_000))
    exchange.drip(b" " * 10_000, _SLOW)


@_fault
def slow_chunks(exchange: Exchange) -> None:
    """Drip chunks of one byte."""
    exchange.read_body()
    exchange.send(_head(200, "Transfer-Encoding: chunked"))
    exchange.drip(b"1\r\n \r\n" * 10_000, _SLOW / 5)


@_fault
def slow_headers(exchange: Exchange) -> None:
    """Send a header line now and then, for ever."""
    exchange.read_body()
    exchange.send(b"HTTP/1.1 200 OK\r\n")
    while not exchange.server.stopped.wait(_SLOW):
        exchange.send(b"X-Wait: a\r\n")


@_fault
def truncated_length(exchange: Exchange) -> None:
    """End the body before its length."""
    exchange.read_body()
    answer = exchange.answer()
    exchange.send(_framed(answer) + answer.body[:-1])


@_fault
def truncated_chunked(exchange: Exchange) -> None:
    """End between chunks, without the last one."""
    exchange.read_body()
    body = exchange.answer().body
    exchange.send(_head(200, "Transfer-Encoding: chunked") + b"%x\r\n%s\r\n" % (len(body), body))


@_fault
def truncated_in_chunk(exchange: Exchange) -> None:
    """End inside a chunk."""
    exchange.read_body()
    body = exchange.answer().body
    exchange.send(_head(200, "Transfer-Encoding: chunked") + b"%x\r\n%s" % (len(body) + 10, body))


@_fault
def truncated_http10(exchange: Exchange) -> None:
    """Answer as HTTP/1.0 without a length; half of it."""
    exchange.read_body()
    body = exchange.answer().body
    exchange.send(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + body[: len(body) // 2])


@_fault
def unframed(exchange: Exchange) -> None:
    """Answer the whole, without a length; it ends with the connection."""
    exchange.read_body()
    exchange.send(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + exchange.answer().body)


def _packed(exchange: Exchange, pack: Callable[[bytes], bytes], *, framed: bool = True) -> None:
    exchange.read_body()
    data = pack(exchange.answer().body)
    fields = ["Content-Type: application/json", "Content-Encoding: gzip"]
    if framed:
        fields.append(f"Content-Length: {len(data)}")
    exchange.send(_head(200, *fields) + data)


@_fault
def gzip_right(exchange: Exchange) -> None:
    """Answer rightly, packed, in two members."""
    exchange.read_body()
    body = exchange.answer().body
    data = gzip.compress(body[:3]) + gzip.compress(body[3:])
    exchange.send(_head(200, "Content-Encoding: gzip", f"Content-Length: {len(data)}") + data)


@_fault
def gzip_truncated(exchange: Exchange) -> None:
    """Pack the answer, cut its end, and give the cut length."""
    _packed(exchange, lambda body: gzip.compress(body * 50)[:-9])


@_fault
def gzip_unframed_truncated(exchange: Exchange) -> None:
    """Pack the answer, cut its end, give no length (finding 6)."""
    _packed(exchange, lambda body: gzip.compress(body * 50)[:-9], framed=False)


@_fault
def gzip_garbage(exchange: Exchange) -> None:
    """Say gzip and send something else."""
    _packed(exchange, lambda body: body)


@_fault
def gzip_trailing(exchange: Exchange) -> None:
    """Send something after the packed answer."""
    _packed(exchange, lambda body: gzip.compress(body) + b"more")


@_fault
def gzip_wrong_sum(exchange: Exchange) -> None:
    """Pack the answer with a wrong checksum."""

    def pack(body: bytes) -> bytes:
        data = bytearray(gzip.compress(body))
        data[-8] ^= 1
        return bytes(data)

    _packed(exchange, pack)


@_fault
def gzip_bomb(exchange: Exchange) -> None:
    """Pack a gigabyte into a megabyte."""
    _packed(exchange, lambda _body: _bomb())


@cache
def _bomb() -> bytes:
    """Repeat a flushed block: a deflate stream may do that, so that one megabyte need be packed only twice."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = bytes(1024 * 1024)
    first = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * 1023 + packer.flush()


@_fault
def gzip_members(exchange: Exchange) -> None:
    """Pack nothing, a hundred thousand times."""
    _packed(exchange, lambda _body: gzip.compress(b"") * 100_000)


@_fault
def unasked_packing(exchange: Exchange) -> None:
    """Pack in a way that was not asked for."""
    exchange.read_body()
    _say(exchange, exchange.answer(), "Content-Encoding: br")


def _endless(name: str, head: bytes, piece: bytes) -> None:
    def fault(exchange: Exchange) -> None:
        exchange.read_body()
        exchange.send(head)
        exchange.endless(piece)

    FAULTS[name] = fault


_endless("endless_body", b"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n", b" " * 65536)
_endless("endless_chunks", _head(200, "Transfer-Encoding: chunked"), b"10000\r\n" + b" " * 65536 + b"\r\n")
_endless("endless_headers", b"HTTP/1.1 200 OK\r\n", b"X-More: more\r\n" * 100)
_endless("endless_header_line", b"HTTP/1.1 200 OK\r\nX-More: ", b"more" * 1000)
_endless("endless_continue", b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100)
_endless("endless_trailer", _head(200, "Transfer-Encoding: chunked") + b"0\r\n", b"X-More: more\r\n" * 100)
_endless("negative_chunk", _head(200, "Transfer-Encoding: chunked") + b"-1\r\n", b" " * 65536)
_endless("announced_too_large", _head(200, "Content-Length: 99999999999"), b" " * 65536)


def _raw(name: str, data: bytes) -> None:
    def fault(exchange: Exchange) -> None:
        exchange.read_body()
        exchange.send(data)

    FAULTS[name] = fault


_BODY = b'{"ok": true}'
_raw("bad_status_line", b"HTTP/1.1 abc OK\r\n\r\n")
_raw("no_http", b"220 mail.example ESMTP\r\n")
_raw("switching_protocols", _head(101, "Upgrade: websocket", "Connection: Upgrade"))
_raw("early_hints", _head(103, "Link: </a>") + _head(200, "Content-Length: 12") + _BODY)
_raw("bad_length", _head(200, "Content-Length: twelve") + _BODY)
_raw("negative_length", _head(200, "Content-Length: -1") + _BODY)
_raw("two_lengths", _head(200, "Content-Length: 12", "Content-Length: 2") + _BODY)
_raw("length_and_chunked", _head(200, "Content-Length: 12", "Transfer-Encoding: chunked") + b"c\r\n" + _BODY)
_raw("odd_coding", _head(200, "Transfer-Encoding: gzip, chunked") + b"c\r\n" + _BODY + b"\r\n0\r\n\r\n")
_raw("bad_chunk_size", _head(200, "Transfer-Encoding: chunked") + b"zz\r\n" + _BODY)
_raw("bad_header", _head(200, "no colon here", "Content-Length: 12") + _BODY)
_raw("duplicate_response", (_head(200, "Content-Length: 12") + _BODY) * 2)


def _whole(name: str, answer: Answer) -> None:
    def fault(exchange: Exchange) -> None:
        exchange.read_body()
        _say(exchange, answer)

    FAULTS[name] = fault


_whole("html_login", Answer(200, _HTML, "text/html; charset=utf-8"))
_whole("wrong_charset", Answer(200, '{"namn": "Åsa"}'.encode("iso-8859-1")))
_whole("byte_order_mark", Answer(200, b"\xef\xbb\xbf" + _BODY))
_whole("duplicate_keys", Answer(200, b'{"ok": true, "ok": false}'))
_whole("not_a_number", Answer(200, b'{"ok": NaN}'))
_whole("deep_json", Answer(200, b"[" * 100_000 + b"]" * 100_000))
_whole("empty", Answer(200, b""))
_whole("error_body", Answer(200, b'{"error": {"code": 17, "message": "20080101-1234 Anna Andersson"}}'))
_whole("soap_fault_200", Answer(200, _SOAP, "text/xml; charset=utf-8"))
_whole("soap_fault_500", Answer(500, _SOAP, "text/xml; charset=utf-8"))
_whole("multipart", Answer(200, b"--x\r\n\r\n<a/>\r\n--x--", 'multipart/related; boundary="x"'))
for _status in (201, 202, 400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 502, 503, 504):
    _whole(f"status_{_status}", Answer(_status, b"20080101-1234 Anna Andersson", "text/plain"))
_raw("no_content", _head(204))


def _redirect(status: int) -> None:
    def fault(exchange: Exchange) -> None:
        exchange.read_body()
        exchange.send(_head(status, f"Location: {exchange.server.elsewhere}", "Content-Length: 0"))

    FAULTS[f"redirect_{status}"] = fault


for _status in (300, 301, 302, 303, 307, 308):
    _redirect(_status)

_WAITS: dict[str, Callable[[], str]] = {
    "second": lambda: "1",
    "date": lambda: formatdate(usegmt=True),
    "negative": lambda: "-5",
    "huge": lambda: "1000000000",
    "text": lambda: "later",
    "endless_digits": lambda: "9" * 5000,
}


def _wait(status: int, name: str, value: Callable[[], str]) -> None:
    def fault(exchange: Exchange) -> None:
        exchange.read_body()
        _say(exchange, Answer(status, b"", "text/plain"), f"Retry-After: {value()}")

    FAULTS[f"retry_after_{name}_{status}"] = fault


for _name, _value in _WAITS.items():
    for _status in (429, 503):
        _wait(_status, _name, _value)


@_fault
def stale_keep_alive(exchange: Exchange) -> None:
    """Answer as if the connection lived on, then close it."""
    exchange.read_body()
    _say(exchange, exchange.answer(), "Connection: keep-alive")
