"""Loads a routine by bundled name or from a file, and refuses what does not hold together, with file, line and path."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kaa_bridge.contract.predicates import Predicate
from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.mapping.toml_lines import line_of
from kaa_bridge.routine.compiled import Routine, compile_routine
from kaa_bridge.routine.consistency import findings
from kaa_bridge.routine.model import RoutineFile
from kaa_bridge.routine.predicates import BUILT_IN

MAX_BYTES = 1_000_000
"""A routine file is a few pages; anything larger is something else."""
MAX_LINE = 4_000
"""Characters in a line; the TOML reader of Python takes quadratic time for a key with thousands of dots."""
_BUNDLED = re.compile(r"[a-z][a-z0-9_]{0,59}")
_TOML_LINE = r"\(at line (\d+), column \d+\)"


def bundled_routines() -> tuple[str, ...]:
    """Return the names of the routines that come with kaa-bridge."""
    folder = files("kaa_mappings") / "routines"
    names = (item.name for item in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def bundled_text(name: str) -> bytes:
    """Return the file of a bundled routine, to start one's own from. Raises as ``load_routine``."""
    return _bundled(name)


def load_routine(reference: str, *, base_dir: str = ".", predicates: Mapping[str, Predicate] = BUILT_IN) -> Routine:
    """Return a routine by bundled name, or from a path that ends in ``.toml`` (relative to ``base_dir``).

    Args:
        reference: ``ragunda``, ``norrkoping``, ``ist_kommun``, ``lekeberg``, or a path.
        base_dir: folder that a relative path starts from.
        predicates: every condition that may be named: ``BUILT_IN``, and those of plugins.

    Raises:
        ConfigurationInvalid: there is no such routine, or its file is refused; the message names file, line and TOML
            path, and is the same for the same file.
    """
    if not reference.endswith(".toml"):
        return parse_routine(_bundled(reference), f"{reference}.toml", predicates)
    path = Path(base_dir) / reference
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _refused(reference, 1, "", "the file is larger than one megabyte")
        text = path.read_bytes()
    except (OSError, ValueError) as error:
        raise ConfigurationInvalid(
            "routine_unreadable",
            f"The routine file {reference} cannot be read ({type(error).__name__}), so nothing is computed as due.",
            remedy=f"Correct the path of the routine file, or name a bundled one: {', '.join(bundled_routines())}.",
        ) from None
    return parse_routine(text, reference, predicates)


def parse_routine(
    content: bytes, name: str = "routine.toml", predicates: Mapping[str, Predicate] = BUILT_IN
) -> Routine:
    """Return the routine that the bytes of a TOML file hold; ``name`` stands in errors. Raises as ``load_routine``."""
    _refuse_taken(predicates)
    text, document = _read(content, name)
    try:
        file = RoutineFile.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        raise _refused(name, line_of(text, first["loc"]), _dotted(first["loc"]), first["msg"]) from None
    for path, problem in findings(file, predicates):
        raise _refused(name, line_of(text, path), _dotted(path), problem)
    return compile_routine(file, predicates, fingerprint(document))


def fingerprint(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of a routine's content, whatever its layout and comments."""
    canonical = json.dumps(document, sort_keys=True, default=str, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _refuse_taken(predicates: Mapping[str, Predicate]) -> None:
    for name, predicate in predicates.items():
        if predicate.name != name or BUILT_IN.get(name, predicate) is not predicate:
            raise ConfigurationInvalid(
                "condition_name_taken",
                f"A plugin adds the condition '{name}': that is the name of a built-in one, or not its own name.",
                remedy="Rename it in the plugin, or leave the plugin out of 'plugins.allow'.",
            )


def _bundled(name: str) -> bytes:
    if _BUNDLED.fullmatch(name) and name in bundled_routines():
        return (files("kaa_mappings") / "routines" / f"{name}.toml").read_bytes()
    raise ConfigurationInvalid(
        "routine_unknown",
        f"There is no bundled routine '{name[:80]}', so nothing is computed as due.",
        remedy=f"Name one of {', '.join(bundled_routines())}, or give the path of a file that ends in .toml.",
    )


def _read(content: bytes, name: str) -> tuple[str, dict[str, Any]]:
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > MAX_LINE:
                raise _refused(name, number, "", f"the line is longer than {MAX_LINE} characters")
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(_TOML_LINE, str(error))
        raise _refused(name, int(found[1]) if found else 1, "", f"it is not TOML: {error}") from None
    except UnicodeDecodeError as error:
        raise _refused(name, content[: error.start].count(b"\n") + 1, "", "it is not UTF-8") from None
    except (ValueError, RecursionError):
        raise _refused(name, 1, "", "it is not readable as TOML") from None


def _dotted(path: tuple[str | int, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _refused(name: str, line: int, path: str, problem: str) -> ConfigurationInvalid:
    place = f" at {path}" if path else ""
    return ConfigurationInvalid(
        "routine_invalid",
        f"The routine file {name}, line {line}, is refused{place}: {problem}. Nothing is computed as due by it.",
        remedy=f"Correct that line and run 'kaa-bridge routine check {name}'.",
    )
