"""Finds the ``kaa-bridge`` command lines that the documentation prints, and tries them on the program's own parser."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from kaa_bridge.cli import root

_FENCE = re.compile(r"^(?P<indent> *)```.*?^(?P=indent)```", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?:^|\n\n)((?:    .*\n)+)")
_INLINE = re.compile(r"(?<!`)`(kaa-bridge[^`]*)`(?!`)", re.DOTALL)
_START = re.compile(r"(?:^|&& |Next: |ExecStart=|[\s\"'])((?:[\w./\\:-]*[/\\])?kaa-bridge(?:\.exe)?(?: .*|$))")
_END = re.compile(r"\s(?:\||&&|;|>|#|2>|--?> |\"\$@\")")


@dataclass(frozen=True, slots=True)
class Printed:
    """A command line as a page prints it; ``whole`` when it stands in a block, to be copied."""

    page: str
    text: str
    whole: bool = False

    def __str__(self) -> str:
        """Name it in a test's id."""
        return f"{self.page}: {self.text[:70]}"


def printed_on(path: Path, name: str) -> Iterator[Printed]:
    """Yield the command lines of a page: in blocks, and between back-quotes."""
    text = path.read_text(encoding="utf-8")
    blocks = [match[0] for match in _FENCE.finditer(text)]
    prose = _FENCE.sub("", text)
    blocks += [match[1] for match in _INDENTED.finditer(prose)]
    for block in blocks:
        for line in block.replace("\\\n", " ").replace("^\n", " ").splitlines():
            found = _START.search(line)
            if found and "[OPTIONS]" not in line:
                line = _END.split(found[1])[0].strip().rstrip(".")
                yield Printed(name, line if line.count('"') % 2 == 0 else line.rstrip('"'), whole=True)
    for match in _INLINE.finditer(prose):
        yield Printed(name, " ".join(match[1].split()))


def problem_with(text: str, *, whole: bool = False) -> str | None:
    """Return why a command line would not be understood, ``None`` when it would; a whole one lacks nothing needed."""
    words = shlex.split(text.replace("\\", "/"))[1:]
    command: click.Command = root
    path = ["kaa-bridge"]
    while True:
        context = click.Context(command, info_name=" ".join(path))
        parser = command.make_parser(context)
        try:
            given, rest, _ = parser.parse_args(list(words))
        except click.UsageError as error:
            return f"{' '.join(path)}: {error.format_message()}"
        missing = [one.name for one in command.params if one.required and not given.get(one.name or "")]
        if whole and missing:
            return f"{' '.join(path)} needs {', '.join(map(str, missing))}"
        if not isinstance(command, click.Group) or not rest:
            return None
        inner = command.get_command(context, rest[0])
        if inner is None:
            return f"{' '.join(path)} has no command '{rest[0]}'"
        command, words, path = inner, rest[1:], [*path, rest[0]]
