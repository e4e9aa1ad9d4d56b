"""The program: command line, settings, wiring, start and stop, the clock that ticks.

Owns the process: what is started, in which order it stops, what is printed. Decides nothing about clients.
Modules here import what they need when they need it: a command that lists staff must not load a Telegram library.
"""
