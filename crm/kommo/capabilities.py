"""What Kommo can do, as data."""

import math

from sales.channels import Limits
from sales.ports.crm import CrmCapabilities

RATE = 6.5
"""Requests a second. Kommo allows an integration 7 (PLATFORMS.md D2): the way there squeezes what was evenly spaced."""

CAPABILITIES = CrmCapabilities(
    "Kommo",
    incoming=True,
    notes=True,
    users=True,
    deletes=False,
    unassigned=False,
    limits=Limits(rate=7, burst=7, chat_rate=math.inf, chat_burst=1, parallel=7),
)
