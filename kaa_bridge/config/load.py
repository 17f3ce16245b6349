"""Finds and reads the configuration file; every problem is named with its place and never quotes a value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from pydantic import ValidationError

from kaa_bridge.config.model import Configuration, MunicipalityTable
from kaa_bridge.errors import ConfigurationInvalid, InputRefused

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

FILE_NAME = "kaa-bridge.toml"
_NAME = r"[0-9]{4}|[a-z][a-z0-9_-]{0,39}"


class Settings(Struct, frozen=True):
    """A configuration and the file it came from; relative names in it start from the file's folder."""

    path: Path
    configuration: Configuration

    @property
    def base_dir(self) -> Path:
        """The folder of the configuration file."""
        return self.path.parent

    @property
    def state_dir(self) -> Path:
        """The folder of the state stores, one folder in it for each municipality."""
        return self.base_dir / self.configuration.state_dir

    def municipality(self, code: str) -> MunicipalityTable:
        """Return one municipality by its code.

        Raises:
            InputRefused: the configuration has no such municipality.
        """
        for municipality in self.configuration.municipality:
            if municipality.code == code:
                return municipality
        known = ", ".join(one.code for one in self.configuration.municipality)
        raise InputRefused(
            "municipality_unknown",
            f"The configuration has no municipality '{code}' (it has {known}).",
            remedy="Give --municipality one of these codes, or add it to the configuration.",
        )


def find_file(given: str | None) -> Path:
    """Return the configuration file: as given, else in the working folder, else in the platform's configuration folder.

    Raises:
        ConfigurationInvalid: there is none.
    """
    here = Path(given or FILE_NAME)
    if here.is_file():
        return here.resolve()
    if not given:
        import platformdirs  # it takes time, and the file is nearly always where the program was told to look

        shared = platformdirs.user_config_path("kaa-bridge") / FILE_NAME
        if shared.is_file():
            return shared.resolve()
    raise ConfigurationInvalid(
        "configuration_missing",
        f"There is no configuration file ({here.name}).",
        remedy="Run 'kaa-bridge init --municipality CODE' in the folder where it shall be, or give --config FILE.",
    )


def load_settings(path: Path) -> Settings:
    """Read and validate a configuration file.

    Raises:
        ConfigurationInvalid: the file cannot be read, is no TOML, or breaks the model; the message names the place.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise _invalid(path, "it cannot be read as a UTF-8 text file") from None
    return read_settings(path, text)


def read_settings(path: Path, text: str) -> Settings:
    """Validate the text of a configuration that stands, or is to stand, at a path.

    Raises:
        ConfigurationInvalid: it is no TOML, or breaks the model; the message names the place.
    """
    try:
        document = tomllib.loads(text)
        return Settings(path, Configuration.model_validate(document, strict=False))
    except tomllib.TOMLDecodeError as error:
        raise _invalid(path, f"it is not TOML: {_without_value(str(error))}") from None
    except ValidationError as error:
        problems = error.errors(include_input=False, include_context=False, include_url=False)
        first = problems[0]
        raise _invalid(path, f"{_place(first['loc'], document)}: {_plain(first)}") from None


def _place(loc: tuple[int | str, ...], document: Mapping[str, Any]) -> str:
    """Name a place as the file does: a table of a list by its code or name, or counted where that is the fault."""
    words: list[str] = []
    here: Any = document
    for part in loc:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            here = None
        if isinstance(part, int):
            called = str(here.get("code") or here.get("name")) if isinstance(here, Mapping) else ""
            sound = re.fullmatch(_NAME, called) and loc[-1] not in ("code", "name")
            words[-1] += f"[{called if sound else f'no {part + 1}'}]"
        else:
            words.append(part)
    return ".".join(words) or "the file"


def _plain(problem: ErrorDetails) -> str:
    """Return what is wrong in an administrator's words; the value itself is never quoted, since it may be a secret."""
    if problem["type"] == "extra_forbidden":
        return "there is no such key here (docs/reference/configuration.md lists every key)"
    if problem["type"] == "missing":
        return "this key must be there"
    return problem["msg"].removeprefix("Value error, ")


def _without_value(text: str) -> str:
    at = text.rfind("(at ")
    return text[at:] if at >= 0 else "syntax error"


def _invalid(path: Path, problem: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(
        "configuration_invalid",
        f"The configuration {path.name} is not usable: {problem}. Nothing was run.",
        remedy="Correct that place and run 'kaa-bridge check'.",
    )
