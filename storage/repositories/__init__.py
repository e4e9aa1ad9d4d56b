"""The books of ``sales.ports``, in SQL: a class each, on one transaction.

A book loads and saves; it decides nothing. Statements are module constants, compiled once (``storage.statements``).
"""
