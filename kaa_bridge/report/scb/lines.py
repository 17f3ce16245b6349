"""Where each row stands in the file: block by block, or side by side, and the line that a person is sent to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from kaa_bridge.report.scb.cells import Written
from kaa_bridge.report.scb.fields import BlockKind
from kaa_bridge.report.scb.model import Block, ScbLayout

Line = tuple[str, tuple[str, ...]]
"""The sheet (empty in a text file) and its cells."""
Places = dict[tuple[BlockKind, int], str]
"""By block and index of a row: where it stands, in words."""


class Lines:
    """Arranges one youth after another and counts lines; it holds no row."""

    def __init__(self, layout: ScbLayout) -> None:
        """Prepare for a file."""
        self._layout = layout
        self._last: Counter[str] = Counter()

    def sheets(self) -> list[str]:
        """Return the names of the sheets in order; a text file has one without a name."""
        if self._layout.file.kind == "csv":
            return [""]
        blocks = self._layout.blocks
        return [block.title for block in blocks] if self._layout.file.arrangement == "blocks" else [blocks[0].title]

    def headers(self) -> Iterator[Line]:
        """Yield the lines with the names of the columns, where the layout wants them."""
        if not self._layout.file.header:
            return
        if self._layout.file.arrangement == "wide":
            names = [column.name for block in self._layout.blocks for column in block.columns]
            yield self._line(self._layout.blocks[0], names)[0]
            return
        for block in self._layout.blocks:
            yield self._line(block, [column.name for column in block.columns])[0]

    def place(self, written: Mapping[BlockKind, Sequence[Written]]) -> tuple[list[Line], Places]:
        """Return a youth's lines and where each row stands."""
        lines: list[Line] = []
        places: Places = {}
        for block, group in self._groups(written):
            line, where = self._line(block, [cell for cells, _ in group for cell in cells])
            lines.append(line)
            places.update({row: where for _, row in group if row is not None})
        return lines, places

    def _groups(
        self, written: Mapping[BlockKind, Sequence[Written]]
    ) -> Iterator[tuple[Block, list[tuple[tuple[str, ...], tuple[BlockKind, int] | None]]]]:
        blocks = self._layout.blocks
        if self._layout.file.arrangement == "blocks":
            for block in blocks:
                for index, row in enumerate(written[block.block]):
                    yield block, [(row.cells, (block.block, index))]
            return
        first = written[BlockKind.IDENTITY][0]
        for index, rows in enumerate(zip_longest(*(written[block.block] for block in blocks))):
            yield (
                blocks[0],
                [
                    (row.cells, (block.block, index)) if row else (_repeated(block, first), None)
                    for block, row in zip(blocks, rows, strict=True)
                ],
            )

    def _line(self, block: Block, cells: Sequence[str]) -> tuple[Line, str]:
        spreadsheet = self._layout.file.kind == "xlsx"
        apart = spreadsheet and self._layout.file.arrangement == "blocks"
        sheet = (block.title if apart else self._layout.blocks[0].title) if spreadsheet else ""
        self._last[sheet] += 1
        where = f"rad {self._last[sheet]}"
        return (sheet, tuple(cells)), f"bladet ”{sheet}”, {where}" if spreadsheet else where


def _repeated(block: Block, first: Written) -> tuple[str, ...]:
    """Return the cells of a block that has no row on the line: empty, but for what every line of a person repeats."""
    if block.block is not BlockKind.IDENTITY:
        return ("",) * len(block.columns)
    return tuple(cell if column.every_line else "" for column, cell in zip(block.columns, first.cells, strict=True))
