"""Who is looking: a demo user on an embedded installation, or a person signed in through OpenID Connect.

A page knows the person from `st.user`; the routes of `connect.py` run outside of Streamlit and know them from a signed
ticket that the page put into the link, and from then on from a short-lived cookie of our own.
"""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import streamlit as st
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from dashboard.serving.settings import settings
from dashboard.serving.sign_in_polish import SESSION_SECONDS

TICKET_SECONDS = 900
COOKIE = "media_planner_connecting"


def user() -> str | None:
    """Tell the stable subject of whoever looks at the page; None when they have yet to sign in."""
    if settings().sign_in == "demo":
        return settings().demo_user
    if not getattr(st.user, "is_logged_in", False):
        return None
    claims = st.user.to_dict()
    return subject(claims) if is_fresh(claims, datetime.now(UTC)) else None


def subject(claims: Mapping[str, Any]) -> str:
    """Name a person by their e-mail address when the provider vouches for it, else by their id there."""
    vouched = claims.get("email") and claims.get("email_verified") is True
    return str(claims["email"] if vouched else claims["sub"])


def is_fresh(claims: Mapping[str, Any], now: datetime) -> bool:
    """Tell whether the sign-in is of the last twelve hours, whatever the browser kept."""
    signed_in = claims.get("iat")
    return isinstance(signed_in, int | float) and now.timestamp() - signed_in < SESSION_SECONDS


def ticket(person: str) -> str:
    """Make a link to a route carry who clicked it; good for fifteen minutes."""
    return _signer().dumps(person)


def user_of(request: Request) -> str | None:
    """Tell who sends a request to one of our routes."""
    if settings().sign_in == "demo":
        return settings().demo_user
    signed = request.query_params.get("ticket") or request.cookies.get(COOKIE)
    if not signed:
        return None
    try:
        return str(_signer().loads(signed, max_age=TICKET_SECONDS))
    except BadSignature:
        return None


def remember(response: Response, person: str) -> None:
    """Let the browser that left for Google's page be known when it comes back."""
    response.set_cookie(
        COOKIE,
        ticket(person),
        max_age=TICKET_SECONDS,
        path="/connect",
        httponly=True,
        samesite="lax",
        secure=settings().dashboard_url.startswith("https:"),
    )


@cache
def _signer() -> URLSafeTimedSerializer:
    secret = settings().cookie_secret
    return URLSafeTimedSerializer(secret.get_secret_value() if secret else secrets.token_hex(32), salt="connect")
