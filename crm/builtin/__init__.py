"""The CRM that is always there, in Dibs's own database: without any outside CRM nothing is missing."""
