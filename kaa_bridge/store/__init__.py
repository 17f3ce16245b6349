"""The state store: tables, migrations and what may be asked of it."""
