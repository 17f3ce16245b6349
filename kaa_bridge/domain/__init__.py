"""Values and facts. Pure; imports nothing above it."""
