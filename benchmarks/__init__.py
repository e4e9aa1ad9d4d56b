"""How fast Dibs is: the real process over HTTP against the Telegram stand-in. ``python -m benchmarks`` runs it all."""
