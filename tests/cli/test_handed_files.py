"""A file that is named on the command line and is not there is wrong usage, not a system that does not answer."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from kaa_bridge.cli import root
from kaa_bridge.errors import ExitCode


@pytest.mark.parametrize(
    "arguments",
    [
        ["reconcile", "--apply", "missing.xlsx"],
        ["table", "praktik_allowance", "--input", "missing.xlsx"],
        ["table", "praktik_allowance", "--settings", "missing.toml"],
    ],
)
def test_a_missing_file_is_wrong_usage(arguments: list[str]) -> None:
    done = CliRunner().invoke(root, arguments)
    assert done.exit_code == ExitCode.USAGE
    assert "does not exist" in done.output
