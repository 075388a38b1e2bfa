"""HTML pages from the templates beside this file."""

from functools import cache
from typing import Any

import jinja2
from starlette.responses import HTMLResponse

SAFETY = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


@cache
def templates() -> jinja2.Environment:
    loader = jinja2.PackageLoader("worker.google_drive.sandbox", "templates")
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)


def page(template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(templates().get_template(template).render(**values), status, SAFETY)
