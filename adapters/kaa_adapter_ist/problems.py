"""Every error this adapter raises itself: code, what the caller does next, text and remedy.

Facts put into a text are closed values (a host, a number, a path of the standard): never a body, a query or a person.
"""

from __future__ import annotations

from kaa_bridge.errors import ConfigurationInvalid, KaaError, Unreachable

_TEXTS: dict[str, tuple[type[KaaError], str, str]] = {
    "ist_settings": (
        ConfigurationInvalid,
        "The connection table or the mapping's [profile] is not what the adapter 'ist' reads (at: {where}). Nothing "
        "was asked for.",
        "Correct the settings named; docs/reference/adapters/ist.md lists all of them.",
    ),
    "ist_address": (
        ConfigurationInvalid,
        "An EduCloud address holds the customer id and the version, as in …/source/SE00100/v2.0; `url` does not. "
        "Nothing was asked for.",
        "Set `url` to the address that IST has given, or choose another `dialect`.",
    ),
    "ist_path_missing": (
        ConfigurationInvalid,
        "{host} knows no {path} (404). Nothing of this source was used.",
        "Check `url` (it ends where the standard's paths begin) and `dialect`; an endpoint that the supplier does not "
        'have is left out by [profile.paths] {key} = "" in the mapping file.',
    ),
    "ist_question_refused": (
        ConfigurationInvalid,
        "{host} refused a question that follows SS 12000 to {path} (400{said}). Nothing of this source was used.",
        "Check `dialect`; with `page_size = 0` no limit is asked for, and with `delta = false` no times.",
    ),
    "ist_token_expired": (
        Unreachable,
        "{host} refused the page token that it had just given for {path} (400{said}); the pull ended in the middle.",
        "Run again; if it recurs, raise `page_size` so that fewer pages are needed, or ask the supplier how long a "
        "token lives.",
    ),
    "ist_too_large": (
        ConfigurationInvalid,
        "{host} says that what was asked of {path} is too large (413). Nothing of this source was used.",
        "Lower `page_size` in the connection table.",
    ),
    "ist_html": (
        Unreachable,
        "{host} answered {path} with a web page, perhaps a login page, instead of SS 12000. Nothing was used.",
        "Check that `url` leads to the API and not to a portal; open it in a browser to see the page.",
    ),
    "ist_truncated": (
        Unreachable,
        "The answer of {host} to {path} ends in the middle of its JSON. No part of it was used.",
        "Run again; if it recurs, lower `page_size` and report it to the supplier.",
    ),
    "ist_not_json": (
        Unreachable,
        "The answer of {host} to {path} is not JSON. No part of it was used.",
        "Check that `url` leads to the SS 12000 service.",
    ),
    "ist_not_ss12000": (
        ConfigurationInvalid,
        "The answer of {host} to {path} is JSON but not SS 12000: {why}. No part of it was used.",
        "Check `url` and `dialect`; ask the supplier for the address of SS 12000 version 2.0 or 2.1.",
    ),
    "ist_filter_ignored": (
        ConfigurationInvalid,
        "{host} was asked for {asked} and answered with something else ({count} of {total} records): it ignores the "
        "filter, or a property has another name than in SS 12000. Nothing of this source was used.",
        "Report it to the supplier; {way_out}.",
    ),
    "ist_pages_empty": (
        Unreachable,
        "{host} gave {count} empty pages of {path} in a row, each with a token for more. Nothing was used.",
        "Run again later; if it recurs, report it to the supplier; `empty_pages` in the connection table is the limit.",
    ),
    "ist_token_repeated": (
        Unreachable,
        "{host} gave the same page token twice for {path}: the pages would never end. Nothing was used.",
        "Report it to the supplier; `page_size = 0` asks for everything in one page, where the server allows it.",
    ),
    "ist_pages_repeated": (
        Unreachable,
        "{host} gives the same page of {path} again and again, with new tokens. Nothing was used.",
        "Report it to the supplier; `page_size = 0` asks for everything in one page, where the server allows it.",
    ),
    "ist_pages_endless": (
        Unreachable,
        "{host} has given {count} pages of {path} and offers more. Nothing was used.",
        "If the register is that large, raise `page_size` or `max_pages`; otherwise report it to the supplier.",
    ),
}


def problem(code: str, system: str, **facts: str | int) -> KaaError:
    """Make the error of a code; ``facts`` fill the braces of its text and remedy."""
    kind, text, remedy = _TEXTS[code]
    known = {"system": system, **facts}
    return kind(code, text.format(**known), remedy=remedy.format(**known), system=system)


CODES = frozenset(_TEXTS)
"""Every code, for the documentation test."""
