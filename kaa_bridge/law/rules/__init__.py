"""The provisions: one small pure function per criterion, prepared for a question, applied to one youth after another.

A rule is prepared once, from the question and the version's parameters in the law data, and then answers for each youth
with a ``Finding``. Nothing here reads a clock, a file or the environment.
"""
