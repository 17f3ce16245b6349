"""A person number on a command line would stand in the process list and the shell's history: it is refused there."""

from __future__ import annotations

from collections.abc import Iterable

from kaa_bridge.errors import InputRefused

_LENGTHS = range(10, 13)
"""So many digits a number has, or digits with letters in the last four places (interim numbers); one may be lost."""
_OTHERS = 3
_MONTHS, _DAYS, _COORDINATION_DAYS = range(13), range(1, 32), range(60, 92)
"""What may stand in their places; a samordningsnummer can leave both open."""


def refuse_numbers(arguments: Iterable[str]) -> None:
    """Look at the arguments of any command, before one of them is read or repeated in a message.

    Raises:
        InputRefused: one of them, or the value of an option, has the shape of a person number in any of its writings.
    """
    if any(_is_number(argument.rpartition("=")[2]) for argument in arguments):
        raise number_refused()


def number_refused() -> InputRefused:
    """Return the error for a number that was typed where everybody can read it."""
    return InputRefused(
        "number_on_command_line",
        "A person number does not belong on a command line: it would stay in the process list and the history. "
        "Nothing was done; clear it from the shell's history.",
        remedy="kaa-bridge explain - (type it at the prompt) or kaa-bridge resync --person - (the same), or "
        "--person-file FILE with either; everywhere else the handle (U-…) names a youth.",
    )


def _is_number(value: str) -> bool:
    """Tell a number from what commands take: the date in a file's name, the id that a journal gave a note."""
    signs = "".join(filter(str.isalnum, value))
    if len(signs) not in _LENGTHS or len(value) > len(signs) + _OTHERS or not (signs[:-4] + signs[-2:]).isdecimal():
        return False
    month, day = int(signs[-8:-6]), int(signs[-6:-4])
    return month in _MONTHS and (day in _DAYS or day in _COORDINATION_DAYS)
