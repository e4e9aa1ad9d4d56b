"""Everything that leaves: claims rows of the outbox, paces them, hands them to senders, settles what came of it.

Owns lanes, rate limits, retries and the rule about stale replies. Knows two ports of ``sales``, ``Outbox`` and
``Sender``; refuses to know what a row says, or which platform a lane leads to.
"""
