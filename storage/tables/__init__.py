"""The tables, a file per subject. ``storage.schema`` is the whole of them.

Owns columns, constraints and indexes, nothing else. A constraint keeps a promise even when the code above it is wrong.
"""
