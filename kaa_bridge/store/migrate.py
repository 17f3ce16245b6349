"""Table versions: an older state is brought to the present version in one transaction, a newer one is refused."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from kaa_bridge.errors import StateUnusable
from kaa_bridge.store.backup import back_up
from kaa_bridge.store.clock import Clock, iso
from kaa_bridge.store.engine import Store, StoreSettings
from kaa_bridge.store.lock import RunLock
from kaa_bridge.store.meta import HEAD, read_version


def run_revisions(connection: Connection, to: str = "head") -> None:
    """Run the revisions that are missing, in the transaction of the connection; an error rolls all of them back."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def upgrade_state(settings: StoreSettings, *, clock: Clock) -> tuple[str, str]:
    """Bring a state to the present table version, after a backup beside it.

    Returns:
        The version before and the version now.

    Raises:
        StateUnusable: the state is newer than this program, or unusable in another way.
        RunLocked: a run is under way.
    """
    with Store.open(settings, any_version=True) as store:
        with store.read() as connection:
            before = read_version(connection)
        if before == HEAD:
            return before, HEAD
        if before > HEAD:
            raise StateUnusable(
                "state_version",
                f"The state of {settings.municipality} has table version {before}, newer than this program's {HEAD}.",
                remedy="Install the newer kaa-bridge; a state never goes back.",
            )
        with RunLock(store, clock=clock) as held:
            stamp = iso(clock.now()).replace(":", "")
            back_up(store, settings.directory / f"before-{HEAD}-{stamp}.kaabackup")
            with held.begin() as connection:
                run_revisions(connection)
    return before, HEAD
