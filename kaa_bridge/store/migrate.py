"""Table versions: an older state is brought to the present version in one transaction, a newer one is refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlcipher3 import dbapi2

from kaa_bridge.errors import StateUnusable
from kaa_bridge.store.backup import back_up
from kaa_bridge.store.clock import Clock, iso
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.engine import Store, StoreSettings
from kaa_bridge.store.failures import coded
from kaa_bridge.store.lock import RunLock
from kaa_bridge.store.meta import HEAD, read_version
from kaa_bridge.store.settings import StoreKind
from kaa_bridge.store.sqlite import WRITES

if TYPE_CHECKING:
    import sqlalchemy


def make_engine(connect: Callable[[], Connection], *, is_sqlite: bool) -> sqlalchemy.Engine:
    """Return SQLAlchemy's engine over connections of ours, with explicit transactions: Alembic needs one."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    url = "sqlite+pysqlite://" if is_sqlite else "postgresql+psycopg://"
    module = {"module": dbapi2} if is_sqlite else {}
    engine = create_engine(url, creator=lambda: connect().driver, poolclass=NullPool, hide_parameters=True, **module)

    @event.listens_for(engine, "begin")
    def begin(connection: sqlalchemy.Connection) -> None:
        with closing(connection.connection.cursor()) as cursor:
            cursor.execute(WRITES if is_sqlite else "BEGIN")

    return engine


def run_revisions(connection: sqlalchemy.Connection, to: str = "head") -> None:
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
            is_sqlite = settings.kind is not StoreKind.POSTGRESQL
            with coded(settings.municipality), make_engine(store.connect, is_sqlite=is_sqlite).begin() as connection:
                held.check(Connection(connection.connection.driver_connection, is_sqlite=is_sqlite))
                run_revisions(connection)
    return before, HEAD
