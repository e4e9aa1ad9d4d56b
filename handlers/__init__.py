"""Staff act: one aiogram router per job. A handler reads the update, calls one use case, and says what to show.

Owns how commands and taps are understood. Refuses to decide: rights are checked in the use cases. The
routers are listed in ``handlers.routers``, in the order in which they are asked.
"""
