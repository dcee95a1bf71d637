"""Reports of Meta's Ads Manager: in Vietnamese, and a period in each row."""

from __future__ import annotations

import datetime as dt

from raceway.gate.batch_gate import check_batch
from tests.support.desk import Desk


def test_meta_in_vietnamese_lands(desk: Desk) -> None:
    content = (
        '\ufeffNgày,"Tên chiến dịch","Tên quảng cáo","Lượt hiển thị","Kết quả","Số tiền đã chi tiêu (USD)"\n'
        "2026-03-01,Hè,12.23.2024,6,,0.02\n"
    )
    outcome = desk.land_one("meta_ads/us/a.csv", content)
    assert desk.rows(outcome, "campaign, ad, impressions, results, cast(cost as varchar)") == [
        ("Hè", "12.23.2024", 6, None, "0.020000")
    ]


def test_each_row_of_ads_manager_has_its_own_period_and_one_of_a_single_day_is_a_day(desk: Desk) -> None:
    content = (
        '"Reporting starts","Reporting ends","Ad name",Results,Impressions,"Amount spent (USD)"\n'
        "2026-01-01,2026-02-28,x,,10,1\n2026-03-01,2026-03-01,y,2,20,2\n"
    )
    outcome = desk.land_one("meta_ads/us/a.csv", content)
    assert desk.rows(outcome, "_entity, ad, _row", "ads_period") == [("2026-01-01|2026-02-28", "x", 1)]
    assert desk.rows(outcome, "day, ad, cast(cost as varchar), _row", "ads_daily") == [
        (dt.date(2026, 3, 1), "y", "2.000000", 2)
    ]
    assert (outcome.rows_read, outcome.rows_landed) == (2, 2)


def test_a_report_of_days_without_a_column_of_days_lands_by_day_and_covers_them(desk: Desk) -> None:
    content = (
        '"Reporting starts","Reporting ends","Campaign name","Ad name","Amount spent (USD)",Impressions\n'
        "2026-03-03,2026-03-03,Tet,A,7.25,700\n2026-03-04,2026-03-04,Tet,A,2.5,300\n"
    )
    whole = desk.land_one("meta_ads/us/Shop-Ads-Mar-3-2026-Mar-4-2026.csv", content)
    assert list(whole.tables) == ["ads_daily"]
    assert desk.rows(whole, "day, cast(cost as varchar)") == [
        (dt.date(2026, 3, 3), "7.250000"),
        (dt.date(2026, 3, 4), "2.500000"),
    ]
    batch = desk.batch(whole.batches[0])
    assert (batch.covers_from, batch.covers_to) == (dt.date(2026, 3, 3), dt.date(2026, 3, 4))


def test_a_total_without_any_name_is_furniture_and_compared_whatever_the_breakdown(desk: Desk) -> None:
    by_region = (
        "Account name,Region,Month,Impressions,Currency,Amount spent (USD),Reporting starts,Reporting ends\n"
        ",,,1600,USD,16,2026-03-01,2026-04-30\n"
        "Shop,Lima,2026-03-01 - 2026-03-31,1000,USD,10,2026-03-01,2026-04-30\n"
        "Shop,Cusco,2026-04-01 - 2026-04-30,500,USD,5,2026-03-01,2026-04-30\n"
    )
    outcome = desk.land_one("meta_ads/us/Untitled-report.csv", by_region)
    assert (outcome.rows_landed, outcome.rows_furniture) == (2, 1)
    assert desk.rows(outcome, "period_start, period_end, cast(cost as varchar)") == [
        (dt.date(2026, 3, 1), dt.date(2026, 3, 31), "10.000000"),
        (dt.date(2026, 4, 1), dt.date(2026, 4, 30), "5.000000"),
    ]
    batch = desk.batch(outcome.batches[0])  # a month that still runs is written to its end
    assert (batch.covers_from, batch.covers_to) == (dt.date(2026, 3, 1), dt.date(2026, 3, 7))
    (finding,) = batch.manifest["findings"]
    assert "cost 16.000000 but the rows sum to 15.000000" in finding["message"]
    by_day = (
        "Day,Platform,Impressions,Amount spent (USD),Reporting starts,Reporting ends\n"
        "2026-03-01,facebook,1000,10,2026-03-01,2026-03-01\n2026-03-02,instagram,500,5,2026-03-02,2026-03-02\n"
        ",,1500,15,2026-03-01,2026-03-02\n"
    )
    outcome = desk.land_one("meta_ads/us/daily.csv", by_day)
    assert (outcome.rows_landed, outcome.rows_furniture) == (2, 1)
    assert desk.batch(outcome.batches[0]).manifest["findings"] == []


