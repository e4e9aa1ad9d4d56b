"""HTTP in: webhooks, health, metrics.

Owns status codes, size limits and the rule that a webhook is answered only after the commit. Refuses to know what an
update says: whoever stands behind a door (`web.doors`) verifies, reads and commits it.
"""
