"""Data only: mappings, routines, law and code tables as TOML. No code lives here."""
