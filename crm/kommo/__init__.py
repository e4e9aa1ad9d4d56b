"""Kommo (amoCRM), API v4. Its facts are in PLATFORMS.md D.

Dibs's mark on a lead lies in a field of its own, which nobody can edit in Kommo; while a lead is incoming, also in
its source. By either the lead is found again after an unknown outcome, so that none is ever made twice.
"""
