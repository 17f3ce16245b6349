"""Reads a mapping file and checks it as a whole; every error names the file, the line and the place in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct
from pydantic import ValidationError

from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.mapping.codes import bundled_table
from kaa_bridge.mapping.model import CountAssertions, FactRules, Ignore, MappingModel, Record, RuleModel
from kaa_bridge.mapping.toml_lines import line_of
from kaa_bridge.mapping.verify import problems_of

ENGINE = 1
"""Raised when the meaning of a rule or converter changes: every record is then read anew."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FOLDERS = ("sources", "journals")


class MappingFile(Struct, frozen=True):
    """A checked mapping file.

    Attributes:
        name: as in ``[mapping]``.
        status: ``official`` follows a published specification, ``profile`` is our documented example.
        format: what the records are: ``json``, ``xml`` or ``table``.
        profile: free table, read by the adapter.
        assertions: how many records there must be.
        codes: the code tables of the file, bundled ones resolved: name to code to word.
        fingerprint: 16 bytes that change when anything changes that the facts depend on.
        path: where it was read from, for messages.
    """

    name: str
    version: str
    status: Literal["official", "profile"]
    format: Literal["json", "xml", "table"]
    note: str
    profile: dict[str, Any]
    assertions: CountAssertions
    record: Record
    facts: FactRules
    ignore: Ignore
    codes: Mapping[str, Mapping[str, str]]
    fingerprint: bytes
    path: str


def bundled_mappings() -> tuple[str, ...]:
    """Return the names of the bundled mapping files, sorted."""
    return tuple(sorted(name for folder in _FOLDERS for name in _bundled(folder)))


def bundled_text(name: str) -> bytes:
    """Return the file of a bundled mapping, to start one's own from.

    Raises:
        ConfigurationInvalid: no mapping of that name is bundled.
    """
    if name not in bundled_mappings():
        raise _not_bundled(name)
    return _read(name, "")[1]


def load_mapping(reference: str, *, base_dir: str = ".") -> MappingFile:
    """Read a mapping file.

    Args:
        reference: name of a bundled mapping (``ist_ss12000``), or a path to a TOML file.
        base_dir: folder that a relative path starts from.

    Raises:
        ConfigurationInvalid: there is no such file, or it breaks a rule; the message names file, line and place.
    """
    path, raw = _read(reference, base_dir)
    try:
        text = raw.decode()
        document = tomllib.loads(text)
    except UnicodeDecodeError:
        raise _invalid(path, "it is not UTF-8", "Save the file as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise _invalid(path, f"it is not TOML: {error}", "Correct that line.") from None
    try:
        model = MappingModel.model_validate(document)
    except ValidationError as error:
        raise _first(path, text, error) from None
    problem = next(problems_of(model), None)
    if problem is not None:
        raise _at(path, text, *problem)
    return _assembled(model, path, raw)


def _assembled(model: MappingModel, path: str, raw: bytes) -> MappingFile:
    codes, tables = _resolved_codes(model)
    digest = blake2b(f"kaa-mapping/{ENGINE}\n".encode() + raw, digest_size=16)
    for part in tables:
        digest.update(part)
    head = model.mapping
    return MappingFile(
        name=head.name,
        version=head.version,
        status=head.status,
        format=head.format,
        note=head.note,
        profile=model.profile,
        assertions=model.assertions,
        record=model.record,
        facts=model.facts,
        ignore=model.ignore,
        codes=codes,
        fingerprint=digest.digest(),
        path=path,
    )


def _resolved_codes(model: MappingModel) -> tuple[dict[str, dict[str, str]], list[bytes]]:
    resolved: dict[str, dict[str, str]] = {}
    raws = []
    for name, own in model.codes.items():
        table = bundled_table(own["use"]) if "use" in own else None
        resolved[name] = {**(table.codes if table else {}), **{k: v for k, v in own.items() if k != "use"}}
        raws.extend([table.raw] if table else [])
    for rule in _rules(model.facts):
        if isinstance(rule.codes, str) and rule.codes not in resolved and (table := bundled_table(rule.codes)):
            resolved[rule.codes] = dict(table.codes)
            raws.append(table.raw)
    return resolved, raws


def _rules(value: Any) -> Iterator[RuleModel]:
    if isinstance(value, RuleModel):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _rules(part)
    elif hasattr(value, "model_fields_set"):
        for name in type(value).model_fields:
            yield from _rules(getattr(value, name))


def _bundled(folder: str) -> list[str]:
    entries = (files("kaa_mappings") / folder).iterdir()
    return [entry.name[:-5] for entry in entries if entry.name.endswith(".toml")]


def _read(reference: str, base_dir: str) -> tuple[str, bytes]:
    if _NAME.fullmatch(reference):
        for folder in _FOLDERS:
            if reference in _bundled(folder):
                return reference, (files("kaa_mappings") / folder / f"{reference}.toml").read_bytes()
        raise _not_bundled(reference)
    try:
        return reference, Path(base_dir, reference).read_bytes()
    except OSError as error:
        raise _missing(reference, f"It could not be read ({error.strerror})") from None


def _not_bundled(name: str) -> ConfigurationInvalid:
    return _missing(name, f"There is no bundled mapping of that name; there are: {', '.join(bundled_mappings())}")


def _missing(reference: str, why: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(
        "mapping_missing",
        f"The mapping '{reference}' was not read. {why}.",
        remedy="Set 'mapping' of the source to the name of a bundled mapping or to the path of a TOML file.",
    )


def _first(path: str, text: str, error: ValidationError) -> ConfigurationInvalid:
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    place = tuple(part for part in first["loc"] if part not in ("function-after", "function-before"))
    return _at(path, text, place, first["msg"].removeprefix("Value error, "))


def _at(path: str, text: str, place: tuple[str | int, ...], why: str) -> ConfigurationInvalid:
    named = ".".join(str(part) for part in place) or "the whole file"
    return _invalid(
        f"{path}, line {line_of(text, place)}, {named}", why, f"Correct it, then run 'kaa-bridge mapping check {path}'."
    )


def _invalid(where: str, why: str, remedy: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(
        "mapping_invalid",
        f"A mapping file is refused: {where}: {why}. No record was read with it.",
        remedy=f"{remedy} 'docs/reference/mapping-files.md' lists every key.",
    )
