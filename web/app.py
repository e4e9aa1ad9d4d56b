"""The web application: a list of routes, and one place where unforeseen errors end."""

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from web.doors import Doors
from web.health import Health
from web.webhooks import Webhooks

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def explain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nothing of the inside shows outside; the platform tries again after a 500."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception:
        log.exception("%s %s failed", request.method, request.match_info.route.resource)
        return web.Response(status=500, text="something went wrong; it is in the log\n")


def build_app(doors: Doors) -> web.Application:
    """Everything on one application; ``bot`` decides where it listens."""
    app = web.Application(middlewares=[explain_errors])
    app.add_routes(Webhooks(doors).routes())
    app.add_routes(Health(doors).routes())
    return app
