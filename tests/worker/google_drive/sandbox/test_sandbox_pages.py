"""The pages for people, without and with a browser."""

import html
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from worker.google_drive.sandbox.accounts import ACCOUNTS, MARA, THEO
from worker.google_drive.sandbox.running import Running

READONLY = "https://www.googleapis.com/auth/drive.readonly"
SHEETS = "https://www.googleapis.com/auth/spreadsheets.readonly"


def test_the_consent_page_shows_accounts_and_one_box_a_scope(consent: Any) -> None:
    address, _ = consent.flow(["openid", READONLY, SHEETS]).authorization_url(login_hint=THEO.email)

    shown = httpx.get(address)

    assert "This is a local stand-in for Google." in shown.text
    assert "no real Google account is used" in shown.text
    assert re.findall(r'name="account" value="([^"]*)"', shown.text) == [account.email for account in ACCOUNTS]
    assert re.search(rf'value="{THEO.email}" required checked', shown.text)
    assert re.findall(r'name="scope" value="([^"]*)"', shown.text) == [READONLY, SHEETS]
    assert "script" not in shown.text
    assert "default-src 'none'" in shown.headers["content-security-policy"]


def test_the_consent_page_quotes_what_it_is_given(sandbox: Running, consent: Any) -> None:
    address, _ = consent.flow().authorization_url()
    tricky = httpx.URL(address).copy_merge_params({"redirect_uri": 'http://localhost/"><script>alert(1)</script>'})

    shown = httpx.get(tricky)

    assert shown.status_code == 200
    assert "<script>" not in shown.text
    assert sandbox.control.requests("/o/oauth2")[-1]["query"] == ""


def test_the_front_page_lists_what_each_account_sees(sandbox: Running) -> None:
    file_id = sandbox.control.add_file(MARA.email, "a <b>.csv", b"a", "text/csv", folder="Plans")
    sandbox.control.trash(file_id)

    shown = httpx.get(sandbox.url).text

    assert f'<a href="/files/{file_id}">a &lt;b&gt;.csv</a> (in the trash)' in shown
    assert "My Drive / Plans" in shown
    assert "No files." in shown
    for account in ACCOUNTS:
        assert account.email in shown


def test_a_person_changes_one_cell(sandbox: Running) -> None:
    sheet = sandbox.control.add_sheet(MARA.email, "Plan", {"One": [["a"]], "Two": [["Day", "Spend"], ["x", 5]]})
    form = {"tab": "1", "page": "0", "cell": "b2", "value": "7"}

    saved = httpx.post(f"{sandbox.url}/files/{sheet}/cell", data=form, follow_redirects=True)

    assert "B2 is now 7." in saved.text
    assert re.search(r'class="chosen"><a [^>]*aria-label="B2: 7"', saved.text)
    assert sandbox.control.files(MARA.email)[0]["version"] == 2


def test_a_wrong_cell_is_explained(sandbox: Running) -> None:
    csv = sandbox.control.add_file(MARA.email, "a.csv", b"a,b\n", "text/csv")

    def said(cell: str) -> str:
        form = {"cell": cell, "value": "1"}
        return html.unescape(httpx.post(f"{sandbox.url}/files/{csv}/cell", data=form, follow_redirects=True).text)

    assert "'NOWHERE' is no cell. Write it like C5." in said("nowhere")
    assert "The file has no row 9." in said("A9")
    assert sandbox.control.files(MARA.email)[0]["version"] == 1


def test_a_person_moves_a_file_to_the_trash_and_back(sandbox: Running) -> None:
    csv = sandbox.control.add_file(MARA.email, "a.csv", b"a", "text/csv")

    for wanted, offered in (("yes", "Take out of the trash"), ("no", "Move to trash")):
        shown = httpx.post(f"{sandbox.url}/files/{csv}/trash", data={"trashed": wanted}, follow_redirects=True)
        assert offered in shown.text
        assert sandbox.control.files(MARA.email)[0]["trashed"] == (wanted == "yes")


def test_long_tables_come_in_pages(sandbox: Running) -> None:
    rows = [[f"row {number}"] for number in range(1, 121)]
    sheet = sandbox.control.add_sheet(MARA.email, "Long", {"One": rows})

    last = httpx.get(f"{sandbox.url}/files/{sheet}?page=2").text

    assert "row 101<" in last
    assert "row 100<" not in last
    assert "Rows before" in last
    assert "Rows after" not in last


def test_what_has_no_cells_says_so(sandbox: Running) -> None:
    picture = sandbox.control.add_file(MARA.email, "a.png", b"\x89PNG", "image/png")
    broken = sandbox.control.add_file(
        MARA.email, "a.xlsx", b"", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )

    for file_id in (picture, broken):
        assert "no cells that the sandbox can show" in httpx.get(f"{sandbox.url}/files/{file_id}").text
    assert httpx.get(f"{sandbox.url}/files/nothing").status_code == 404


def test_forms_of_other_sites_are_refused(sandbox: Running) -> None:
    csv = sandbox.control.add_file(MARA.email, "a.csv", b"a", "text/csv")

    answer = httpx.post(f"{sandbox.url}/files/{csv}/trash", headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == 403
    assert not sandbox.control.files(MARA.email)[0]["trashed"]


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(
        color_scheme=request.param, java_script_enabled=True, bypass_csp=True, viewport={"width": 390, "height": 844}
    )
    yield context.new_page()
    context.close()


@pytest.mark.browser
def test_the_pages_pass_axe_in_both_themes(sandbox: Running, consent: Any, page: Page) -> None:
    sheet = sandbox.control.add_sheet(MARA.email, "Plan", {"One": [["Day", "Spend"], ["x", 5]], "Two": [["a"]]})
    address, _ = consent.flow(["openid", READONLY, SHEETS]).authorization_url()

    for target in (address, sandbox.url, f"{sandbox.url}/files/{sheet}?cell=B2", f"{sandbox.url}/files/none"):
        page.goto(target)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) == 0


@pytest.mark.browser
def test_consent_works_without_scripts_by_keyboard(sandbox: Running, browser: Browser, consent: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    flow = consent.flow(["openid", READONLY, SHEETS])
    flow.redirect_uri = f"{sandbox.url}/healthz"  # some page that answers
    address, state = flow.authorization_url()

    page.goto(address)
    page.get_by_label("Theo Brandt").check()
    page.get_by_label("See all your Google Sheets spreadsheets").uncheck()
    page.get_by_role("button", name="Allow").press("Enter")
    page.wait_for_url("**/healthz?**")

    answer = httpx.URL(page.url).params
    assert answer["state"] == state
    assert answer["code"]
    assert answer["scope"] == f"openid {READONLY}"
    context.close()
