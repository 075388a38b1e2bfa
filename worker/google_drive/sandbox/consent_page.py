"""The OAuth endpoints: the consent page people see, and the ones programs talk to.

A program without a browser consents by posting the page's own form to the authorization address:
`account` (an email), `scope` (one field per ticked scope) and `decision` (allow or deny). The answer is the redirect.
"""

from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from worker.google_drive.sandbox import oauth
from worker.google_drive.sandbox.api import Ask, authenticate
from worker.google_drive.sandbox.errors import ApiError
from worker.google_drive.sandbox.google_methods import SCOPE_PREFIX
from worker.google_drive.sandbox.rendering import page
from worker.google_drive.sandbox.state import State

WORDS_OF_SCOPES = {
    "drive.readonly": "See and download all your Google Drive files",
    "drive.metadata.readonly": "See information about your Google Drive files",
    "drive.metadata": "View and manage metadata of files in your Google Drive",
    "drive.file": "See, edit, create and delete only the Google Drive files you use with this app",
    "drive": "See, edit, create and delete all of your Google Drive files",
    "spreadsheets.readonly": "See all your Google Sheets spreadsheets",
    "spreadsheets": "See, edit, create and delete all your Google Sheets spreadsheets",
}


def routes(state: State) -> list[Route]:
    async def consent(request: Request) -> Response:
        return await answer_consent(state, request)

    async def token(request: Request) -> Response:
        form = await read_form(request)
        return oauth_answer(state, lambda: oauth.token(state, form, request.headers.get("authorization", "")))

    async def revoke(request: Request) -> Response:
        form = dict(request.query_params) | await read_form(request)
        return oauth_answer(state, lambda: oauth.revoke(state, form.get("token", "")) or {})

    async def userinfo(request: Request) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            user, scopes = authenticate(state, Ask("GET", "/", "", headers, b"", ""))
        except ApiError as error:
            body = {"error": "invalid_request", "error_description": "Invalid Credentials"}
            return JSONResponse(body, error.code, error.headers)
        return JSONResponse(oauth.userinfo(state, user, scopes))

    return [
        Route("/o/oauth2/v2/auth", consent, methods=["GET", "POST"]),
        Route("/token", token, methods=["POST"]),
        Route("/revoke", revoke, methods=["POST"]),
        Route("/oauth2/v3/userinfo", userinfo, methods=["GET"]),
    ]


async def read_form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


def oauth_answer(state: State, act: Any) -> Response:
    try:
        answer: dict[str, Any] = act()
    except oauth.OAuthError as error:
        return JSONResponse(error.body(), error.status)
    finally:
        state.commit()
    return JSONResponse(answer, headers={"cache-control": "no-store"})


async def answer_consent(state: State, request: Request) -> Response:
    try:
        asked = oauth.read_authorization(dict(request.query_params))
        if request.method == "GET":
            return show(state, asked)
        fields = parse_qsl((await request.body()).decode())
        form = dict(fields)
        target = oauth.decide(
            state,
            asked,
            account=form.get("account", ""),
            ticked=[value for name, value in fields if name == "scope"],
            allow=form.get("decision") == "allow",
        )
    except oauth.OAuthError as error:
        return page("refused.html", status=error.status, error=error.error, text=str(error))
    state.commit()
    return RedirectResponse(target, status_code=302)


def show(state: State, asked: oauth.Authorization) -> Response:
    if "none" in asked.prompts:
        return RedirectResponse(asked.back(error="interaction_required"), status_code=302)
    accounts = list(state.accounts)
    chosen = asked.login_hint if state.accounts.get(asked.login_hint) else accounts[0].email
    return page(
        "consent.html",
        accounts=accounts,
        chosen=chosen,
        scopes=[(scope, words_for(scope)) for scope in asked.scopes if scope not in oauth.SIGN_IN.values()],
        signs_in=any(scope in oauth.SIGN_IN.values() for scope in asked.scopes),
        target=asked.redirect_uri,
    )


def words_for(scope: str) -> str:
    return WORDS_OF_SCOPES.get(scope.removeprefix(SCOPE_PREFIX), scope)
