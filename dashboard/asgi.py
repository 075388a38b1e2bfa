"""The dashboard's process: Streamlit's ASGI application with our routes beside it. Run `uvicorn dashboard.asgi:app`."""

import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from dashboard.problems import on_script_error
from dashboard.serving import audit_route, connect
from dashboard.serving.front import Front
from dashboard.serving.security import OwnPagesOnly, SecurityHeaders
from dashboard.serving.settings import require, settings
from dashboard.serving.sign_in_polish import SignInPolish

WARM = (
    "xlsxwriter",
    "pandas",
    "pyarrow",
    "dashboard.charts",
    "dashboard.plans.downloads",
    "dashboard.visits",
    "dashboard.history.audit",
)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncGenerator[dict[str, Any]]:
    """Import what every page needs before the first visitor comes, and take it out of the garbage collector's sight.

    Streamlit collects all generations after every run; with everything imported frozen that costs a fifth.
    """
    for module in WARM:
        import_module(module)
    gc.collect()
    gc.freeze()
    yield {}


def middleware() -> list[Middleware]:
    known = settings()
    if known.sign_in == "demo":
        return [Middleware(OwnPagesOnly), Middleware(SecurityHeaders), Middleware(Front)]
    https = known.dashboard_url.startswith("https:")
    polish = Middleware(SignInPolish, https=https)
    return [Middleware(OwnPagesOnly), Middleware(SecurityHeaders), polish, Middleware(Front)]


require()
app = st.App(
    Path(__file__).parent / "app.py",
    secrets=settings().secrets(),
    lifespan=lifespan,
    routes=[*connect.routes(), *audit_route.routes()],
    middleware=middleware(),
    on_script_error=on_script_error,
)
