"""The customers' side: one folder per kind of channel, and the registry that lists them.

Owns what platforms say and want to hear: HTTP, raw JSON (it ends in each folder's ``mapping.py``), limits, error texts.
Refuses to decide anything about clients, offers or rights: what arrives becomes ``sales.incoming`` events and goes to
one use case; what leaves is rows that somebody else decided on.
"""
