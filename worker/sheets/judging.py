"""Is this campaign data? Judged by what the columns hold, never by the file's name alone."""

from dataclasses import dataclass

from worker.sheets import currencies, platforms, vocabulary
from worker.sheets.columns import Assigned
from worker.sheets.normalize import normal
from worker.sheets.reading import METRICS


@dataclass(frozen=True)
class Judgement:
    score: float
    reasons: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        return self.score >= ACCEPT


ACCEPT = 0.6
_MONEY = ("spend", "budget")
_PLAIN = 0.3
"""Money times context of a table that leaves little doubt."""
_TWO_PLATFORMS = 4  # what a profile counts for two names of platforms
_SHORT_NAME = 2  # words of a file's name that says one thing
_SOLD = "It lists what a publisher sells: its revenue is not money that was spent on advertising."
_BARE = (
    "It holds days and amounts, and neither a header nor a name says that they are for advertising."
    " Name a platform in the file’s name, or decide that it is a campaign file."
)
NOTHING = Judgement(0.0, ("No column speaks of campaigns, advertising costs or budgets.",))


def judge(assigned: Assigned, above: str = "", name: str = "") -> Judgement:
    """0 to 1: money of advertising must be there, and something that shows that it is advertising.

    `above` is what stands above the table and on its tab, `name` that of the file: it only names a platform.
    """
    money, money_reason = _money(assigned)
    if money == 0.0 and (delivered := _delivery(assigned)):
        return Judgement(0.65, (delivered,))
    if money == 0.0:
        nothing = _SOLD if _has_header_of(assigned, "publisher") else "No column holds a cost or a budget."
        return Judgement(0.2 if _advertising(assigned)[0] else 0.0, (nothing,))
    context, reasons = _advertising(assigned)
    said = _said_to_be(assigned, above, name) or _spend_of_days(assigned, above, name)
    if said and (context == 0.0 or money * context < _PLAIN):
        context, reasons = context + 0.35, [*reasons, said]
    if foreign := _of_another_trade(assigned):
        return Judgement(0.3, (money_reason, f"“{foreign}” speaks of something else than advertising."))
    if context == 0.0:
        nothing = "Nothing shows that this money is for advertising."
        return Judgement(round(0.35 * money, 2), (money_reason, _BARE if _is_bare(assigned) else nothing))
    if money < 0.7 and context < 0.5 and not (said or _names_platforms(assigned)):
        return Judgement(0.4, (money_reason, "Too little shows that this money is for advertising."))
    score = min(1.0, 0.45 * money + context)
    return Judgement(round(score, 2), (money_reason, *reasons))


def _said_to_be(assigned: Assigned, above: str, name: str) -> str:
    """Words that call the money advertising: the title of a media plan, 'Ad spend' over amounts of days."""
    titled = f"{above} {_stem(name)}" if {"campaign", "channel", "placement"} & set(assigned.fields) else above
    if any(f" {title} " in f" {normal(titled)} " for title in vocabulary.everywhere("plan_title")):
        return "Its title says that it is a media plan."
    if _has_header_of(assigned, "goods"):
        return ""
    dated = {"date", "start_date"} & set(assigned.fields)
    called = _is_called_marketing(above, name)
    if _is_money_of(assigned, "ad_money") and (dated or called or vocabulary.has_channel_word(above)):
        return "The header calls the money ad spend."
    earned = assigned.has_metric("revenue")
    if dated and earned and _is_money_of(assigned, "spend_word"):
        return "It holds the spend of days, and what it brought."
    flights = {"campaign", "start_date", "end_date"} <= set(assigned.fields)
    media = "channel" in assigned.fields and _is_named_advertising(name)
    if media or (called and (flights or _is_money_of(assigned, "campaign_word"))):
        return "It holds the money of campaigns, and its name or title says that they are for marketing."
    return ""


def _is_named_advertising(name: str) -> bool:
    """'publicidad.csv', 'Werbung 2026.xlsx': the file is called nothing else."""
    words = normal(_stem(name)).split()
    return len(words) <= _SHORT_NAME and not vocabulary.everywhere("purpose").isdisjoint(words)


def _is_money_of(assigned: Assigned, role: str) -> bool:
    """Whether words of a role stand in the header of the money."""
    money = [index for field, index in assigned.fields.items() if field in _MONEY]
    titles = [f" {_plain(normal(assigned.columns[index].header))} " for index in money]
    return any(f" {word} " in title for title in titles for word in vocabulary.everywhere(role))


def _is_called_marketing(above: str, name: str) -> bool:
    words = f" {normal(f'{above} {_stem(name)}')} "
    return any(f" {word} " in words for word in vocabulary.everywhere("marketing"))


def _plain(title: str) -> str:
    """'Media net cost' is a media cost."""
    return " ".join(word for word in title.split() if word not in {"net", "gross", "total"})


