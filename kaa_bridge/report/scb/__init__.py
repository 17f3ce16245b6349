"""SCB's survey of a half-year as a complete file: stored facts and decisions in, rows by a dated layout out."""
