"""The self-check: an audit's control objectives as data, held against what the state can show, and no further."""
