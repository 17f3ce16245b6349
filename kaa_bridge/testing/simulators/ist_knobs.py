"""The ways in which only a simulated IST can misbehave, beside the ``Fault`` that all simulated sources share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ErrorShape(StrEnum):
    """In what form the server tells an error: the standard's, OAuth's, RFC 9457's, or none at all."""

    STANDARD = "standard"
    OAUTH = "oauth"
    PROBLEM = "problem"
    TEXT = "text"


@dataclass(slots=True)
class IstKnobs:
    """Everything is off until a test turns it, at any time while the server runs; they may be combined.

    Attributes:
        wrong_secret: the token endpoint refuses the client.
        expire_after: revoke every token once, after so many pages of persons have been served.
        ignores_filters: answer every question with everybody, staff and guardians included.
        ignores_modified: ignore ``meta.modified.after`` only.
        lookup_ignores_body: answer every look-up with everybody.
        repeated_token: every page of persons carries the same token.
        empty_pages: so many empty pages with a token come before the next page of persons.
        broken_json: persons pages are half a JSON text, of the declared length.
        not_ss12000: answer ``{"organisations": [], "persons": []}``.
        too_many_requests: so many answers 429 with ``Retry-After`` of ``retry_after`` seconds.
        too_large: answer 413.
        forbidden: answer 403.
        lookup_limit: a look-up for more than so many is answered 503.
        missing: paths that answer 404, as ``/deletedEntities``.
        error_shape: the form of every error.
        renamed: what ``Fault.RENAMED_FIELD`` renames, and to what.
        new_code: the school type of ``Fault.NEW_CODE``.
    """

    wrong_secret: bool = False
    expire_after: int | None = None
    ignores_filters: bool = False
    ignores_modified: bool = False
    lookup_ignores_body: bool = False
    repeated_token: bool = False
    empty_pages: int = 0
    broken_json: bool = False
    not_ss12000: bool = False
    too_many_requests: int = 0
    retry_after: int = 0
    too_large: bool = False
    forbidden: bool = False
    lookup_limit: int | None = None
    missing: frozenset[str] = frozenset()
    error_shape: ErrorShape = ErrorShape.STANDARD
    renamed: tuple[str, str] = ("enrolments", "inskrivningar")
    new_code: str = "QQ"
