"""A person number as an argument of any command is refused, and never repeated."""

from __future__ import annotations

import pytest

from kaa_bridge.cli.numbers import refuse_numbers
from kaa_bridge.errors import InputRefused
from tests.system.conftest import Cli, cli, world

__all__ = ["cli", "world"]

NUMBERS = [
    "209001100016", "20900110-0016", "9001100016", "900110-0016", "900110+0016", "20900110TF01", "900110–T016",
    "900170-0016", "900060-0016", "09001100016", "2090 01 10 0016", "2090-01-10-0016", "2090.01.10.0016",
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "command",
    [
        ("outbox", "show"),
        ("outbox", "retry"),
        ("quarantine", "show"),
        ("hold", "release"),
        ("explain",),
        ("resync", "--person"),
        ("mapping", "check", "qore", "--sample"),
    ],
    ids=" ".join,
)
def test_no_command_repeats_it(cli: Cli, command: tuple[str, ...], number: str) -> None:
    done = cli(*command, number)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error (number_on_command_line): ")
    assert number not in done.err


def test_nor_the_value_of_an_option() -> None:
    with pytest.raises(InputRefused):
        refuse_numbers(["resync", "--person=900110-0016"])


@pytest.mark.parametrize(
    "argument",
    [
        "2026-02-02", "20260202", "2303", "--as-of=2026-02-02", "U-OB56DV6VQEZUU", "KAA-73QYUDJE3JZECWB4EFBVABF4U4",
        "in/20260101-20260630.csv", "kaa-bridge.toml", "installera-nu", "", "-", "17",
        "20260202.db", "20260202-0330.db", "2303-20260202.kaabackup", "4711000123", "2026130100", "1234567890123456",
    ],
)  # fmt: skip
def test_what_commands_take_is_none(argument: str) -> None:
    refuse_numbers([argument])
