"""The questions of the first talk with a youth, as an editable file.

Skolverket has seven standard questions for it; their official wording is not ours to invent. The bundled file has seven
empty slots that a municipality fills in; answers belong in the journal and are never kept here.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.mapping.toml_lines import line_of

SLOTS = 7
"""How many standard questions there are."""
NOT_FILLED_IN = "(frågan är inte ifylld)"
_BUNDLED = "seven_questions"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class Question(_Model):
    """One slot: its number and the municipality's wording, empty until it is filled in."""

    number: Annotated[int, Field(ge=1, le=SLOTS)]
    text: Annotated[str, Field(max_length=400, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Questionnaire(_Model):
    """Seven questions in order."""

    format: Literal["kaa-questionnaire/1"]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    source: str
    question: Annotated[list[Question], Field(min_length=SLOTS, max_length=SLOTS)]

    @property
    def empty(self) -> tuple[int, ...]:
        """Numbers of the slots that are not filled in."""
        return tuple(one.number for one in self.question if not one.text.strip())


def load_questionnaire(path: str | None = None, *, base_dir: str = ".") -> Questionnaire:
    """Return a questionnaire: the bundled one with its empty slots, or a file (relative to ``base_dir``).

    Raises:
        ConfigurationInvalid: the file cannot be read, is no TOML, or does not have seven questions in order.
    """
    name = path or f"{_BUNDLED}.toml"
    try:
        bundled = files("kaa_mappings") / "forms" / f"{_BUNDLED}.toml"
        content = bundled.read_bytes() if path is None else (Path(base_dir) / path).read_bytes()
        text = content.decode("utf-8-sig")
        found = Questionnaire.model_validate(tomllib.loads(text))
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _refused(name, f"line {line_of(text, first['loc'])}, {place}: {first['msg']}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise _refused(name, f"it cannot be read as TOML ({type(error).__name__})") from None
    if [one.number for one in found.question] != list(range(1, SLOTS + 1)):
        raise _refused(name, "the questions are not numbered 1 to 7 in order")
    return found


def form(found: Questionnaire) -> str:
    """Return the form as plain text, with room for answers on paper."""
    lines = [found.title, ""]
    for one in found.question:
        lines += [f"{one.number}. {one.text.strip() or NOT_FILLED_IN}", "   " + "_" * 60, ""]
    return "\n".join(lines)


def _refused(name: str, problem: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(
        "questionnaire_invalid",
        f"The questionnaire {name} is refused: {problem}.",
        remedy="Start from the bundled one: kaa-bridge questionnaire --template",
    )
