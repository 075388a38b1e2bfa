"""What Streamlit's sign-in leaves open: back to the page that was asked for, cookies for https only, twelve hours.

Streamlit goes back to its first page after sign-in and keeps its cookies for thirty days. This middleware knows the
names of its cookies and of its callback; `tests/dashboard/browser/test_sign_in.py` notices when they change.
"""

from urllib.parse import quote, unquote

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SESSION_SECONDS = 12 * 3600
_NEXT = "media_planner_next"
_USER = "_streamlit_user"
_CALLBACK = "/oauth2callback"
NOT_PAGES = (
    "/_stcore",
    "/static",
    "/media",
    "/component",
    "/app/static",
    "/audit",
    "/auth",
    "/connect",
    "/healthz",
    _CALLBACK,
)
"""How the addresses begin that are no pages: Streamlit's own and those of our routes."""


class SignInPolish:
    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)

        async def polished(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                self._shorten_session(headers)
                self._remember_page(request, headers)
                self._go_back(request, headers)
            await send(message)

        await self._app(scope, receive, polished)

    def _shorten_session(self, headers: MutableHeaders) -> None:
        cookies = headers.getlist("set-cookie")
        if not any(cookie.startswith(_USER) for cookie in cookies):
            return
        del headers["set-cookie"]
        for cookie in cookies:
            headers.append("set-cookie", self._shorter(cookie) if cookie.startswith(_USER) else cookie)

    def _shorter(self, cookie: str) -> str:
        parts = [part.strip() for part in cookie.split(";")]
        kept = [part for part in parts if not part.lower().startswith(("max-age=", "expires=", "secure"))]
        gone = any(part.lower() == "max-age=0" for part in parts)
        age = [f"Max-Age={0 if gone else SESSION_SECONDS}"]
        return "; ".join([*kept, *age, *(["Secure"] if self._https else [])])

    def _remember_page(self, request: Request, headers: MutableHeaders) -> None:
        """Note the page that someone asked for who has yet to sign in."""
        asks_for_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
        if not asks_for_page or _USER in request.cookies or request.url.path.startswith(NOT_PAGES):
            return
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        headers.append("set-cookie", self._cookie(quote(wanted, safe=""), 600))

    def _go_back(self, request: Request, headers: MutableHeaders) -> None:
        wanted = unquote(request.cookies.get(_NEXT, ""))
        if request.url.path != _CALLBACK or not _is_our_page(wanted) or headers.get("location") != "/":
            return
        headers["location"] = wanted
        headers.append("set-cookie", self._cookie("", 0))

    def _cookie(self, value: str, seconds: int) -> str:
        secure = "; Secure" if self._https else ""
        return f"{_NEXT}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def _is_our_page(path: str) -> bool:
    """Refuse addresses that lead to another host."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
