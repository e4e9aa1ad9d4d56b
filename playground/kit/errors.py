"""What goes wrong between a test and a stand-in."""

from __future__ import annotations


class ControlError(Exception):
    """The test asked for something impossible, such as tapping a button that is not there."""


class ControlFailed(Exception):
    """The server refused a control action; the text says why. It is what the client raises for a ControlError."""
