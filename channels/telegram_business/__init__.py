"""Telegram accounts that customers write to: one bot, connected to them by Telegram Business.

Owns what is different from a bot of one's own: connections and their rights, the day in which a reply may be sent, what
the account's owner types. The rest (contents, calls, updates, files) is ``channels.telegram``'s.
"""
