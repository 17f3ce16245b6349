"""Conformance kit and simulated systems, shared by tests, the demo and third parties."""
