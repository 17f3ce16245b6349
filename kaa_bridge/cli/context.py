"""What every command starts from: the configuration, the plugins, and the state of a municipality."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import click

from kaa_bridge.cli.present import paragraph
from kaa_bridge.errors import SEVERITY, KaaError
from kaa_bridge.log import start_log

if TYPE_CHECKING:
    from kaa_bridge.config import MunicipalityTable, Settings
    from kaa_bridge.host import PluginHost
    from kaa_bridge.store.engine import Store

F = TypeVar("F")


class Turns:
    """Municipalities that are taken one after the other: one that fails keeps none of the others from its turn.

    Attributes:
        tables: which.
        failed: what went wrong so far, one error a municipality.
    """

    def __init__(self, tables: list[MunicipalityTable]) -> None:
        """Begin with nothing wrong."""
        self.tables = tables
        self.failed: list[KaaError] = []

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Around what is done with one."""
        try:
            yield
        except KaaError as error:
            if len(self.tables) == 1:
                raise
            self.failed.append(error)

    def end(self) -> None:
        """End the command, when what is known of the others has been printed.

        Raises:
            KaaError: the worst of what went wrong; the rest is told on stderr.
        """
        worst_last = sorted(self.failed, key=lambda error: SEVERITY.index(error.exit_code))
        for error in worst_last[:-1]:
            click.echo(paragraph(error), err=True)
        if worst_last:
            raise worst_last[-1]


class App:
    """The options that stand before the command, and what is made from them when a command asks."""

    def __init__(self, config: str | None, verbosity: int, *, quiet: bool, log_format: str) -> None:
        """Keep the options."""
        self.config, self.verbosity = config, verbosity
        self.quiet, self.log_format = quiet, log_format

    def start_log(self) -> None:
        """Send the log to stderr."""
        start_log(verbosity=self.verbosity, quiet=self.quiet, log_format=self.log_format)

    @cached_property
    def settings(self) -> Settings:
        """The configuration file, read once."""
        from kaa_bridge.config import find_file, load_settings

        return load_settings(find_file(self.config))

    @cached_property
    def host(self) -> PluginHost:
        """The plugins that the configuration allows, loaded once."""
        from kaa_bridge.host import load_plugins

        return load_plugins(allow=self.settings.configuration.plugins.allow)

    def municipalities(self, code: str | None) -> list[MunicipalityTable]:
        """Return one municipality, or all when no code is given."""
        if code is not None:
            return [self.settings.municipality(code)]
        return list(self.settings.configuration.municipality)

    def turns(self, code: str | None) -> Turns:
        """Return one municipality, or all when no code is given, for what is done with each by itself."""
        return Turns(self.municipalities(code))

    def one_municipality(self, code: str | None) -> MunicipalityTable:
        """Return the municipality with the code, or the only one there is.

        Raises:
            InputRefused: there are several and no code was given.
        """
        from kaa_bridge.errors import InputRefused

        found = self.municipalities(code)
        if len(found) == 1:
            return found[0]
        raise InputRefused(
            "municipality_needed",
            "The configuration has several municipalities.",
            remedy=f"Add --municipality CODE ({', '.join(one.code for one in found)}).",
        )

    @contextmanager
    def store(self, municipality: MunicipalityTable) -> Iterator[Store]:
        """Open the state of a municipality, and close it again."""
        from kaa_bridge.store.engine import Store
        from kaa_bridge.sync.bridge import store_settings

        with Store.open(store_settings(self.settings, municipality.code)) as store:
            yield store


pass_app = click.make_pass_decorator(App)
"""Gives a command its ``App`` as first argument."""

municipality_option = click.option("--municipality", metavar="CODE", help="Four-digit code; left out: all of them.")
one_municipality_option = click.option(
    "--municipality", metavar="CODE", help="Four-digit code; needed where the configuration has several."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON to stdout.")
