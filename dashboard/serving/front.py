"""The first bytes of every page: an HTML page that asks for everything at once, and scripts kept compressed.

Streamlit's own page finds out where its server is by trying, and learns which scripts a page needs while it draws it.
We know both beforehand.
"""

import gzip
import json
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode

import streamlit as st
from anyio import to_thread
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_routes import (
    _ensure_xsrf_cookie,  # pyright: ignore[reportPrivateUsage] - the cookie has to be Streamlit's own
)

from dashboard import tables
from dashboard.serving.sign_in_polish import NOT_PAGES

_FILES = Path(st.__file__).parent / "static"
_IMPORT = re.compile(r"""(?:from|import)\s*["'`]\./([\w.~-]+\.js)["'`]""")
_FONT = '<link rel="preload" href="./app/static/inter-latin.woff2" as="font" type="font/woff2" crossorigin />'
_HOST = {
    "useExternalAuthToken": False,
    "enableCustomParentMessages": False,
    "enforceDownloadInNewTab": False,
    "metricsUrl": "",
    "blockErrorDialogs": False,
    "resourceCrossOriginMode": None,
}
"""What Streamlit's `/_stcore/host-config` would say; nobody but our own pages may talk to a page."""
STATE_COLORS = ("red", "orange", "yellow", "blue", "green")
_WHEN_IDLE = "(self.requestIdleCallback ?? setTimeout)(() => {}.forEach((one) => import(one)))"
"""While a browser waits for our server, it can already learn how to draw what will come."""
HOME = "home"
NO_PAGE = "There is no page at this address."
_ROUTES = tuple(f"{one}/" for one in NOT_PAGES)
_FOREVER = "public, immutable, max-age=31536000"


class Page(NamedTuple):
    icon: str
    shows: tuple[str, ...]
    """Streamlit's names of what the page is made of; a name that is unknown there is fetched when it is drawn."""
    one: str = ""
    """The parameter of the address that makes it a page of one thing."""
    one_shows: tuple[str, ...] = ()


PAGES = {
    "home": Page(":material/home:", ("Html", "EChartsChart", "PageLink")),
    "files": Page(
        icon=":material/folder_open:",
        shows=("MenuButton", "Button", "Html", "Pagination"),
        one="file",
        one_shows=("Button", "PageLink", "Html", "LinkButton"),
    ),
    "plans": Page(
        icon=":material/donut_large:",
        shows=("MenuButton", "PageLink", "Button", "Html"),
        one="plan",
        one_shows=("Button", "PageLink", "MenuButton", "EChartsChart", "Html"),
    ),
    "new_plan": Page(":material/add_chart:", ("Selectbox", "TextInput", "Checkbox", "Button", "Metric", "Slider")),
    "history": Page(":material/history:", ("Button", "Html")),
    "settings": Page(":material/settings:", ("Button", "Html")),
}


