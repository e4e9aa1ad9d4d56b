"""What the stand-ins have in common, whatever they stand in for.

Owns: the clock and its timers, news that somebody waits for, work in the background, files on
disk, the log of calls, planned faults, the server as an object and as a process, `/control/{action}` and the half of
its client.
Refuses: to know any of the stand-ins. It imports the standard library and aiohttp only (`control_client.py` adds
httpx).
"""
