"""Finds, loads and isolates plugins, one by one."""
