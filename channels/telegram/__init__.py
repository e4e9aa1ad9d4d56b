"""A Telegram bot that customers write to, on python-telegram-bot. (The staff bot is another bot, and another library.)

Owns the Bot API as a customers' bot needs it, and two parts that know nothing of customers and serve the staff bot too:
``updates.UpdateFetcher`` and ``files``. Refuses python-telegram-bot's own polling: it confirms before it has handled.
"""
