"""The ways in which a simulated IST can misbehave; each is a knob that a test turns while the server runs."""

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
class IstFaults:
    """Everything is off until it is set; the knobs may be combined.

    Attributes:
        down: hang up on every connection without an answer.
        wrong_secret: the token endpoint refuses the client.
        expire_after: revoke every token once after so many pages of persons have been served.
        ignores_filters: answer every question with everybody, staff and guardians included.
        ignores_modified: ignore ``meta.modified.after`` only.
        lookup_ignores_body: answer every look-up with everybody.
        endless_pages: every page of persons is the first page again, with a new token.
        repeated_token: every page of persons but the first carries the same token.
        empty_pages: so many empty pages with a token come before the first page of persons.
        broken_json: persons pages are half a JSON text, of the declared length.
        cut_short: persons pages end half way to the declared length.
        duplicate_person: the first person comes again at the end.
        renamed_field: the first name of an enrolled person's property becomes the second.
        new_code: a school type that nobody has heard of, on the first person's enrolments.
        emptied: no persons at all.
        slow_seconds: wait that long before each answer.
        html: answer 200 with a login page.
        redirect: answer 302 to the address given.
        not_ss12000: answer ``{"organisations": [], "persons": []}``.
        too_many_requests: so many answers 429 with ``Retry-After`` of ``retry_after`` seconds.
        unavailable: so many answers 503.
        too_large: answer 413.
        forbidden: answer 403.
        lookup_limit: a look-up for more than so many is answered 503.
        missing: paths that answer 404, as ``/deletedEntities``.
        error_shape: the form of every error.
    """

    down: bool = False
    wrong_secret: bool = False
    expire_after: int | None = None
    ignores_filters: bool = False
    ignores_modified: bool = False
    lookup_ignores_body: bool = False
    endless_pages: bool = False
    repeated_token: bool = False
    empty_pages: int = 0
    broken_json: bool = False
    cut_short: bool = False
    duplicate_person: bool = False
    renamed_field: tuple[str, str] | None = None
    new_code: str | None = None
    emptied: bool = False
    slow_seconds: float = 0.0
    html: bool = False
    redirect: str | None = None
    not_ss12000: bool = False
    too_many_requests: int = 0
    retry_after: int = 0
    unavailable: int = 0
    too_large: bool = False
    forbidden: bool = False
    lookup_limit: int | None = None
    missing: frozenset[str] = frozenset()
    error_shape: ErrorShape = ErrorShape.STANDARD
