"""After the freeze: what one source says of each youth beside another, sorted out, with a proposed step.

A register that is not updated from June to August misses those who leave school in those months, and keeps those who
have come back. ``compare`` goes through both registers youth by youth; ``render`` writes the report; ``apply`` reads it
back with a person's decisions and turns what was accepted into notes.
"""
