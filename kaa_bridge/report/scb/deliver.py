"""Makes the file, gives it its name (ready, or draft), and keeps what it held for the next comparison."""

from __future__ import annotations

from pathlib import Path

from kaa_bridge.errors import ConfigurationInvalid, InputRefused, KaaError, RecordProblem
from kaa_bridge.report.scb.lines import Lines
from kaa_bridge.report.scb.make import Maker, Question
from kaa_bridge.report.scb.report import Report
from kaa_bridge.report.scb.sinks import Nowhere, file_sink
from kaa_bridge.store import scb_files
from kaa_bridge.store.engine import Store
from kaa_bridge.store.private import put_in_place
from kaa_bridge.sync.bridge import Bridge

DRAFT = "UTKAST"
"""Stands in the name of a file that is not ready for delivery."""
UNFINISHED = "halvfardig"
"""Stands in the hidden name of a file while it is made."""


def preview(store: Store, bridge: Bridge, question: Question) -> Report:
    """Go through everything and write nothing."""
    with store.read() as connection:
        return Maker(connection, bridge, question, Nowhere()).run()


def make_file(store: Store, bridge: Bridge, question: Question, output: Path) -> Report:
    """Write the whole half-year to a private file; one that is not ready gets ``UTKAST`` in its name.

    The file stands in its place before the state remembers it: after a crash in between the next preview compares with
    the file before.

    Raises:
        InputRefused: the file cannot be made there, or its ending does not fit the layout's kind.
        RunLocked: a run is writing; the comparison needs a state that stands still.
    """
    _check_output(output, question)
    try:
        return _make(store, bridge, question, output)
    except OSError as error:
        raise InputRefused(
            "scb_output_unwritable",
            f"{output.name} cannot be written ({error.strerror}); no file was made, and the last one still counts.",
            remedy="Make room, or name a file in a folder that you may write in, and run the command again.",
        ) from None


def _make(store: Store, bridge: Bridge, question: Question, output: Path) -> Report:
    layout, period = question.layout.layout, str(question.period)
    made = output.with_name(f".{output.name}.{UNFINISHED}")
    with store.write() as connection:
        made.unlink(missing_ok=True)  # what a killed command left: nobody else makes a file while this one may write
        sheets = Lines(layout).sheets()
        with file_sink(made, layout.file, sheets, as_of=question.as_of) as sink:
            maker = Maker(connection, bridge, question, sink)
            file_id = scb_files.begin_file(connection, period, question.as_of.isoformat(), question.layout.fingerprint)
            report = maker.run(file_id=file_id)
        path = output if report.is_ready else draft_path(output)
        put_in_place(made, path)
        scb_files.end_file(connection, file_id, period, ready=report.is_ready)
    report.written = path.name
    return report


def require_place(path: Path, option: str) -> None:
    """Refuse a file that cannot be made because of where it is to stand, before anything is done.

    Raises:
        InputRefused: its folder does not exist, or a folder has its name.
    """
    if not path.parent.is_dir() or path.is_dir():
        raise InputRefused(
            "scb_output_folder",
            f"The file cannot be made where {option} says; nothing was made.",
            remedy="Name a file in a folder that exists.",
        )


def draft_path(output: Path) -> Path:
    """Return where a draft of the file is written: ``scb.csv`` becomes ``scb.UTKAST.csv``."""
    return output.with_name(f"{output.stem}.{DRAFT}{output.suffix}")


def why_not_ready(report: Report) -> KaaError | None:
    """Return why the file must not be delivered, as one paragraph with the next step; ``None`` when it is ready."""
    stops = report.findings.total("stop")
    what = f"{report.written} is a draft" if report.written else "A file made now would be a draft"
    first = next((finding for finding in report.findings.listed if finding.level == "stop"), None)
    if not report.layout.is_official:
        also = f" Besides, {stops} checks do not hold." if stops else ""
        return ConfigurationInvalid(
            "scb_lists_unofficial",
            f"{what}: no official lists of SCB's are loaded for {report.period}, so its columns and codes are "
            f"kaa-bridge's own placeholder and SCB would not accept them.{also} Do not deliver it.",
            remedy="Load SCB's own: kaa-bridge report layout show > scb.toml, fill in SCB's columns and codes for "
            f"{report.period}, name the file in municipality.scb.layouts, then run the command again.",
        )
    if first is not None:
        return RecordProblem(
            "scb_checks_failed",
            f"{what}: {stops} checks do not hold, the first one '{first.check}'. Do not deliver it.",
            remedy="Put right what the report lists, run a night, then run the command again.",
        )
    return None


def _check_output(output: Path, question: Question) -> None:
    spreadsheet = question.layout.layout.file.kind == "xlsx"
    require_place(output, "--output")
    if spreadsheet != (output.suffix.lower() == ".xlsx"):
        raise InputRefused(
            "scb_output_ending",
            f"The layout {question.layout.name} makes a {'spreadsheet' if spreadsheet else 'text file'}; "
            "the name after --output says otherwise, and nothing was made.",
            remedy=f"Name a file that ends in {'.xlsx' if spreadsheet else '.csv or .txt'}.",
        )
