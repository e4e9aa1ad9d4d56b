"""The product itself: words, rights, rules and use cases, in plain Python.

Owns every decision. Imports no library and no other room; what it needs from them it names in ``sales.ports``.
"""
