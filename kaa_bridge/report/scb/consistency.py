"""What a layout must hold beyond its form: each block once, known sources, codes for words, complete checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kaa_bridge.report.scb.catalogue import CHECKS
from kaa_bridge.report.scb.fields import FIELDS, BlockKind
from kaa_bridge.report.scb.model import PLACEHOLDER_COLUMN, PLACEHOLDER_MARK, Block, Check, Column, ScbLayout

Place = tuple[str | int, ...]
Problem = tuple[Place, str]


def problems(layout: ScbLayout) -> Iterator[Problem]:
    """Yield what does not hold together, each with its path."""
    yield from _standing(layout)
    told = Counter(block.block for block in layout.blocks)
    for index, block in enumerate(layout.blocks):
        if told[block.block] > 1:
            yield ("blocks", index, "block"), f"the block '{block.block}' stands twice; each of the five stands once"
        if block.outcomes is not None and block.block is not BlockKind.CONTACTS:
            yield ("blocks", index, "outcomes"), "only the block 'contacts' has outcomes"
        for number, column in enumerate(block.columns):
            yield from _column(layout, block, column, ("blocks", index, "columns", number))
    yield from _codes(layout)
    for index, check in enumerate(layout.checks):
        yield from _check(check, ("checks", index))


def _standing(layout: ScbLayout) -> Iterator[Problem]:
    is_official = layout.status == "official"
    if is_official and layout.official is None:
        yield ("status",), "an official layout says in [official] who loaded it, when, and from which documents"
    if not is_official and layout.official is not None:
        yield ("official",), 'a placeholder has no [official]; with SCB\'s own lists write status = "official"'
    if is_official and layout.period == "any":
        yield ("period",), "an official layout is for one half-year: SCB's lists differ between them"


def _column(layout: ScbLayout, block: Block, column: Column, at: Place) -> Iterator[Problem]:
    if (column.source is None) == (column.text is None):
        yield (*at, "name"), "a column has either a source or a text"
    elif column.source is None:
        if column.codes or column.missing or column.required:
            yield (*at, "name"), "a fixed text has no codes, no missing and is never required"
    elif (field := FIELDS.get(column.source)) is None:
        yield (*at, "source"), f"there is no source '{column.source}'; there are: {', '.join(sorted(FIELDS))}"
    elif block.block not in field.blocks:
        yield (*at, "source"), f"'{column.source}' is not known in the block '{block.block}'"
    elif (field.kind == "word") != (column.codes is not None):
        verb = "needs" if field.kind == "word" else "has no"
        yield (*at, "source"), f"'{column.source}' is a {field.kind} and {verb} codes"
    elif column.codes is not None and column.codes not in layout.codes:
        yield (*at, "codes"), f"there is no code list [codes.{column.codes}]"
    if column.every_line and block.block is not BlockKind.IDENTITY:
        yield (*at, "every_line"), "only columns of the block 'identity' can be repeated on every line"
    if layout.status == "official" and column.name.startswith(PLACEHOLDER_COLUMN):
        yield (*at, "name"), f"columns with {PLACEHOLDER_COLUMN} are the placeholder's, never SCB's"
    if layout.status == "official" and (column.missing or "").startswith(PLACEHOLDER_MARK):
        yield (*at, "missing"), f"codes with {PLACEHOLDER_MARK} are the placeholder's, never SCB's"
    if not _fits(layout, column.name, column.text or "", column.missing or ""):
        yield (*at, "name"), f"it holds a letter that {layout.file.encoding} has not"


def _codes(layout: ScbLayout) -> Iterator[Problem]:
    used = {column.codes for block in layout.blocks for column in block.columns if column.codes}
    closed: dict[str, set[str]] = {}
    for block in layout.blocks:
        for column in block.columns:
            if column.codes and column.source in FIELDS and FIELDS[column.source].words:
                closed.setdefault(column.codes, set()).update(FIELDS[column.source].words)
    for name, codes in layout.codes.items():
        if name not in used:
            yield ("codes", name), "no column uses this code list"
        for word, code in codes.items():
            if name in closed and word not in closed[name]:
                yield ("codes", name, word), f"'{word}' is none of our words: {', '.join(sorted(closed[name]))}"
            if layout.status == "official" and code.startswith(PLACEHOLDER_MARK):
                yield ("codes", name, word), f"codes with {PLACEHOLDER_MARK} are the placeholder's, never SCB's"
            if not _fits(layout, code):
                yield ("codes", name, word), f"the code holds a letter that {layout.file.encoding} has not"


def _check(check: Check, at: Place) -> Iterator[Problem]:
    known = CHECKS.get(check.check)
    if known is None:
        yield (*at, "check"), f"there is no check '{check.check}'; there are: {', '.join(sorted(CHECKS))}"
        return
    for name in ("block", "field", "earlier"):
        given = getattr(check, name) is not None
        if given != (name in known.asks):
            yield (*at, "check"), f"the check '{check.check}' {'asks for' if not given else 'has no'} {name}"
    for name in ("field", "earlier"):
        source = getattr(check, name)
        if source is None or check.block is None:
            continue
        if source not in FIELDS or FIELDS[source].kind != "date" or check.block not in FIELDS[source].blocks:
            yield (*at, name), f"'{source}' is no date of the block '{check.block}'"


def _fits(layout: ScbLayout, *texts: str) -> bool:
    try:
        for text in texts:
            text.encode(layout.file.encoding if layout.file.kind == "csv" else "utf-8")
    except UnicodeEncodeError:
        return False
    return True
