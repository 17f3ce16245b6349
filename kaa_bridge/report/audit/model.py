"""The file of control objectives, ``kaa-audit/1`` (TOML): areas, objectives, the tests of each and their limits."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.report.audit.queries import FACTS, FOUND_WITHIN, QUERIES
from kaa_bridge.report.board.work import DELAYS

FORMAT = "kaa-audit/1"
AREAS = 8
"""How many areas the radar chart has."""
BUNDLED = "kontrollmal"
RECENT_DAYS = 180
"""How long a contact is recent where no test says otherwise."""
_CLASSES = tuple(days for days in DELAYS.values() if days is not None)
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Line = Annotated[str, Field(min_length=1, max_length=400, pattern=r"^[^\x00-\x1f\x7f]+$")]
Share = Annotated[float, Field(ge=0, le=1)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Test(_Model):
    """One question to the state.

    Attributes:
        query: a name of ``queries.QUERIES`` (a share) or ``queries.FACTS`` (yes or no).
        days: for ``found_within`` and ``recent``.
        fulfilled: the share from which the test is fulfilled; ``partly`` from which it is partly so.
    """

    __test__ = False
    query: Name
    text: Line
    days: Annotated[int, Field(ge=1, le=731)] | None = None
    fulfilled: Share | None = None
    partly: Share | None = None

    @model_validator(mode="after")
    def _fits_its_query(self) -> Test:
        if self.query not in QUERIES and self.query not in FACTS:
            raise ValueError(f"there is no query '{self.query}'; known: {', '.join(sorted({*QUERIES, *FACTS}))}")
        if self.query in FACTS and (self.fulfilled is not None or self.partly is not None):
            raise ValueError(f"'{self.query}' is yes or no: give no limits")
        if self.query in QUERIES and (self.fulfilled is None or self.partly is None or self.partly > self.fulfilled):
            raise ValueError(f"'{self.query}' needs 'fulfilled' and 'partly', the first at least as high")
        if self.query == FOUND_WITHIN and self.days not in _CLASSES:
            raise ValueError(f"'{FOUND_WITHIN}' needs 'days', one of {', '.join(map(str, _CLASSES))}")
        if self.days is not None and self.query not in (FOUND_WITHIN, "recent"):
            raise ValueError(f"'{self.query}' takes no 'days'")
        return self


class Objective(_Model):
    """A control objective: what is asked, what cannot be seen of it, and the tests; none means that nothing can."""

    id: Name
    text: Line
    unseen: Line
    ceiling: Literal["partly"] | None = None
    test: tuple[Test, ...] = ()


class Area(_Model):
    """An area of the radar chart."""

    id: Name
    title: Line
    objective: Annotated[tuple[Objective, ...], Field(min_length=1)]


class Standard(_Model):
    """The whole file."""

    format: Literal["kaa-audit/1"]
    name: Name
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.\-]{0,39}$")]
    title: Line
    source: Line
    area: Annotated[tuple[Area, ...], Field(min_length=AREAS, max_length=AREAS)]

    @model_validator(mode="after")
    def _names_differ(self) -> Standard:
        names = [one.id for one in self.area], [one.id for area in self.area for one in area.objective]
        if any(len(set(found)) != len(found) for found in names):
            raise ValueError("two areas or two objectives have the same id")
        if len({test.days for test in self.tests() if test.query == "recent"}) > 1:
            raise ValueError("'recent' is asked with two different 'days'")
        return self

    def tests(self) -> tuple[Test, ...]:
        """Return every test, in order."""
        return tuple(test for area in self.area for one in area.objective for test in one.test)

    @property
    def recent_days(self) -> int:
        """How many days back a contact is recent."""
        return next((test.days for test in self.tests() if test.query == "recent" and test.days), RECENT_DAYS)


def load_standard(reference: str, *, base_dir: Path) -> Standard:
    """Return control objectives: the bundled ones by name, or a file that ends in ``.toml`` (relative to ``base_dir``).

    Raises:
        ConfigurationInvalid: the file cannot be read, is no TOML, or does not hold together.
    """
    try:
        if reference.endswith(".toml"):
            text = (base_dir / reference).read_text("utf-8-sig")
        elif re.fullmatch(r"[a-z_]+", reference):
            text = (files("kaa_mappings") / "audit" / f"{reference}.toml").read_text("utf-8")
        else:
            raise FileNotFoundError
        return Standard.model_validate(tomllib.loads(text))
    except (OSError, UnicodeDecodeError):
        raise _refused("audit_unreadable", f"The control objectives '{reference[:80]}' cannot be read.") from None
    except tomllib.TOMLDecodeError as error:
        raise _refused("audit_not_toml", f"The control objectives '{reference[:80]}' are not TOML: {error}.") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "top"
        why = f"The control objectives '{reference[:80]}' are refused at {place}: {first['msg']}."
        raise _refused("audit_invalid", why) from None


def _refused(code: str, why: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(
        code,
        f"{why} Nothing was counted.",
        remedy=f"Correct the file that 'audit' names in the municipality's table, or write audit = \"{BUNDLED}\".",
    )
