"""Who is covered: dated provisions and the coverage decision. Pure."""
