"""One small file of each kind that platforms and agencies write, with the sums a person would find."""

from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from worker.sheets.reader import read


@dataclass(frozen=True)
class Case:
    name: str
    text: str
    sums: dict[str, str]
    rows: int
    encoding: str = "utf-8"
    channels: set[str | None] = field(default_factory=set)
    currency: str | None = None
    quarantined: int = 0


CASES = [
    Case(
        "german google ads.csv",
        "Kampagnenbericht\n1. Juli 2025 - 31. Juli 2025\n"
        "Kampagnenstatus;Kampagne;Währungscode;Tag;Impr.;Klicks;CTR;Kosten;Conversions;Conv.-Wert\n"
        "Aktiv;Marke;EUR;01.07.2025;12.345;1.234;10,00 %;1.234,56;12,00;9.876,50\n"
        "Aktiv;Generisch;EUR;02.07.2025;987;55;5,57 %;88,40;0,50;120,00\n"
        "Gesamt: Konto;;EUR;;13.332;1.289;9,67 %;1.322,96;12,50;9.996,50\n",
        {"spend": "1322.96", "impressions": "13332", "clicks": "1289", "conversions": "12.5", "revenue": "9996.5"},
        2,
        channels={"Google Ads"},
        currency="EUR",
    ),
    Case(
        "meta allemand.csv",
        '"Name der Kampagne","Berichtsbeginn","Berichtsende","Ausgegebener Betrag (EUR)","Impressionen","Link-Klicks",'
        '"Ergebnisse"\n'
        '"","2026-01-01","2026-01-31","310.50","41000","510","33"\n'
        '"Frühjahr","2026-01-01","2026-01-31","210.25","21000","310","13"\n'
        '"Retargeting","2026-01-01","2026-01-31","100.25","20000","200","20"\n',
        {"spend": "310.5", "impressions": "41000", "clicks": "510", "conversions": "33"},
        2,
        channels={"Meta"},
        currency="EUR",
    ),
    Case(
        "rapport campagnes.csv",
        "Campagne;Canal;Jour;Coût;Impressions;Clics;Conversions\n"
        "Noël;Search;03/12/2025;1 234,50 €;12 000;340;12\n"
        "Noël;Display;13/12/2025;88,00 €;99 000;120;1\n"
        "Total;;;1 322,50 €;111 000;460;13\n",
        {"spend": "1322.5", "impressions": "111000", "clicks": "460", "conversions": "13"},
        2,
        channels={"Search", "Display"},
        currency="EUR",
    ),
    Case(
        "account_campaign_performance.csv",
        "Campaign Performance Report (in UTC)\nReport Start: 1/6/2026\n\n"
        "Start Date (in UTC)\tAccount Name\tCampaign Group Name\tCampaign Name\t"
        "Total Spent\tImpressions\tClicks\tLeads\n"
        "1/6/2026\tAcme\tB2B\tWebinar\t200.10\t9000\t80\t4\n1/13/2026\tAcme\tB2B\tEbook\t99.90\t4500\t41\t2\n",
        {"spend": "300", "impressions": "13500", "clicks": "121", "conversions": "6"},
        2,
        encoding="utf-16",
        channels={"LinkedIn"},
    ),
    Case(
        "dv360.csv",
        "Date,Advertiser,Insertion Order,Line Item,Impressions,Clicks,Media Cost (Advertiser Currency)\n"
        "2026/01/01,Acme,IO Brand,LI 1,1000,10,12.50\n2026/01/02,Acme,IO Brand,LI 2,2000,11,13.50\n"
        ",,,,3000,21,26.00\n\nReport Time:,2026/01/03 10:00 GMT\nDate Range:,2026/01/01 to 2026/01/02\nGroup By:,Date\n"
        "MRC Accredited Metrics,None\nReporting numbers from the previous month are finalized\n",
        {"spend": "26", "impressions": "3000", "clicks": "21"},
        2,
    ),
    Case(
        "cm360.csv",
        "Campaign Manager 360 report\nDate/Time Generated,1/3/26 9:00\n"
        "Report Time Zone,Europe/Berlin\n\nReport Fields\n"
        "Campaign,Site (CM360),Placement,Date,Impressions,Clicks,Media Cost\n"
        "Spring,news.example,MPU,1/13/26,500,5,10.00\nSpring,blog.example,MPU,1/14/26,700,6,14.00\n"
        "Grand Total:,---,---,---,1200,11,24.00\n",
        {"spend": "24", "impressions": "1200", "clicks": "11"},
        2,
    ),
    Case(
        "rincian biaya.csv",
        'tanggal,nama_kampanye,biaya,tayangan\n13/10/2025,Promo,"Rp 150.000","12.000"\n'
        '14/10/2025,Diskon,"Rp 75.500",900\n',
        {"spend": "225500", "impressions": "12900"},
        2,
        currency="IDR",
    ),
    Case(
        "swiss.csv",
        "Campaign,Channel,Cost (CHF),Clicks\nA,Search,1'234.50,10\nB,Display,2’000.00,20\n",
        {"spend": "3234.5", "clicks": "30"},
        2,
        channels={"Search", "Display"},
        currency="CHF",
    ),
    Case(
        "broken.csv",
        "Campaign,Channel,Cost,Clicks\nA,Search,12.50,10\nB,Display,#DIV/0!,20\nC,Display,see note,5\nD,Search,n/a,\n",
        {"spend": "12.5", "clicks": "35"},
        4,
        quarantined=2,
    ),
    Case(
        "subtotals.csv",
        "Канал,Кампания,Бюджет без НДС,Показы\nЯндекс,Осень,100000,500000\nЯндекс,Зима,50000,250000\n"
        "Итого Яндекс,,150000,750000\nVK,Осень,30000,90000\nИтого,,180000,840000\n"
        "НДС 20%,,36000,\nИтого с НДС,,216000,\n",
        {"budget": "180000", "impressions": "840000"},
        3,
    ),
    Case(
        "konwersje.csv",
        "Nazwa kampanii;Dzień;Koszt;Wyświetlenia;Kliknięcia\nWiosna;15.01.2026;1 200,40 zł;30 000;300\n"
        "Lato;16.01.2026;99,60 zł;1 000;10\nRazem;;1 300,00 zł;31 000;310\n",
        {"spend": "1300", "impressions": "31000", "clicks": "310"},
        2,
        currency="PLN",
    ),
    Case(
        "konwersje w starym kodzie.csv",
        "Nazwa kampanii;Dzień;Koszt;Wyświetlenia;Kliknięcia\nWiosna;15.01.2026;1 200,40;30 000;300\n",
        {"spend": "1200.4", "impressions": "30000", "clicks": "300"},
        1,
        encoding="cp1250",
    ),
    Case(
        "реклама.csv",
        "Кампания;Расход;Показы;Клики\nОсень;100,50;1000;10\nЗима;200,25;2000;20\nВесна и лето;5,00;10;1\n",
        {"spend": "305.75", "impressions": "3010", "clicks": "31"},
        3,
        encoding="cp1251",
    ),
    Case(
        "広告費.csv",
        "キャンペーン名,日付,費用,表示回数\n指名,2026-01-05,1200,30000\n一般,2026-01-06,800,9000\n",
        {"spend": "2000", "impressions": "39000"},
        2,
        encoding="euc_jp",
    ),
    Case(
        "nederland.csv",
        "Campagne;Dag;Kosten;Vertoningen;Klikken;Conversiewaarde\nMerk;2026-01-05;€ 1.200,40;30.000;300;4.000,00\n"
        "Generiek;2026-01-06;€ 99,60;1.000;10;0,00\n",
        {"spend": "1300", "impressions": "31000", "clicks": "310", "revenue": "4000"},
        2,
        currency="EUR",
    ),
    Case(
        "spesa.csv",
        'Nome campagna,Giorno,Importo speso (EUR),Impression,Clic sul link\nEstate,2026-01-05,"1200,40",30000,300\n'
        'Inverno,2026-01-06,"99,6",1000,10\n',
        {"spend": "1300", "impressions": "31000", "clicks": "310"},
        2,
        currency="EUR",
    ),
    Case(
        "plan by month.csv",
        "Media plan 2026,,,,\nChannel,Format,Jan 2026,Feb 2026,Mar 2026,Total\nTV,30s,1000,2000,3000,6000\n"
        "Radio,20s,100,,300,400\nTotal,,1100,2000,3300,6400\n",
        {"budget": "6400"},
        2,
        channels={"TV", "Radio"},
    ),
    Case(
        "spend by channel.csv",
        "Week,Spend TV,Spend Radio,Spend Total,Revenue\n2026-01-05,100.5,20,120.5,900\n2026-01-12,90,10,100,800\n",
        {"spend": "220.5", "revenue": "1700"},
        2,
        channels={"TV", "Radio", "(total)"},
    ),
    Case(
        "robyn.csv",
        "DATE,revenue,tv_S,ooh_S,print_S,facebook_I,search_S,facebook_S,competitor_sales_B\n"
        "2026-01-05,2754.5,22.3,0,12.7,2430,0,7.6,8125\n2026-01-12,2584.3,28.4,0,0,2527,4.1,1.1,7901\n",
        {"spend": "76.2", "impressions": "4957", "revenue": "5338.8"},
        2,
    ),
    Case(
        "japanese.csv",
        "レポート\n2026年1月1日 - 2026年1月31日\nキャンペーン,日,費用,表示回数,クリック数\n"
        '指名,2026-01-01,"￥1,200","3,000",30\n'
        '一般,2026-01-02,800,500,5\n合計,,"￥2,000","3,500",35\n',
        {"spend": "2000", "impressions": "3500", "clicks": "35"},
        2,
        encoding="cp932",
        currency="JPY",
    ),
    Case(
        "budget and spend.csv",
        "Campaign,Platform,Planned Budget,Actual Spend,Start Date,End Date\nA,Meta,1000,900.5,2026-01-01,2026-01-31\n"
        "B,TikTok,500,510,2026-02-01,2026-02-28\n",
        {"budget": "1500", "spend": "1410.5"},
        2,
        channels={"Meta", "TikTok"},
    ),
    Case(
        "weekly plan 2026.csv",
        "Kanal,KW 1,KW 2,KW 3,KW 4,Summe\nTV,1.000,2.000,,500,3.500\nRadio,100,100,100,100,400\n"
        "Summe,1.100,2.100,100,600,3.900\n",
        {"budget": "3900"},
        2,
        channels={"TV", "Radio"},
    ),
    Case(
        "months without a year.csv",
        "Channel,Jan,Feb,Mar\nSearch,100,200,300\nSocial,50,60,70\n",
        {"budget": "780"},
        2,
        channels={"Search", "Social"},
    ),
    Case(
        "flights.csv",
        "Campaign,Channel,Start,End,Budget (EUR)\nSpring,Meta,01.03.2026,31.03.2026,5.000\n"
        "Spring,Google,01.03.2026,31.03.2026,7.500\n",
        {"budget": "12500"},
        2,
        channels={"Meta", "Google"},
        currency="EUR",
    ),
    Case(
        "yandex direct.csv",
        'Кампания,Показы,Клики,CTR (%),"Расход, руб.","Ср. цена клика, руб.",Конверсии\n'
        'Бренд,"12 345",123,1.0,"1 234,50",10.04,5\nДругие,"2 345",23,0.98,"234,50",10.2,1\n'
        'Итого,"14 690",146,0.99,"1 469,00",10.06,6\n',
        {"spend": "1469", "impressions": "14690", "clicks": "146", "conversions": "6"},
        2,
        channels={"Yandex Direct"},
        currency="RUB",
    ),
    Case(
        "export.csv",
        "Campaign name,By Day,Cost,Impressions,Clicks (Destination),Conversions,Currency\n"
        "A,2026-01-01,10.5,100,3,1,EUR\nB,2026-01-02,1.25,50,1,0,EUR\nTotal of 2 results,-,11.75,150,4,1,EUR\n",
        {"spend": "11.75", "impressions": "150", "clicks": "4", "conversions": "1"},
        2,
        channels={"TikTok"},
        currency="EUR",
    ),
    Case(
        "apple.csv",
        "Campaign Name,Spend (USD),Impressions,Taps,Installs\nA,5.5,100,2,1\nB,1.5,10,1,0\n",
        {"spend": "7", "impressions": "110", "clicks": "3", "conversions": "1"},
        2,
        channels={"Apple Search Ads"},
        currency="USD",
    ),
    Case(
        "serial days.csv",
        "Date,Channel,Spend,Revenue\n44927,Search,100.5,300\n44928,Search,90,200\n",
        {"spend": "190.5", "revenue": "500"},
        2,
        channels={"Search"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_kind_of_export_is_read_right(case: Case) -> None:
    reading = read(case.text.encode(case.encoding), case.name)

    assert reading.is_campaign, reading.reasons
    found = {metric: value for metric, value in reading.sums().items() if value is not None}
    assert found == {metric: Decimal(value) for metric, value in case.sums.items()}
    assert sum(table.n_rows for table in reading.tables if table.used) == case.rows
    assert len(reading.quarantined) == case.quarantined
    assert reading.currency == case.currency or case.currency is None
    assert not case.channels or set(reading.rows["channel"]) == case.channels