class Front:
    """Answer for the pages and for Streamlit's scripts, and pass on what is known to Streamlit or our routes.

    Whoever follows an old or mistyped address is led to the page that is meant, or to Home where a sentence says so.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await _answer(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        await (answer or self._app)(scope, receive, send)


async def _answer(scope: Scope) -> Response | None:
    path, query, headers = scope["path"], scope["query_string"].decode("latin-1"), Headers(scope=scope)
    if path.lstrip("/") in _scripts():
        packed = "gzip" in headers.get("accept-encoding", "")
        return _script(path, await to_thread.run_sync(_packed if packed else _plain, path.lstrip("/")), packed=packed)
    name = path.strip("/").lower().replace("-", "_") or HOME
    if name in PAGES and path == address(name):
        return _page(PAGES[name], query, Request(scope))
    if f"{path}/".startswith(_ROUTES) or (_FILES / path.lstrip("/")).is_file():
        return None
    if "text/html" not in headers.get("accept", ""):
        return PlainTextResponse(NO_PAGE, 404)
    more = query if name in PAGES else urlencode(parse_qs(query) | {"notice": ["no_page"]}, doseq=True)
    return RedirectResponse(address(name if name in PAGES else HOME) + (f"?{more}" if more else ""), 303)


def address(name: str) -> str:
    return "/" if name == HOME else f"/{name}"


def _page(page: Page, query: str, request: Request) -> Response:
    """Send the page with the cookie that signing in rests on: a browser that has it connects without asking first."""
    shows = page.one_shows if page.one in parse_qs(query) else page.shows
    response = Response(html(shows), media_type="text/html", headers={"cache-control": "no-cache"})
    _ensure_xsrf_cookie(request, response)
    return response


def _script(path: str, body: bytes, *, packed: bool) -> Response:
    kind = "text/css" if path.endswith(".css") else "text/javascript"
    headers = {"cache-control": _FOREVER, "vary": "Accept-Encoding"} | ({"content-encoding": "gzip"} if packed else {})
    return Response(body, media_type=kind, headers=headers)


@cache
def html(shows: tuple[str, ...]) -> str:
    """Make the page that starts a page, from the one that Streamlit ships."""
    host = f"{{...{json.dumps(_HOST)}, allowedOrigins: [location.origin]}}"
    start = f"<script>window.__streamlit = {{ BACKEND_BASE_URL: location.origin, HOST_CONFIG: {host} }}</script>"
    scripts = "".join(f'<link rel="modulepreload" crossorigin href="./static/js/{one}">' for one in chunks(shows))
    scripts += f'<script type="module">{_WHEN_IDLE.format(json.dumps(_own(shows)))}</script>'
    page = (_FILES / "index.html").read_text("utf-8")
    page = re.sub(r'<link\s+rel="preload"[^>]*SourceSans[^>]*>', _FONT, page)
    page = page.replace("<title>Streamlit</title>", "<title>Media Planner</title>")
    return page.replace("</head>", f"{start}{scripts}<style>{tables.STYLE}{_colors()}</style></head>")


def _colors() -> str:
    """Take the colors of states and pages from the theme; the dark one names none of texts beside those of things."""

    def of(mode: str, name: str) -> str:
        return str(st.get_option(f"theme.{mode}.{name}TextColor") or st.get_option(f"theme.{mode}.{name}Color"))

    behind = str(st.get_option("theme.light.backgroundColor")), str(st.get_option("theme.dark.backgroundColor"))
    return tables.colors({name: (of("light", name), of("dark", name)) for name in STATE_COLORS}, behind)


@cache
def chunks(shows: tuple[str, ...]) -> tuple[str, ...]:
    """Name the scripts that the page needs besides those which every page of Streamlit has."""
    known = dict.fromkeys(_known())
    found: dict[str, None] = {}
    waiting = [one.rpartition("/")[2] for one in _own(shows)]
    while waiting:
        script = waiting.pop()
        if script not in found and script not in known:
            found[script] = None
            waiting += _IMPORT.findall(_plain(f"static/js/{script}").decode())
    return tuple(found)


def _own(shows: tuple[str, ...]) -> list[str]:
    """Name the scripts that draw what the page is made of, without what those rest on."""
    return [f"./static/js/{one.name}" for shown in shows for one in (_FILES / "static/js").glob(f"{shown}.*.js")]


@cache
def _known() -> list[str]:
    return re.findall(r"static/js/([\w.~-]+\.js)", (_FILES / "index.html").read_text("utf-8"))


@cache
def _scripts() -> frozenset[str]:
    return frozenset(
        str(file.relative_to(_FILES)) for kind in ("js", "css") for file in (_FILES / "static").glob(f"{kind}/*.{kind}")
    )


@cache
def _plain(path: str) -> bytes:
    return (_FILES / path).read_bytes()


@cache
def _packed(path: str) -> bytes:
    return gzip.compress(_plain(path), 6)
