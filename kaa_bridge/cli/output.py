"""Where a report goes, and in which form: ``--format``, ``--output``, and what the file's ending says of both."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

import click

from kaa_bridge.errors import InputRefused

if TYPE_CHECKING:
    from click.decorators import FC

Form = TypeVar("Form", bound=str)
FILES_ONLY = frozenset({"xlsx", "pdf"})
"""Forms that no terminal shows."""
_DOCUMENTS = frozenset({"csv", "doc", "docx", "html", "json", "md", "odt", "ods", "pdf", "toml", "xls", "xlsx", "xml"})
"""Endings that promise a form; any other one, as ``.txt``, promises nothing."""

output_option = click.option(
    "--output", type=click.Path(path_type=Path), help="Write to this file (mode 0600) instead of stdout."
)


def form_option(forms: tuple[str, ...]) -> Callable[[FC], FC]:
    """Add ``--format``; the first form is the one that is taken when neither it nor the file's ending says any."""
    text = f"Left out: what the ending of --output says, else {forms[0]}."
    return click.option("--format", "form", type=click.Choice(forms), help=text)


def chosen_form(forms: tuple[Form, ...], form: Form | None, output: Path | None, *, as_json: bool) -> Form:
    """Return the form that ``--format``, ``--json`` or the ending of the file asks for.

    Raises:
        InputRefused: the two contradict each other, the ending promises a form that is not made here, or a form that
            no terminal shows is asked for without a file.
    """
    by_name: dict[str, Form] = {one: one for one in forms}
    said = by_name["json"] if as_json else form
    ending = by_name.get(output.suffix[1:].lower()) if output is not None else None
    if said and ending and said != ending:
        raise InputRefused(
            "output_form_unclear",
            f"The file is named as {ending} and {said} is asked for; nothing was written.",
            remedy=f"Leave out --format and --json, or end the name in .{said}.",
        )
    if not said and not ending and output is not None and output.suffix[1:].lower() in _DOCUMENTS:
        raise InputRefused(
            "output_form_unknown",
            f"This command makes no {output.suffix[1:].lower()} file; nothing was written.",
            remedy=f"End it in {', '.join('.' + one for one in forms if one != 'table')}, or add --format.",
        )
    found = said or ending or forms[0]
    if found in FILES_ONLY and output is None:
        raise InputRefused(
            "output_needed",
            "A spreadsheet or a PDF is not written to the terminal.",
            remedy=f"Add --output FILE.{found}.",
        )
    return found


@contextmanager
def opened(output: Path | None, option: str = "--output") -> Iterator[BinaryIO]:
    """Give stdout, or a file that only its owner can read: whole when the block ends, not there when it fails.

    Args:
        output: the file, ``None`` for stdout.
        option: the option that names the file.

    Raises:
        InputRefused: the file cannot be written.
    """
    if output is None:
        yield sys.stdout.buffer
        return
    from kaa_bridge.store.private import private_file

    try:
        with private_file(output) as stream:
            yield stream
    except OSError as error:
        raise InputRefused(
            "output_unwritable",
            f"The file {output} cannot be written ({error.strerror}).",
            remedy=f"Name a file in a folder that exists and is yours with {option}.",
        ) from None
    click.echo(f"Wrote {output.name}.", err=True)


@contextmanager
def writable(folder: Path) -> Iterator[None]:
    """Around what makes or fills a folder that an option names: a folder that cannot be used is wrong usage.

    Raises:
        InputRefused: the folder cannot be made, read or written.
    """
    try:
        yield
    except OSError as error:
        raise InputRefused(
            "folder_unwritable",
            f"The folder {folder} cannot be made or written ({error.strerror}).",
            remedy="Name a folder that is yours with --folder.",
        ) from None


def write_out(made: bytes, output: Path | None, option: str = "--output") -> None:
    """Write a report that is made already, as ``opened`` does."""
    with opened(output, option) as stream:
        stream.write(made)
