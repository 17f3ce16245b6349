"""Raw record to facts, by a mapping file. Pure."""