def test_the_sum_of_all_days_of_a_campaign_is_no_day(desk: Desk) -> None:
    content = (
        "Campaign name,Day,Impressions,Amount spent (USD)\nTet,All,1500,15\nTet,2026-03-01,1000,10\n"
        "Tet,2026-03-02,500,5\n"
    )
    outcome = desk.land_one("meta_ads/us/levels.csv", content)
    assert (outcome.rows_landed, outcome.rows_refused, outcome.rows_furniture) == (2, 0, 1)


def test_a_draft_that_never_ran_does_not_refuse_the_file_and_a_half_row_does(desk: Desk) -> None:
    content = (
        '"Reporting starts","Reporting ends","Ad name","Ad delivery","Amount spent (USD)",Impressions\n'
        "2026-03-01,2026-03-31,A,active,10,1000\n2026-03-01,2026-03-31,Draft,archived,,\n"
    )
    outcome = desk.land_one("meta_ads/us/a.csv", content, gate=check_batch)
    assert (outcome.status, outcome.rows_landed) == ("landed", 2)
    half = desk.land_one("meta_ads/us/b.csv", content.replace("archived,,", "archived,,40"), gate=check_batch)
    assert (half.status, "a row with one of them is not whole" in half.reason) == ("refused", True)


HEADERS = {  # campaign, day, impressions, amount spent, first and last day, as Meta's page writes them
    "en": ("Campaign name", "Day", "Impressions", "Amount spent", "Reporting starts", "Reporting ends"),
    "vi": ("Tên chiến dịch", "Ngày", "Lượt hiển thị", "Số tiền đã chi tiêu", "Bắt đầu báo cáo", "Kết thúc báo cáo"),
    "fr": ("Nom de la campagne", "Jour", "Impressions", "Montant dépensé", "Début des rapports", "Fin des rapports"),
    "de": ("Kampagnenname", "Tag", "Impressionen", "Ausgegebener Betrag", "Auswertungsbeginn", "Auswertungsende"),
    "es": ("Nombre de la campaña", "Día", "Impresiones", "Importe gastado", "Inicio del informe", "Fin del informe"),
    "pt": ("Nome da campanha", "Dia", "Impressões", "Valor usado", "Início dos relatórios", "Término dos relatórios"),
    "it": ("Nome della campagna", "Giorno", "Impression", "Importo speso", "Inizio dei report", "Fine dei report"),
    "pl": ("Nazwa kampanii", "Dzień", "Wyświetlenia", "Wydana kwota", "Początek raportowania", "Koniec raportowania"),
    "id": ("Nama kampanye", "Hari", "Impresi", "Jumlah yang dibelanjakan", "Awal pelaporan", "Akhir pelaporan"),
    "th": ("ชื่อแคมเปญ", "วัน", "อิมเพรสชัน", "จำนวนเงินที่ใช้จ่ายไป", "เริ่มรายงาน", "สิ้นสุดรายงาน"),
    "ja": ("キャンペーン名", "日", "インプレッション", "消化金額", "レポート開始日", "レポート終了日"),
}


def test_headers_in_the_languages_of_metas_page_land_alike(desk: Desk) -> None:
    for language, (campaign, day, impressions, spent, first, last) in HEADERS.items():
        by_day = f'"{campaign}",{day},{impressions},"{spent} (USD)"\nTet,2026-03-01,100,5.5\n'
        outcome = desk.land_one(f"meta_ads/us/{language}-day.csv", by_day)
        assert desk.rows(outcome, "campaign, day, impressions, cast(cost as varchar)") == [
            ("Tet", dt.date(2026, 3, 1), 100, "5.500000")
        ], language
        by_period = (
            f'"{campaign}","{first}","{last}",{impressions},"{spent} (USD)"\nTet,2026-03-01,2026-03-09,100,5.5\n'
        )
        outcome = desk.land_one(f"meta_ads/us/{language}-period.csv", by_period)
        assert desk.rows(outcome, "period_start, period_end") == [(dt.date(2026, 3, 1), dt.date(2026, 3, 9))], language
