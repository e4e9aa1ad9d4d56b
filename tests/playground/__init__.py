"""Tests of the stand-ins. Here two libraries that nobody of us wrote vouch for the Telegram one."""