def _spend_of_days(assigned: Assigned, above: str, name: str) -> str:
    """Days and their costs and nothing unknown beside them: of a platform that tab, title or file names, or 'Spend'."""
    others = [c.index for c in assigned.columns if c.field == "other" and c.header]
    unknown = [i for i in others if not assigned.profiles[i].empty and assigned.matches[i].field not in _MONEY]
    if unknown or not {"date", "start_date"} & set(assigned.fields) or max(map(assigned.sure, _MONEY)) < 0.6:
        return ""
    if assigned.sure("channel") >= 0.9 and assigned.profiles[assigned.fields["channel"]].numeric < 0.5:
        return "It holds the days and costs of channels, and nothing else."
    if max(map(assigned.sure, _MONEY)) < 0.85:
        return ""
    if named := platforms.named_as_ads(f"{above} {_stem(name)}"):
        return f"It holds the days and costs of {min(named)}."
    if _is_called_marketing(above, name):
        return "It holds days and costs, and its name or title says that they are for marketing."
    titles = [currencies.taken_from(normal(column.header).split())[1] for column in assigned.columns]
    spend = any(" ".join(words) in vocabulary.everywhere("spend_word") for words in titles)
    return "It holds days and their spend, and nothing else." if spend else ""


def _is_bare(assigned: Assigned) -> bool:
    """Days, amounts and nothing else."""
    known = {column.field for column in assigned.columns if not assigned.profiles[column.index].empty}
    return bool({"date", "start_date"} & known) and known <= {
        "date",
        "start_date",
        "end_date",
        "spend",
        "budget",
        "currency",
    }


def _stem(name: str) -> str:
    return name.rpartition(".")[0].replace("_", " ").replace("-", " ")


def _of_another_trade(assigned: Assigned) -> str:
    """A header that only other kinds of campaigns have: battles, vaccinations, donations, harvests, tasks."""
    if any(assigned.has_metric(metric) for metric in ("impressions", "clicks")) or _spends_by_channel(assigned):
        return ""
    flights = {"start_date", "end_date"} <= set(assigned.fields)
    if not flights and (person := _has_header_of(assigned, "person")):
        return person
    return (
        ""
        if assigned.has_metric("conversions") or assigned.sure("channel") >= 0.8
        else _has_header_of(assigned, "not_advertising")
    )


def _spends_by_channel(assigned: Assigned) -> bool:
    """Several columns of spend, each of a known channel, are advertising whatever stands beside them."""
    labels = [label for one in assigned.spreads if one.metric == "spend" for label in one.labels.values()]
    return sum(map(vocabulary.has_channel_word, labels)) > 2 and _has_channels(assigned)


def _has_header_of(assigned: Assigned, role: str) -> str:
    """The header with a word of this role; what an ad is targeted at does not count."""
    words = vocabulary.everywhere(role)
    spread = {i for one in assigned.spreads for i in one.columns}
    for column in assigned.columns:
        spelled = normal(column.header)
        aimed = not vocabulary.everywhere("targeting").isdisjoint(spelled.split())
        if column.index not in spread and not aimed and any(f" {word} " in f" {spelled} " for word in words):
            return " ".join(column.header.split())
    return ""


def _money(assigned: Assigned) -> tuple[float, str]:
    for metric in ("spend", "budget"):
        for spread in assigned.spreads:
            if spread.metric == metric:
                return 1.0, f"{metric.capitalize()} stands in {len(spread.columns)} columns."
    best = max(("spend", "budget"), key=assigned.sure)
    sure = assigned.sure(best)
    if sure < 0.5 or _is_hollow(assigned, best):
        return 0.0, ""
    title = " ".join(assigned.columns[assigned.fields[best]].header.split())
    return sure, f"“{title}” holds {'the spend' if best == 'spend' else 'a budget'}."


def _is_hollow(assigned: Assigned, metric: str) -> bool:
    """A header of money without an amount, while other columns are filled and none of them counts anything."""
    seen = assigned.profiles
    counted = any(not seen[assigned.fields[m]].empty for m in METRICS if m in assigned.fields)
    return seen[assigned.fields[metric]].empty and not counted and sum(not one.empty for one in seen) >= 2


