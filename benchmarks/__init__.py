"""Benchmarks: ratios against a floor, measured in one run; never part of the tests."""
