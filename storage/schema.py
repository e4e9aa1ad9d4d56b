"""The whole schema: importing this module makes ``metadata`` complete. Migrations are generated from it."""

from storage.tables.base import metadata
from storage.tables.crm import builtin_deal_events, builtin_deals, builtin_pipelines, builtin_stages, crm_users, crms
from storage.tables.merging import merge_proposals, merged_rows, merges
from storage.tables.offers import leads, message_copies, offer_cards, offers, topics
from storage.tables.people import assignments, audit, dialogs, invites, staff, staff_channels, turns
from storage.tables.records import channel_tests, inbox, lanes, outbox, seen_updates, workspace
from storage.tables.talk import (
    channels,
    clients,
    conversations,
    early_changes,
    identities,
    media,
    message_versions,
    messages,
)

__all__ = [
    "assignments",
    "audit",
    "builtin_deal_events",
    "builtin_deals",
    "builtin_pipelines",
    "builtin_stages",
    "channel_tests",
    "channels",
    "clients",
    "conversations",
    "crm_users",
    "crms",
    "dialogs",
    "early_changes",
    "identities",
    "inbox",
    "invites",
    "lanes",
    "leads",
    "media",
    "merge_proposals",
    "merged_rows",
    "merges",
    "message_copies",
    "message_versions",
    "messages",
    "metadata",
    "offer_cards",
    "offers",
    "outbox",
    "seen_updates",
    "staff",
    "staff_channels",
    "topics",
    "turns",
    "workspace",
]
