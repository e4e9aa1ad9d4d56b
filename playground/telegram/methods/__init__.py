"""The Bot API's methods, one file per subject. Importing this package registers all of them."""

from . import (
    account,
    business,
    callbacks,
    commands,
    copying,
    deleting,
    editing,
    files,
    media,
    pins,
    sending,
    topics,
    updates,
)
from .registry import METHODS, Call

__all__ = [
    "METHODS",
    "Call",
    "account",
    "business",
    "callbacks",
    "commands",
    "copying",
    "deleting",
    "editing",
    "files",
    "media",
    "pins",
    "sending",
    "topics",
    "updates",
]
