"""What every command starts from: the configuration, the plugins, and the state of a municipality."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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

    def each(self, code: str | None, act: Callable[[MunicipalityTable], None]) -> None:
        """Act for one municipality, or for all when no code is given; one that fails keeps it from no other.

        Raises:
            KaaError: the worst of those that failed, when every other has been told on stderr.
        """
        failed: list[KaaError] = []
        for table in self.municipalities(code):
            try:
                act(table)
            except KaaError as error:
                failed.append(error)
        failed.sort(key=lambda one: SEVERITY.index(one.exit_code))
        for told in failed[:-1]:
            click.echo(paragraph(told), err=True)
        if failed:
            raise failed[-1]

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
