"""Asks one SS 12000 server and gives back its answer, or says by code why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from kaa_adapter_ist.dialects import Dialect
from kaa_adapter_ist.problems import problem
from kaa_adapter_ist.settings import IstSettings
from kaa_bridge.transport.http import HttpClient, HttpResponse, expect_ok
from kaa_bridge.transport.oauth import ClientCredentials

T = TypeVar("T")
_HEADERS = {"Accept": "application/json"}
_JSON = {**_HEADERS, "Content-Type": "application/json"}
_SPOKEN = frozenset(
    {
        "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
        "invalid_scope", "invalid_token", "insufficient_scope",
    }
)  # fmt: skip
"""Error codes of RFC 6749 and RFC 6750; SS 12000 leaves its own free, so any other word might be a name."""
_SPLIT = frozenset({413, 503})
_PARTS: Mapping[str, int] = {"ids": 500, "civicNos": 100}
_HTML = (b"<!doctype", b"<html", b"<head", b"<body")


class _Told(msgspec.Struct):
    """An error in any of the shapes seen: the standard's ``code``, OAuth's ``error``, RFC 9457's ``title``."""

    code: object = None
    error: object = None
    title: object = None


class Asker:
    """One server, one dialect. Close it when done."""

    def __init__(self, settings: IstSettings, dialect: Dialect, system: str, base_dir: str) -> None:
        """Make the clients; nothing is asked yet.

        Raises:
            ConfigurationInvalid: an address or certificate is wrong.
        """
        self.settings, self.dialect, self.system = settings, dialect, system
        self._token_http: HttpClient | None = None
        tokens: ClientCredentials | None = None
        if settings.token_url and settings.client_id and settings.client_secret:
            reached = settings.model_copy(update={"url": settings.token_url, "allowed_hosts": ()})
            self._token_http = HttpClient(reached, system=system, base_dir=base_dir)
            tokens = ClientCredentials(
                self._token_http,
                settings.token_url,
                client_id=settings.client_id,
                client_secret=settings.client_secret,
                scope=settings.scope,
                style=settings.token_style,
            )
        self._http = HttpClient(settings, system=system, base_dir=base_dir, auth=tokens)
        self.host = urlsplit(settings.url).netloc
        self.server_time: datetime | None = None

    def get(self, path: str, params: Mapping[str, str | Sequence[str]], *, key: str) -> HttpResponse:
        """Ask a list; ``key`` is the endpoint's name in ``[profile.paths]``, for the remedy.

        Raises:
            ConfigurationInvalid: ``ist_path_missing``, ``ist_question_refused``, ``ist_too_large``, or the transport's.
            Unreachable: ``ist_token_expired``, or the transport's.
        """
        answer = self._http.get(path, headers=_HEADERS, params=params)
        if self.server_time is None:
            self.server_time = _date(answer)
        return self._good(answer, path, key, token="pageToken" in params)

    def lookup(self, path: str, name: str, values: Sequence[str], *, key: str) -> list[msgspec.Raw]:
        """Look up many by one property, ``ids`` or ``civicNos``, in the body of the question.

        A list that the server calls too large (503, or 413) is split in halves down to single values.
        """
        found: list[msgspec.Raw] = []
        size = _PARTS[name]
        for start in range(0, len(values), size):
            found += self._lookup_part(path, name, values[start : start + size], key)
        return found

    def _lookup_part(self, path: str, name: str, values: Sequence[str], key: str) -> list[msgspec.Raw]:
        answer = self._http.read_post(path, body=msgspec.json.encode({name: list(values)}), headers=_JSON)
        if answer.status in _SPLIT and len(values) > 1:
            half = len(values) // 2
            return self._lookup_part(path, name, values[:half], key) + self._lookup_part(path, name, values[half:], key)
        self._good(answer, path, key, token=False)
        return self.decode(answer, path, _ARRAY, "a look-up answers with a bare array")

    def decode(self, answer: HttpResponse, path: str, decoder: msgspec.json.Decoder[T], shape: str) -> T:
        """Read an answer; ``shape`` says what SS 12000 would have answered.

        Raises:
            Unreachable: ``ist_html``, ``ist_truncated`` or ``ist_not_json``.
            ConfigurationInvalid: ``ist_not_ss12000``.
        """
        body = answer.body.removeprefix(b"\xef\xbb\xbf")
        try:
            return decoder.decode(body)
        except msgspec.ValidationError:
            raise problem("ist_not_ss12000", self.system, host=answer.host, path=path, why=shape) from None
        except msgspec.DecodeError as error:
            code = "ist_truncated" if "truncated" in str(error) and body else "ist_not_json"
            if body.lstrip()[:16].lower().startswith(_HTML):
                code = "ist_html"
            raise problem(code, self.system, host=answer.host, path=path) from None

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
        if self._token_http:
            self._token_http.close()

    def _good(self, answer: HttpResponse, path: str, key: str, *, token: bool) -> HttpResponse:
        code = {400: "ist_token_expired" if token else "ist_question_refused", 404: "ist_path_missing"}
        code[413] = "ist_too_large"
        if found := code.get(answer.status):
            said = _said(answer.body)
            raise problem(found, self.system, host=answer.host, path=path, key=key, said=said)
        return expect_ok(answer, self.system)


def _said(body: bytes) -> str:
    """Return the server's own error code when it is a registered one; anything else may name a person."""
    try:
        told = msgspec.json.decode(body, type=_Told)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""
    for word in (told.code, told.error, told.title):
        if isinstance(word, str) and word in _SPOKEN:
            return f", {word}"
    return ""


def _date(answer: HttpResponse) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.headers["date"]).astimezone(UTC)
    except (KeyError, ValueError, TypeError):
        return None


_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
