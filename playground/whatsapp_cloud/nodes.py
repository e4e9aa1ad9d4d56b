"""Reading accounts: phone numbers, business accounts, templates, tokens; with `fields` and pages."""

from __future__ import annotations

import re
from typing import Any

from .accounts import Business, Number, Template
from .errors import GraphError
from .world import World

Json = dict[str, Any]

_NUMBER = ("verified_name", "code_verification_status", "display_phone_number", "quality_rating", "platform_type")
_NUMBER_DEFAULT = (*_NUMBER, "throughput", "webhook_configuration", "id")
_NUMBER_UNSET = (
    "conversational_automation",
    "quality_score",
    "new_name_status",
    "search_visibility",
    "eligibility_for_api_business_global_search",
    "health_status",
    "certificate",
    "new_certificate",
    "last_onboarded_time",
    "country_code",
    "country_dial_code",
)
_TEMPLATE_DEFAULT = ("name", "parameter_format", "components", "language", "status", "category", "id")
_TEMPLATE_ALSO = (
    "sub_category",
    "previous_category",
    "correct_category",
    "rejected_reason",
    "quality_score",
    "library_template_name",
    "message_send_ttl_seconds",
    "cta_url_link_tracking_opted_out",
    "degrees_of_freedom_spec",
)
_FIELD = re.compile(r"[^,{}]+(?:\{[^{}]*\})?")
_PAGE = 25


def number_node(world: World, number: Number, query: Json) -> Json:
    """`GET /{phone_number_id}`."""
    everything: Json = dict.fromkeys(_NUMBER_UNSET) | {
        "id": number.id,
        "display_phone_number": number.phone,
        "verified_name": number.verified_name,
        "code_verification_status": "VERIFIED",
        "quality_rating": "GREEN",
        "platform_type": "CLOUD_API" if number.registered else "NOT_APPLICABLE",
        "throughput": {"level": "STANDARD"},
        "name_status": "APPROVED",
        "status": "CONNECTED" if number.registered else "DISCONNECTED",
        "account_mode": "SANDBOX" if number.allowed is not None else "LIVE",
        "is_official_business_account": False,
        "is_on_biz_app": number.coexistence,
        "is_pin_enabled": True,
        "is_preverified_number": False,
        "whatsapp_business_manager_messaging_limit": "TIER_250",
        "webhook_configuration": _webhooks(number),
    }
    if world.options.account_field:
        everything["whatsapp_business_account"] = {"id": number.business.id}
    return _pick(everything, query, _NUMBER_DEFAULT, "WhatsAppBusinessPhoneNumber")


def _webhooks(number: Number) -> Json:
    business = number.business
    known = {"phone_number": number.override, "whatsapp_business_account": business.override}
    known["application"] = business.app.callback
    return {name: value for name, value in known.items() if value}


def business_node(business: Business, query: Json) -> Json:
    """`GET /{waba_id}`."""
    everything = {
        "id": business.id,
        "name": business.name,
        "currency": "USD",
        "timezone_id": "1",
        "message_template_namespace": f"ns_{business.id}",
        "account_review_status": "APPROVED",
        "status": "ACTIVE" if not business.failure else "DISABLED",
    }
    default = ("id", "name", "currency", "timezone_id", "message_template_namespace")
    return _pick(everything, query, default, "WhatsAppBusinessAccount")


def phone_numbers(world: World, business: Business, query: Json) -> Json:
    """`GET /{waba_id}/phone_numbers`."""
    return _page([number_node(world, number, query) for number in business.numbers.values()], query, "")


def templates(business: Business, query: Json, address: str) -> Json:
    """`GET /{waba_id}/message_templates`: filtered, in pages by cursors. `address` is that of the request."""
    found = [template for template in business.templates if _wanted(template, query)]
    page = _page([template_node(template, query) for template in found], query, address)
    if "summary" in query:
        names = [name.strip() for name in str(query["summary"]).split(",")]
        counts: Json = {"total_count": len(found), "message_template_count": len(business.templates)}
        counts |= {"message_template_limit": 250, "are_translations_complete": True}
        page["summary"] = {name: counts[name] for name in names if name in counts}
    return page


def template_node(template: Template, query: Json) -> Json:
    """One template."""
    given: Json = {"parameter_format": "POSITIONAL"} | template.api()
    default = (*_TEMPLATE_DEFAULT, *(name for name in _TEMPLATE_ALSO if name in given))
    everything = dict.fromkeys(_TEMPLATE_ALSO) | given
    return _pick(everything, query, default, "WhatsAppMessageTemplate")


def _wanted(template: Template, query: Json) -> bool:
    body = template.body
    exact = {"status": body["status"], "category": body["category"], "language": template.language}
    for name, value in exact.items():
        if query.get(name) and value not in str(query[name]).strip('[]"').replace('"', "").split(","):
            return False
    return str(query.get("name", "")) in template.name


def _page(items: list[Json], query: Json, address: str) -> Json:
    """A page after a cursor. Cursors are opaque; `next` is there while there is more."""
    size = _whole(query.get("limit", _PAGE))
    start = _whole(str(query["after"])[3:]) if query.get("after") else 0
    shown = items[start : start + size]
    page: Json = {"data": shown}
    if shown:
        page["paging"] = {"cursors": {"before": f"QVF{start}", "after": f"QVF{start + len(shown)}"}}
        if start + size < len(items):
            rest = "&".join(f"{name}={value}" for name, value in query.items() if name != "after")
            page["paging"]["next"] = f"{address}?{rest}{'&' if rest else ''}after=QVF{start + size}"
    return page


def _whole(value: Any) -> int:
    if not str(value).isdigit():
        raise GraphError(100, message="(#100) Param limit must be a positive integer, and after a cursor.")
    return int(value)


def _pick(everything: Json, query: Json, default: tuple[str, ...], node: str) -> Json:
    """The fields asked for. A field without a value (None here) is left out, as in the whole Graph API."""
    names = _FIELD.findall(str(query["fields"])) if query.get("fields") else list(default)
    shown: Json = {}
    for item in names:
        name = item.partition("{")[0].strip()
        if name not in everything:
            raise GraphError(100, message=f"(#100) Tried accessing nonexisting field ({name}) on node type ({node})")
        if everything[name] is not None:
            shown[name] = everything[name]
    return shown | {"id": everything["id"]}


def debug_token(world: World, query: Json) -> Json:
    """`GET /debug_token`: which accounts a token is for."""
    given = str(query.get("input_token", ""))
    found = [business for business in world.businesses.values() if business.token == given and not business.revoked]
    if not found:
        return {"data": {"error": {"code": 190, "message": "Invalid OAuth access token."}, "is_valid": False}}
    ids = [business.id for business in found]
    scopes = ["whatsapp_business_management", "whatsapp_business_messaging"]
    data = {"app_id": found[0].app.id, "application": found[0].app.name, "type": "SYSTEM_USER", "is_valid": True}
    granular = [{"scope": scope, "target_ids": ids} for scope in scopes]
    return {"data": data | {"expires_at": 0, "scopes": scopes, "granular_scopes": granular}}
