"""``python -m bot`` is `dibs`."""

from bot.main import main

main()
