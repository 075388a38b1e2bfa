"""What pages show, decided by pure functions: states, sentences and numbers."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.views.differences import file_differences, plan_differences
from dashboard.views.files import file_line, files_view, problem_of
from dashboard.views.freshness import freshness_state, freshness_view, is_watched
from dashboard.views.history import Names, event_line
from dashboard.views.home import Need, home_view, main_currency, week_totals
from dashboard.views.new_plan import PlanForm, channel_shares, draft
from dashboard.views.periods import period_label, periods
from dashboard.views.plan import plan_view
from dashboard.views.plan_limits import GroupForm, LimitForm, Unreadable, amount_of
from dashboard.views.plans import money_that_moves, move_sentence, plan_line, plan_state
from dashboard.views.progress import progress_view
from dashboard.views.refresh import refresh_view
from dashboard.views.settings import Pulse, connection_view, member_lines, service_lines
from dashboard.voice import voice_of
from events.campaign_file import FilePinned, FilePins, FileSynced, RefreshRequested
from events.envelope import Event
from events.plan import GroupLimit, Limit, PlanApproved
from projections.connections import Connection
from projections.files import CampaignFile
from projections.history import Entry
from projections.members import Member
from projections.performance import ChannelWeek
from projections.plans import Plan
from projections.sync_lag import Freshness
from tests.dashboard import seeding
from worker.contracts import STAGES, Progress

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
VOICE = voice_of("en", "EUR", NOW)


def connection(status: str = "connected", **fields: object) -> Connection:
    known = {"workspace": "acme", "platform": "google_drive", "user": "pia", "status": status, "position": 1}
    return msgspec.convert(known | fields, Connection)


def freshness(**fields: object) -> Freshness:
    known: dict[str, object] = {
        "last_checked_at": NOW - timedelta(seconds=40),
        "next_check_at": NOW + timedelta(minutes=14),
        "checking": False,
        "behind_seconds": 0.0,
        "waiting": 0,
        "up_to_date": 412,
        "needs_you": 2,
    }
    return Freshness(**(known | fields))  # type: ignore[arg-type]


def file(**fields: object) -> CampaignFile:
    known: dict[str, object] = {
        "workspace": "acme",
        "file_id": "f1",
        "name": "Search.csv",
        "status": "up_to_date",
        "modified_at": NOW - timedelta(hours=2),
        "synced_at": NOW - timedelta(hours=2) + timedelta(seconds=42),
        "took_seconds": 42.0,
        "revision_number": 2,
        "rows": 10,
        "position": 1,
    }
    return CampaignFile(**(known | fields))  # type: ignore[arg-type]


def plan(**fields: object) -> Plan:
    known: dict[str, object] = {
        "workspace": "acme",
        "campaign_id": "c1",
        "brief": seeding.brief(),
        "status": "ready",
        "requested_by": "pia",
        "requested_at": NOW - timedelta(hours=2),
        "result": seeding.result(),
        "position": 1,
    }
    return Plan(**(known | fields))  # type: ignore[arg-type]


def entry(event: Event, actor: str = "pia", *, position: int = 1, at: datetime = NOW, subject: str = "x") -> Entry:
    return Entry(
        position=position,
        at=at,
        actor=actor,
        name=event.NAME,
        kind="sync",
        subject=subject,
        workflow_id=None,
        activity=None,
        event=event,
    )


@pytest.mark.parametrize(
    ("known", "found", "state"),
    [
        (None, freshness(), "not_connected"),
        (connection("disconnected"), freshness(), "not_connected"),
        (connection("requested"), freshness(), "connecting"),
        (connection("failed"), freshness(), "failed"),
        (connection("access_lost"), freshness(), "access_lost"),
        (connection(), freshness(), "up_to_date"),
        (connection(), freshness(checking=True), "checking"),
        (connection(), freshness(waiting=3), "checking"),
        (connection(), freshness(last_checked_at=NOW - timedelta(minutes=31)), "late"),
        (connection(), freshness(behind_seconds=1801.0), "late"),
        (connection(), freshness(last_checked_at=None, next_check_at=None), "up_to_date"),
    ],
)
def test_freshness_is_a_promise_kept_or_not(known: Connection | None, found: Freshness, state: str) -> None:
    assert state == freshness_state(VOICE, known, found)


def test_the_freshness_line_says_when() -> None:
    view = freshness_view(VOICE, connection(), freshness(waiting=1, behind_seconds=42.0))

    counts = "412 of 415 files read · 1 file is being read · 2 files need you"
    assert f"{counts} · last check 40 seconds ago · next in 14 minutes" == view.sentence
    assert "42 sec" == view.behind


@pytest.mark.parametrize(
    ("status", "revision", "noted", "state"),
    [
        ("up_to_date", 2, None, "up_to_date"),
        ("waiting", 2, timedelta(minutes=1), "checking"),
        ("waiting", 2, timedelta(minutes=31), "late"),
        ("waiting", 0, timedelta(minutes=1), "waiting"),
        ("waiting", 0, timedelta(minutes=31), "late"),
        ("waiting", 0, None, "waiting"),
        ("needs_you", 2, None, "needs_you"),
        ("removed", 2, None, "removed"),
    ],
)
def test_a_file_stands_on_the_ladder_of_promises(
    status: str, revision: int, noted: timedelta | None, state: str
) -> None:
    pending = {"f1": NOW - noted} if noted else {}

    assert state == file_line(VOICE, file(status=status, revision_number=revision), pending).badge.state


@pytest.mark.parametrize(
    ("status", "state"),
    [("up_to_date", "paused"), ("waiting", "paused"), ("needs_you", "needs_you"), ("removed", "removed")],
)
def test_a_file_is_paused_while_drive_is_not_connected(status: str, state: str) -> None:
    assert state == file_line(VOICE, file(status=status), {}, watched=False).badge.state


@pytest.mark.parametrize(
    ("status", "watched"), [("connected", True), ("requested", False), ("access_lost", False), ("disconnected", False)]
)
def test_files_are_watched_while_the_connection_works(status: str, watched: bool) -> None:
    assert is_watched(connection(status=status)) is watched
    assert not is_watched(None)


def test_files_that_need_someone_come_first() -> None:
    files = [file(file_id="a", name="A"), file(file_id="z", name="Z", status="needs_you", problem="Add a column.")]

    view = files_view(VOICE, [*files, file(file_id="o", name="O", status="not_campaign", reasons=["No spend."])], {})

    assert ["Z", "A"] == [line.name for line in view.shown()]
    assert ("Add a column.", "") == tuple(line.todo for line in view.shown())
    assert {"all": 2, "needs_you": 1, "up_to_date": 1} == {
        state: count for state, count in view.counts.items() if count
    }
    assert [("O", "No spend.")] == [(other.name, other.why) for other in view.other_lines()]


def test_lag_is_told_per_file() -> None:
    assert "42 sec" == file_line(VOICE, file(), {}).behind
    assert "5 min so far" == file_line(VOICE, file(), {"f1": NOW - timedelta(minutes=5)}).behind
    assert "–" == file_line(VOICE, file(took_seconds=None), {}).behind


def week(
    number: int, channel: str, spend: int | None, revenue: int | None, currency: str | None = "EUR"
) -> ChannelWeek:
    return ChannelWeek(
        week=date(2026, 9, 7) + timedelta(weeks=number),
        channel=channel,
        currency=currency,
        spend=None if spend is None else Decimal(spend),
        impressions=None,
        clicks=None,
        conversions=Decimal(5),
        revenue=None if revenue is None else Decimal(revenue),
    )


def test_total_sales_stand_for_revenue_when_they_are_known() -> None:
    (total,) = week_totals([week(0, "Search", 100, 900), week(0, "Social", 50, 800), week(0, "(total)", None, 1200)])

    assert (150.0, 1200.0) == (total.spend, total.revenue)


def test_home_compares_four_weeks_with_the_four_before() -> None:
    weekly = [week(number, "Search", 100 if number < 4 else 110, 400) for number in range(8)]

    view = home_view(VOICE, connection(), [file()], weekly, {})

    spend, revenue, returns, needs = view.numbers
    assert ("€440", "+10% from €400") == (spend.value, spend.note)
    assert ("€1,600", "±0% from €1,600") == (revenue.value, revenue.note)
    assert ("3.64", "-9.1% from 4.00") == (returns.value, returns.note)
    assert ("Nothing", "files and connections") == (needs.value, needs.note)


def test_currencies_are_never_added_up() -> None:
    weekly = [week(0, "Search", 100, 400), week(0, "Search", 999, 999, "USD")]

    view = home_view(VOICE, connection(), [file()], weekly, {})

    assert "€100" == view.numbers[0].value
    assert "Amounts in USD are not in these numbers" in view.left_out
    assert "USD" == main_currency("EUR", [week(0, "Search", 1, 1, "USD")])


@pytest.mark.parametrize(
    ("known", "files", "state"),
    [
        (None, [], "no_connection"),
        (connection("failed"), [], "no_connection"),
        (connection("requested"), [], "connecting"),
        (connection(), [], "empty"),
        (connection(), [file(status="not_campaign")], "empty"),
        (connection("access_lost"), [file()], "normal"),
    ],
)
def test_home_knows_how_far_a_workspace_is(known: Connection | None, files: list[CampaignFile], state: str) -> None:
    assert state == home_view(VOICE, known, files, [], {}).state


def test_home_lists_what_needs_someone() -> None:
    files = [file(status="needs_you", problem="Add a column.")]

    view = home_view(VOICE, connection("access_lost", reason="Access was withdrawn."), files, [], {})

    assert [
        Need("Google Drive", "Access was withdrawn.", None),
        Need("Search.csv", "Add a column.", "f1"),
    ] == view.needs


def test_the_move_of_a_plan_is_one_sentence() -> None:
    assert "Move €12,000 from Display to Search, Video, and Social." == move_sentence(VOICE, seeding.split())
    assert Decimal(12_000) == money_that_moves(seeding.split())


def test_a_plan_that_moves_nothing_says_so() -> None:
    lines = [msgspec.structs.replace(line, change=Decimal(0)) for line in seeding.split().lines]

    assert "Keep the split as it is" in move_sentence(VOICE, msgspec.structs.replace(seeding.split(), lines=lines))


def test_a_decision_page_says_what_was_decided() -> None:
    approved = plan(decision="approved", decided_by="ana", decided_at=NOW - timedelta(minutes=5))

    view = plan_view(VOICE, approved, requested_by="Pia", decided_by="Ana")

    assert ("approved", "Approved by Ana, 5 minutes ago.") == (view.badge.state, view.decision_note)
    assert (False, True) == (view.can_decide, view.can_undo)


def test_a_plan_without_expectation_promises_nothing() -> None:
    split = msgspec.structs.replace(seeding.split(), expected=None, uplift=None, probability_better=None)
    result = msgspec.structs.replace(seeding.result(), distribution_plan=split)

    view = plan_view(VOICE, plan(result=result), requested_by="Pia", decided_by="")

    assert "–" == view.expected.value
    assert "no result is promised" in view.expected.note
    assert "" == plan_line(VOICE, plan(result=result), "Pia").expectation


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"status": "waiting", "result": None}, "planning"),
        ({"status": "failed", "result": None}, "failed"),
        ({}, "ready"),
        ({"decision": "declined"}, "declined"),
    ],
)
def test_plans_have_a_state_in_one_word(fields: dict[str, object], state: str) -> None:
    assert state == plan_state(plan(**fields))


@pytest.mark.parametrize(("status", "percent"), STAGES)
def test_progress_names_every_stage(status: str, percent: int) -> None:
    view = progress_view(VOICE, Progress(status, percent))

    done = [step.state for step in view.steps].count("done")
    running = [step.state for step in view.steps].count("running")
    assert (7, 0) == (done, running) if status == "done" else 1 == running
    assert percent == view.percent


@pytest.mark.parametrize("progress", [None, Progress("something new", 50)])
def test_unknown_progress_claims_nothing(progress: Progress | None) -> None:
    view = progress_view(VOICE, progress)

    assert "Starting ..." == view.headline
    assert {"ahead"} == {step.state for step in view.steps}


ASKED = entry(RefreshRequested(file_id=None, request_id="r"), at=NOW - timedelta(seconds=60), position=5)


@pytest.mark.parametrize(
    ("found", "asked", "state"),
    [
        (freshness(checking=True), ASKED, "running"),
        (freshness(waiting=2), None, "reading"),
        (freshness(waiting=1), ASKED, "reading"),
        (freshness(waiting=1), None, "quiet"),
        (freshness(), ASKED, "done"),
        (freshness(last_checked_at=NOW - timedelta(minutes=5)), ASKED, "unanswered"),
        (freshness(last_checked_at=None), ASKED, "unanswered"),
        (freshness(), None, "quiet"),
    ],
)
def test_a_check_is_followed_to_its_result(found: Freshness, asked: Entry | None, state: str) -> None:
    assert state == refresh_view(VOICE, found, asked, []).state


def test_the_result_of_a_check_counts_files_once() -> None:
    files = ((9, "a"), (8, "a"), (3, "b"))
    read = [entry(ASKED.event, position=position, subject=subject) for position, subject in files]

    assert "Checked: 1 file is new or changed and read." == refresh_view(VOICE, freshness(), ASKED, read).sentence
    assert "nothing has changed" in refresh_view(VOICE, freshness(), ASKED, []).sentence


def form(**fields: object) -> PlanForm:
    known: dict[str, object] = {
        "title": "Q1",
        "goal": "most_response",
        "budget": "120,000",
        "target": "",
        "start": date(2027, 1, 1),
        "end": date(2027, 3, 31),
    }
    return PlanForm(**(known | fields))  # type: ignore[arg-type]


def test_a_good_form_becomes_a_brief() -> None:
    limits = {"Search": LimitForm("20 %", "60,000"), "TV": LimitForm(), "Email": LimitForm(locked=True)}

    drafted = draft(VOICE, form(limits=limits, file_ids=("f1",)))

    assert [] == drafted.problems
    assert drafted.brief is not None
    assert (Decimal(120_000), "EUR", ["f1"]) == (drafted.brief.budget, drafted.brief.currency, drafted.brief.file_ids)
    search = Limit(at_least=Decimal(24_000), at_most=Decimal(60_000))
    assert {"Search": search, "Email": Limit(locked=True)} == drafted.brief.limits


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": "  "}, "Give the plan a name"),
        ({"budget": ""}, "Enter the budget"),
        ({"budget": "0"}, "The budget must be more than 0."),
        ({"budget": "-5"}, "The budget must be more than 0."),
        ({"budget": "lots"}, "“lots” is no amount."),
        ({"budget": "NaN"}, "“NaN” is no amount."),
        ({"budget": "1.200.000"}, "“1.200.000” is no amount."),
        ({"goal": "target_roas"}, "Enter the return on ad spend to reach."),
        ({"goal": "target_cpa", "target": "0"}, "The cost per conversion must be more than 0."),
        ({"start": None}, "Choose the first and the last day."),
        ({"end": date(2026, 1, 1)}, "The last day lies before the first."),
        ({"end": date(2037, 1, 1)}, "longer than two years"),
        (
            {"limits": {"TV": LimitForm("9000", "50"), "PR": LimitForm()}},
            "TV: at least €9,000 is more than at most €50.",
        ),
        ({"flighting": "own", "week_weights": (0.0, 0.0)}, "Every week is a pause."),
        ({"goal": "target_cpa", "target": "9", "response": "revenue"}, "needs conversions as the result"),
        ({"limits": {"TV": LimitForm("x", "")}}, "TV: “x” is no amount."),
        ({"limits": {"TV": LimitForm("-1", "")}}, "TV: a limit can't be below 0."),
        ({"limits": {"TV": LimitForm("", "5", if_any="9")}}, "TV: at least €9 is more than at most €5."),
        ({"groups": (GroupForm("", (), "5"),)}, "Group 1: choose the channels"),
        ({"groups": (GroupForm("Paid", ("A", "B"), "9", "5"),)}, "Paid: at least €9 is more than at most €5."),
        (
            {"groups": (GroupForm("", ("A", "B"), "5"), GroupForm("", ("B", "C"), "5"))},
            "B is in more than one group.",
        ),
        (
            {"limits": {str(n): LimitForm(if_any="5") for n in range(11)}},
            "10 channels can have a least effective amount",
        ),
        ({"limits": {"TV": LimitForm("5", "", locked=True)}}, "TV: kept as it is and limited at the same time."),
        ({"limits": {"TV": LimitForm("70%"), "PR": LimitForm("50%")}}, "add up to €144,000, more than the budget"),
        (
            {"limits": {"TV": LimitForm("", "40%"), "PR": LimitForm("", "45%")}},
            "The upper limits add up to 85% of the budget (€102,000).",
        ),
    ],
)
def test_every_problem_of_a_form_is_a_sentence(fields: dict[str, object], sentence: str) -> None:
    drafted = draft(VOICE, form(**fields))

    assert drafted.brief is None
    assert 1 == len(drafted.problems)
    assert sentence in drafted.problems[0].sentence


def test_groups_are_named_after_their_channels_and_empty_ones_left_out() -> None:
    groups = (GroupForm("", ("Meta", "TikTok"), "", "50 %"), GroupForm(), GroupForm("Idle", ("TV",)))

    brief = draft(VOICE, form(groups=groups)).brief

    assert brief is not None
    assert [GroupLimit(name="Meta and TikTok", channels=["Meta", "TikTok"], at_most=Decimal(60_000))] == brief.groups


@pytest.mark.parametrize(
    ("text", "locale", "amount"),
    [("1,200.50", "en", "1200.50"), ("€ 1.200,50", "de", "1200.50"), ("5000", "de", "5000"), ("1 200", "fr", "1200")],
)
def test_amounts_are_read_as_the_locale_writes_them(text: str, locale: str, amount: str) -> None:
    assert Decimal(amount) == amount_of(text, locale)


@given(st.text(max_size=30))
def test_no_text_breaks_the_form(text: str) -> None:
    drafted = draft(VOICE, form(budget=text, limits={"TV": LimitForm(text, text)}))

    assert (drafted.brief is None) == bool(drafted.problems)


def test_a_share_without_a_budget_is_no_amount() -> None:
    with pytest.raises(Unreadable):
        amount_of("20 %", "en")


@pytest.mark.parametrize("today", [date(2026, 11, 23), date(2026, 12, 31), date(2028, 1, 31), date(2027, 2, 28)])
def test_offered_periods_lie_ahead_and_make_sense(today: date) -> None:
    for key, (first, last) in periods(today).items():
        assert today < first <= last
        assert str(last.year) in period_label(VOICE, key, (first, last))


def test_shares_of_today_add_up() -> None:
    shares = channel_shares([week(0, "Search", 300, 0), week(0, "Social", 100, 0), week(0, "(total)", None, 900)])

    assert {"Search": 0.75, "Social": 0.25} == shares


def test_events_are_sentences_with_names() -> None:
    names = Names(people={"pia": "Pia Maas"}, plans={"c1": "Q1 always-on"})

    line = event_line(VOICE, entry(PlanApproved(campaign_id="c1")), names)

    assert ("Pia Maas", "Pia Maas approved Q1 always-on.") == (line.who, line.sentence)


@pytest.mark.parametrize(
    ("pins", "said"),
    [
        (FilePins(is_campaign=False), "pia said that A.csv is no campaign file."),
        (FilePins(is_campaign=True), "pia said that A.csv is a campaign file."),
        (FilePins(is_campaign=True, currency="EUR"), "pia decided how A.csv is read."),
    ],
)
def test_a_decision_about_a_file_says_what_was_decided(pins: FilePins, said: str) -> None:
    pinned = FilePinned(file_id="f", name="A.csv", pins=pins)

    assert said == event_line(VOICE, entry(pinned), Names()).sentence


@pytest.mark.parametrize(
    ("cells", "said"), [(1, "1 cell could not be understood. Correct it "), (3, "3 cells could not")]
)
def test_one_cell_that_nobody_understands_is_one_cell(cells: int, said: str) -> None:
    unread = file(quarantined=cells, status="needs_you", problem_code="many_unreadable_cells", problem="So it stands.")

    assert problem_of(VOICE, unread).startswith(said)


def test_names_with_braces_stay_what_they_are() -> None:
    names = Names(plans={"c1": "{who} {0} {"})

    assert "pia approved {who} {0} {." == event_line(VOICE, entry(PlanApproved(campaign_id="c1")), names).sentence


def test_differences_show_only_what_changed() -> None:
    before = file(sums={"spend": Decimal(100)})
    after = file(sums={"spend": Decimal(250)}, rows=12)

    found = {one.what: (one.before, one.after) for one in file_differences(VOICE, before, after)}

    assert {"Rows": ("10", "12"), "Spend": ("€100", "€250")} == found


def test_the_first_event_of_a_plan_changes_everything() -> None:
    found = {
        one.what: (one.before, one.after) for one in plan_differences(VOICE, None, plan(result=None, status="waiting"))
    }

    assert ("–", "Being made") == found["State"]


@pytest.mark.parametrize(
    ("known", "action"),
    [
        (None, "connect"),
        (connection("disconnected"), "connect"),
        (connection("requested"), "again"),
        (connection("failed"), "connect"),
        (connection("access_lost"), "reconnect"),
        (connection(account="a@b.example"), None),
    ],
)
def test_the_connection_card_offers_the_one_thing_to_do(known: Connection | None, action: str | None) -> None:
    assert action == connection_view(VOICE, known).action


def test_members_come_by_rank_and_know_you() -> None:
    members = [Member(user="v", name="Vera", role="viewer"), Member(user="a", name="Ana", role="owner")]

    lines = member_lines(VOICE, members, "a")

    assert [("Ana", "Owner", True), ("Vera", "Viewer", False)] == [(one.name, one.role, one.is_you) for one in lines]


@pytest.mark.parametrize(
    ("behind", "seen", "state"),
    [(0, timedelta(seconds=1), "works"), (900, timedelta(seconds=1), "behind"), (0, timedelta(minutes=5), "away")],
)
def test_services_say_whether_they_do_their_part(behind: int, seen: timedelta, state: str) -> None:
    pulse = Pulse(
        database=True,
        workflows=False,
        workers=True,
        events_behind=behind,
        read_models_seen_at=NOW - seen,
        last_checked_at=None,
    )

    lines = service_lines(VOICE, pulse, connection_view(VOICE, None))

    assert ["works", state, "away", "works", "not_connected"] == [line.badge.state for line in lines]


def test_every_event_name_used_for_wording_exists() -> None:
    assert {"revision_number", "rows_added", "rows_removed", "rows"} <= set(FileSynced.__struct_fields__)


def test_a_finding_shows_the_facts_and_files_it_rests_on() -> None:
    sources = [seeding.SourceFile(file_id=seeding.GOOD_FILE, name="Search and Video.gsheet", revision="r", rows=52)]

    first, second = plan_view(VOICE, plan(sources=sources), requested_by="Pia", decided_by="").findings

    assert ["Revenue for each extra unit of money in Search: €4.10 (May 25\u2009–\u2009Nov 22, 2026)"] == first.evidence
    (behind,) = first.rows
    assert (seeding.GOOD_FILE, "Search and Video.gsheet", "Search") == (
        behind.file_id,
        behind.name,
        behind.only.channel,
    )
    assert (date(2026, 5, 25), date(2026, 11, 22)) == (behind.only.first, behind.only.last)
    assert "At stake: €18,500 (€9,200 to €27,400) · 86% sure" == first.stake
    assert ("At stake: €4,100 · 74% sure", []) == (second.stake, second.evidence)


def test_a_plan_with_nothing_to_split_cannot_be_approved() -> None:
    split = msgspec.structs.replace(seeding.split(), lines=[], weeks=[], curves=[], spent=Decimal(0))
    result = msgspec.structs.replace(seeding.result(), distribution_plan=split, confidence_word="very low")

    view = plan_view(VOICE, plan(result=result), requested_by="Pia", decided_by="")

    assert (False, "Very low confidence") == (view.can_decide, view.sure and view.sure.label)
    assert "There is nothing to split yet" in view.moves_note


def test_where_results_are_counted_the_plan_says_what_one_costs() -> None:
    counted = msgspec.structs.replace(seeding.split(), response="conversions")
    result = msgspec.structs.replace(seeding.result(), distribution_plan=counted)

    view = plan_view(VOICE, plan(result=result), requested_by="Pia", decided_by="")

    assert view.expected.note.endswith("in 8 of 10 cases. Cost per result: €0.30.")


def test_a_line_says_what_one_more_unit_brings() -> None:
    view = plan_view(VOICE, plan(), requested_by="Pia", decided_by="")

    assert "€4.10 now, €3.69 in the plan" == view.lines[0]["One more € brings"]
    assert "what was ever tried" == view.lines[0]["Held by"]


def test_the_running_week_is_not_compared() -> None:
    monday = NOW.date() - timedelta(days=NOW.weekday())
    weekly = [week(0, "Search", 100, 400)]
    running = ChannelWeek(
        week=monday,
        channel="Search",
        currency="EUR",
        spend=Decimal(9999),
        impressions=None,
        clicks=None,
        conversions=None,
        revenue=None,
    )

    assert "€100" == home_view(VOICE, connection(), [file()], [*weekly, running], {}).numbers[0].value
