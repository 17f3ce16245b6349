"""kaa-bridge: the headless bridge for the kommunala aktivitetsansvaret (skollagen 29 kap. 9 §)."""

__version__ = "0.1.0"
