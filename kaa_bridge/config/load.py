"""Finds and reads the configuration file; every problem is named with its place and never quotes a value."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from kaa_bridge.config.model import Configuration, MunicipalityTable
from kaa_bridge.errors import ConfigurationInvalid, InputRefused

FILE_NAME = "kaa-bridge.toml"


@dataclass(frozen=True, slots=True)
class Settings:
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
        remedy="Run 'kaa-bridge init' in the folder where it shall be, or give --config FILE.",
    )


def load_settings(path: Path) -> Settings:
    """Read and validate a configuration file.

    Raises:
        ConfigurationInvalid: the file cannot be read, is no TOML, or breaks the model; the message names the place.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        return Settings(path, Configuration.model_validate(document, strict=False))
    except (OSError, UnicodeDecodeError):
        raise _invalid(path, "it cannot be read as a UTF-8 text file") from None
    except tomllib.TOMLDecodeError as error:
        raise _invalid(path, f"it is not TOML: {_without_value(str(error))}") from None
    except ValidationError as error:
        problems = error.errors(include_input=False, include_context=False, include_url=False)
        first = problems[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
        raise _invalid(path, f"{place}: {first['msg']}{more}") from None


def _without_value(text: str) -> str:
    at = text.rfind("(at ")
    return text[at:] if at >= 0 else "syntax error"


def _invalid(path: Path, problem: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(
        "configuration_invalid",
        f"The configuration {path.name} is not usable: {problem}. Nothing was run.",
        remedy="Correct that place and run 'kaa-bridge check'.",
    )
