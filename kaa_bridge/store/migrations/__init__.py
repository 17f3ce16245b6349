"""Table versions, as Alembic revisions inside the package."""
