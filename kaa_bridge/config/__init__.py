"""The configuration file: strict model, secrets by reference."""
