"""Naming one youth on the command line: by opaque handle, or by number through a prompt, a file or standard input.

A number on a command line would stand in the process list and the shell's history, so it is refused there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kaa_bridge.cli.clock import today
from kaa_bridge.domain.person_number import PersonNumberRefused, parse_person_number
from kaa_bridge.errors import InputRefused

if TYPE_CHECKING:
    from kaa_bridge.store.engine import Store
    from kaa_bridge.sync.plan import Person

F = TypeVar("F", bound=Callable[..., Any])


def person_options(function: F) -> F:
    """Add ``--person`` and ``--person-file`` to a command."""
    ref = click.option("--person", metavar="REF", help="Handle (U-…), or - for a number typed at a prompt or piped in.")
    file = click.option("--person-file", metavar="FILE", help="File that holds one number.")
    return ref(file(function))


def find_person(store: Store, ref: str | None, file: str | None) -> Person:
    """Return the youth that the options name.

    Raises:
        InputRefused: a number on the command line, no usable number, or nobody known by it.
    """
    from kaa_bridge.store.handles import find_youth
    from kaa_bridge.store.records import youths_by_pseudonym
    from kaa_bridge.sync.plan import Person
    from kaa_bridge.sync.secrets import Pseudonyms

    if ref is not None and ref != "-":
        _refuse_number(ref)
        with store.read() as connection:
            youth_id = find_youth(connection, ref)
            if youth_id is None:
                raise _nobody()
            return Person(frozenset({youth_id}), _number_of(connection, youth_id))
    number = _read_number(file)
    with store.read() as connection:
        pseudonym = Pseudonyms(store.keys.pseudonym).of_number(number)
        found = youths_by_pseudonym(connection, [pseudonym])
    return Person(frozenset(found.values()), number)


def _number_of(connection: Any, youth_id: int) -> str | None:
    from kaa_bridge.store.query import rows

    ((number,),) = rows(connection, "SELECT number FROM youth WHERE id = ?", (youth_id,))
    return None if number is None else str(number)


def _refuse_number(ref: str) -> None:
    if sum(character.isdigit() for character in ref) >= 8 and not ref.startswith("U-"):
        raise InputRefused(
            "number_on_command_line",
            "A person number does not belong on a command line: it would stay in the process list and the history. "
            "Nothing was done; clear it from the shell's history.",
            remedy="Use --person - and type it at the prompt, or --person-file FILE.",
        )


def _read_number(file: str | None) -> str:
    if file is not None:
        text = _file_text(Path(file))
    elif sys.stdin.isatty():
        text = click.prompt("Person number", hide_input=True)
    else:
        text = sys.stdin.readline()
    try:
        return parse_person_number(text, as_of=today()).value
    except PersonNumberRefused as refused:
        raise InputRefused(
            "number_unusable",
            f"What was given is no usable person number ({refused.code}); nothing was done.",
            remedy="Write it with twelve digits, alone on the first line.",
        ) from None


def _file_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError):
        raise InputRefused(
            "file_unreadable",
            "The file given with --person-file cannot be read as text; nothing was done.",
            remedy="Check its name and rights.",
        ) from None


def _nobody() -> InputRefused:
    return InputRefused(
        "handle_unknown",
        "No youth in the state has that handle; nothing was done.",
        remedy="kaa-bridge worklist shows handles; --person - asks for a number instead.",
    )
