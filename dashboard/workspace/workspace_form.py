"""How the workspace is called and writes money and dates: everyone sees it, owners change it."""

from datetime import date

import streamlit as st

from dashboard import parts, problems
from dashboard.access import commands
from dashboard.views.settings import currencies, keeping, locales
from dashboard.visits import Visit
from events.workspace import SettingsChanged


def show(visit: Visit) -> None:
    say, figures, workspace = visit.say, visit.voice.figures, visit.workspace
    names = locales(visit.voice)[figures.locale], currencies(visit.voice)[figures.currency]
    parts.write(f"{workspace.title} · {' · '.join(names)}")
    parts.note(say("settings.sample", money=figures.exact_money(1234567.5), day=figures.day(date(2027, 3, 31))))
    if visit.may("owner"):
        _show_change(visit)
    else:
        parts.note(say("past.disabled" if visit.past else "settings.only_owners_change"))


def _show_change(visit: Visit) -> None:
    say, workspace = visit.say, visit.workspace
    written, money = locales(visit.voice), currencies(visit.voice)
    with parts.folded_form("change_workspace", say("settings.change"), ":material/edit:"):
        st.text_input(say("settings.title"), workspace.title, key=_key(visit, "title"), max_chars=100)
        st.selectbox(say("settings.locale"), list(written), format_func=written.__getitem__, key=_key(visit, "locale"))
        st.selectbox(say("settings.currency"), list(money), format_func=money.__getitem__, key=_key(visit, "currency"))
        parts.note(say("settings.currency_note"))
        kept = keeping(visit.voice)
        index = list(kept).index(workspace.keep_superseded_months)
        st.selectbox(say("settings.keep"), list(kept), index, format_func=kept.__getitem__, key=_key(visit, "keep"))
        parts.note(say("settings.keep_note"))
        st.form_submit_button(say("settings.change_button"), on_click=_save, args=(visit,))


def _key(visit: Visit, field: str) -> str:
    """Browsers keep what a field shows: in another language it is another field."""
    return f"workspace_{field}_{visit.voice.figures.locale}"


def _save(visit: Visit) -> None:
    title = str(st.session_state[_key(visit, "title")] or "").strip()
    if not title:
        problems.tell(visit.say("settings.title_missing"))
        return
    changed = SettingsChanged(
        title=title,
        currency=st.session_state[_key(visit, "currency")],
        locale=st.session_state[_key(visit, "locale")],
        keep_superseded_months=st.session_state[_key(visit, "keep")],
    )
    with problems.told(visit.say):
        commands.change_settings(visit.place, changed)
        parts.close_form("change_workspace")
        st.toast(visit.say("settings.changed"), icon=":material/check:")
