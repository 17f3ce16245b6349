"""Reads a layout, and finds the one for a half-year: the municipality's own, else what is shipped."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.mapping.toml_lines import line_of
from kaa_bridge.report.period import Period
from kaa_bridge.report.scb.consistency import Place, problems
from kaa_bridge.report.scb.model import ScbLayout

PLACEHOLDER = "placeholder.toml"
MAX_BYTES = 1_000_000
"""A layout is a few pages; anything larger is something else."""
MAX_LINE = 4_000
"""Characters in a line; the TOML reader of Python takes quadratic time for a key with thousands of dots."""
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A layout, the name it was read by, and a fingerprint of its bytes (16 hexadecimal digits)."""

    layout: ScbLayout
    name: str
    fingerprint: str

    @property
    def is_official(self) -> bool:
        """Whether somebody answers for that these are SCB's own lists."""
        return self.layout.status == "official"


def placeholder_text() -> bytes:
    """Return the shipped placeholder, to start SCB's own from."""
    return (files("kaa_mappings") / "scb" / PLACEHOLDER).read_bytes()


def layout_for(period: Period, own: Sequence[str], base_dir: Path) -> Loaded:
    """Return the layout for a half-year: the municipality's own, else one shipped for it, else the placeholder.

    Args:
        period: the half-year.
        own: paths of the municipality's files, relative to ``base_dir``.
        base_dir: the folder of the configuration.

    Raises:
        ConfigurationInvalid: a file cannot be read or is refused, or two are for the same half-year.
    """
    found = [one for one in (read_layout(path, base_dir) for path in own) if one.layout.period == str(period)]
    if len(found) > 1:
        raise ConfigurationInvalid(
            "scb_layout_twice",
            f"{found[0].name} and {found[1].name} are both for {period}; no file was made.",
            remedy="Leave one of them out of municipality.scb.layouts.",
        )
    return found[0] if found else _shipped(period)


def _shipped(period: Period) -> Loaded:
    folder = files("kaa_mappings") / "scb"
    name = next(name for name in (f"{period}.toml", PLACEHOLDER) if (folder / name).is_file())
    return parse_layout((folder / name).read_bytes(), name)


def read_layout(path: str, base_dir: Path = Path()) -> Loaded:
    """Read a layout from a file.

    Raises:
        ConfigurationInvalid: it cannot be read, or is refused; the message names file, line and path.
    """
    file = base_dir / path
    try:
        if file.stat().st_size > MAX_BYTES:
            raise _refused(path, 1, (), "the file is larger than one megabyte")
        content = file.read_bytes()
    except (OSError, ValueError) as error:
        raise ConfigurationInvalid(
            "scb_layout_unreadable",
            f"The layout {path} cannot be read ({type(error).__name__}); no file was made.",
            remedy="Correct the path in municipality.scb.layouts or after --layout.",
        ) from None
    return parse_layout(content, path)


def parse_layout(content: bytes, name: str) -> Loaded:
    """Return the layout that bytes hold; ``name`` stands in errors. Raises as ``read_layout``."""
    text = _text(content, name)
    try:
        layout = ScbLayout.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        raise _refused(name, int(found[1]) if found else 1, (), f"it is not TOML: {error}") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        raise _refused(name, line_of(text, first["loc"]), first["loc"], first["msg"]) from None
    except RecursionError:
        raise _refused(name, 1, (), "it is nested too deep") from None
    for path, problem in problems(layout):
        raise _refused(name, line_of(text, path), path, problem)
    return Loaded(layout, Path(name).name, hashlib.sha256(content).hexdigest()[:16])


def _text(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise _refused(name, content[: error.start].count(b"\n") + 1, (), "it is not UTF-8") from None
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > MAX_LINE:
            raise _refused(name, number, (), f"the line is longer than {MAX_LINE} characters")
    return text


def _refused(name: str, line: int, path: Place, problem: str) -> ConfigurationInvalid:
    dotted = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
    place = f" at {dotted}" if dotted else ""
    return ConfigurationInvalid(
        "scb_layout_invalid",
        f"The layout {name}, line {line}, is refused{place}: {problem}. No file is made by it.",
        remedy=f"Correct that line and run 'kaa-bridge report layout check {name}'.",
    )
