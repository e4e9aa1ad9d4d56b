"""The CRMs: one folder per kind, the registry that lists them, and the sender of what leaves for them.

Owns how a lead is found, made and changed in a CRM, and that none is made twice. Refuses to decide whose a client is or
what a change means for Dibs's own records: facts go back with the outcome, and ``sales`` settles them.
"""
