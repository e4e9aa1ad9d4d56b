"""`dibs demo`: a real Dibs against a Telegram of our own, a team, a customer, and what each of them sees.

The only room that may import the playground. Nothing of it is needed by `dibs run`.
"""

from bot.demo.main import run_demo

__all__ = ["run_demo"]
