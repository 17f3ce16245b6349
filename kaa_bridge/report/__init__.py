"""Work list and reports."""