def _advertising(assigned: Assigned) -> tuple[float, list[str]]:
    """How strongly the other columns show that this is advertising."""
    reasons: list[str] = []
    weight = 0.0
    for metric, worth in (("impressions", 0.3), ("clicks", 0.3)):
        named = _names_platform(assigned, metric)
        if assigned.sure(metric) >= 0.8 or named or any(spread.metric == metric for spread in assigned.spreads):
            weight += worth
            reasons.append(f"It counts {metric}.")
    if assigned.sure("campaign") >= 0.9 and _is_name_of_campaigns(assigned):
        weight += 0.35
        reasons.append("It names campaigns.")
    channel = assigned.fields.get("channel")
    if channel is not None and assigned.sure("channel") >= 0.8 and assigned.profiles[channel].channels >= 0.3:
        telling = assigned.sure("channel") >= 0.9 or assigned.profiles[channel].channel_names >= 3
        weight += 0.35 if telling else 0.15
        reasons.append("It names media channels.")
    if _has_channels(assigned) or _has_parts(assigned):
        weight += 0.35
        reasons.append("It has a column for each media channel.")
    if not weight and (told := _ad_rates(assigned)):
        weight += 0.25
        reasons.append(told)
    if weight and assigned.sure("placement") >= 0.9:
        weight += 0.35
        reasons.append("It names placements.")
    if assigned.sure("ad_group") >= 0.9 or assigned.sure("ad") >= 0.9:
        weight += 0.1 if weight else 0.25
        reasons.append("It names ads.")
    return weight, reasons


def _has_channels(assigned: Assigned) -> bool:
    """A column for each of several names: channels, one at least of nothing but ads, or with results; or all spend."""
    spreads = [spread for spread in assigned.spreads if spread.kind == "channel"]
    titles = [normal(assigned.columns[i].header).split() for spread in spreads for i in spread.columns]
    spend = bool(titles) and all(vocabulary.everywhere("spend_word").intersection(words) for words in titles)
    labels = {i: label for spread in spreads for i, label in spread.labels.items()}
    known = [i for i, label in labels.items() if vocabulary.has_channel_word(label)]
    titled = [assigned.columns[i].header for i in known if vocabulary.platform(labels[i])]
    plain = len(titled) < len(known) or any(map(platforms.named_as_ads, titled))
    several = len(known) > 1 and (_counts_results(assigned) or any(vocabulary.is_channel(title) for title in titled))
    return spend or plain or several


def _counts_results(assigned: Assigned) -> bool:
    return any(assigned.has_metric(metric) for metric in ("impressions", "clicks", "conversions", "revenue"))


def _has_parts(assigned: Assigned) -> bool:
    """'Facebook spend' and 'Google spend' beside a total that holds more than both."""
    labels = {match.label for match in assigned.matches if match.field == "spend" and match.label}
    return (
        "spend" in assigned.fields
        and len({platform for label in labels if (platform := vocabulary.platform(label))}) > 1
    )


def _delivery(assigned: Assigned) -> str:
    """What shows that impressions and clicks were paid for, in an export without its column of costs."""
    if min(assigned.sure("impressions"), assigned.sure("clicks")) < 0.9 or _has_header_of(assigned, "publisher"):
        return ""
    titles = [set(normal(column.header).split()) for column in assigned.columns]
    if any(title & {"cpc", "cpm"} and assigned.profiles[i].numeric >= 0.5 for i, title in enumerate(titles)):
        return "It counts impressions and clicks, and what a click cost."
    channel = assigned.fields.get("channel")
    channels = channel is not None and assigned.profiles[channel].channels >= 0.3
    unpaid = _has_header_of(assigned, "organic")
    if assigned.sure("conversions") >= 0.6 and (channels or assigned.sure("campaign") >= 0.9) and not unpaid:
        return "It counts impressions, clicks and conversions of campaigns; its costs are missing."
    return ""


def _names_platforms(assigned: Assigned) -> bool:
    """Whether money is planned and spent on several platforms that sell advertising."""
    channel = assigned.fields.get("channel")
    named = assigned.profiles[channel].channel_names if channel is not None else 0
    both = {"spend", "budget"} <= set(assigned.fields)
    return both and named >= _TWO_PLATFORMS and not _has_header_of(assigned, "organic")


def _names_platform(assigned: Assigned, metric: str) -> bool:
    """'Google Ads clicks': the header of a metric names an advertising platform."""
    if assigned.sure(metric) < 0.7:
        return False
    return bool(platforms.named_as_ads(assigned.columns[assigned.fields[metric]].header))


def _ad_rates(assigned: Assigned) -> str:
    """Two headers that only advertising has; one is enough beside conversions, or spots beside a station."""
    titles = [f" {normal(column.header)} " for column in assigned.columns]

    def speaking_of(role: str) -> set[str]:
        return {title for title in titles if any(f" {word} " in title for word in vocabulary.everywhere(role))}

    rates, aired = speaking_of("ad_rate"), speaking_of("aired")
    beside = (assigned.sure("conversions") >= 0.8) or (aired and speaking_of("media_place") - aired)
    if len(rates | aired) < (1 if beside else 2):
        return ""
    return (
        "It has the rates of advertising, such as CPA."
        if rates
        else "It lists what is bought of media: spots, posters."
    )


def _is_name_of_campaigns(assigned: Assigned) -> bool:
    return not assigned.profiles[assigned.fields["campaign"]].dates >= 0.8
