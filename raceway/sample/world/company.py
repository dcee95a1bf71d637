"""The invented company: a Vietnamese shoe maker with an online shop and a store in New York.

What stands in the sample home's `raceway.toml`, `accounts.csv` and `exclusions.csv`, and what it sells.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from raceway.config.accounts import Account, Exclusion
from raceway.config.settings import App, Business, Night, Required, Settings

HISTORY_DAYS: Final = 400  # of orders before the first day of everything else

SITE: Final = "www.giaysonghong.example"
OUTLET_SITE: Final = "outlet.giaysonghong.example"
STAGING_SITE: Final = "staging.giaysonghong.example"
VAT: Final = Decimal("0.08")

STAFF_EMAIL: Final = "qa.team@example.com"
COUNTER_PHONE: Final = "+842437100200"  # the shop's own, which clerks write down for many customers
TEST_TAG: Final = "test"
INTERNAL_TRAFFIC: Final = "internal"
BOT_BROWSER: Final = "HeadlessChrome"
OFFICE_ADDRESS: Final = "198.51.100.7"
KIOSK_DEVICE: Final = "900000001.1500000000"
TEST_ORDER: Final = "#1001"
KEY_FEATURES: Final = ("running_log", "order_tracking")  # of the app


@dataclass(frozen=True)
class Product:
    """An article with its shop price (VND, VAT included) and its till price (US cents, without tax)."""

    sku: str
    name: str
    category: str
    shop_price: int
    till_price: int


PRODUCTS: Final = tuple(
    Product(*cells)
    for cells in (
        ("SH-RUN-01", "Giày chạy bộ Sông Hồng 01", "Giày chạy", 890_000, 6_900),
        ("SH-RUN-02", "Giày chạy bộ Sông Hồng 02 / Đỏ - 42", "Giày chạy", 1_090_000, 7_900),
        ("SH-TRAIL-01", "Giày địa hình Fansipan", "Giày chạy", 1_290_000, 8_900),
        ("SH-CITY-01", "Giày dạo phố Hàng Đào", "Giày thường", 650_000, 5_400),
        ("SH-CITY-02", "Giày dạo phố Hàng Bạc, da thật", "Giày thường", 990_000, 7_200),
        ("SH-CANVAS-01", "Giày vải Bát Tràng", "Giày thường", 420_000, 3_900),
        ("SH-KID-01", "Giày trẻ em Cá Chép", "Trẻ em", 350_000, 3_200),
        ("SH-KID-02", "Dép trẻ em Sen", "Trẻ em", 190_000, 1_800),
        ("SH-SANDAL-01", "Sandal Hội An", "Dép", 320_000, 2_900),
        ("SH-SANDAL-02", 'Sandal "Mũi Né" quai đôi', "Dép", 380_000, 3_400),
        ("SH-OFFICE-01", "Giày tây Tràng Tiền", "Giày tây", 1_450_000, 9_900),
        ("SH-SOCK-03", "Tất cotton (3 đôi)", "Phụ kiện", 99_000, 1_200),
        ("SH-LACE-01", "Dây giày phản quang", "Phụ kiện", 45_000, 600),
        ("SH-CARE-01", "Bộ chăm sóc giày", "Phụ kiện", 159_000, 1_900),
    )
)
GIFT_CARD: Final = Product("", "Thẻ quà tặng 500.000đ", "Gift Card", 500_000, 2_500)


def history_start(first: dt.date) -> dt.date:
    """The first day of orders, where `first` is the first day of everything else."""
    return first - dt.timedelta(days=HISTORY_DAYS)


def sample_settings() -> Settings:
    """The settings of the sample home. New York's last day is still running when Sài Gòn's night begins, so
    the till may lie two days behind; Search Console always does."""
    return Settings(
        business=Business(name="Giày Sông Hồng (sample)"),
        app=App(key_features=KEY_FEATURES),
        night=Night(
            required=(
                Required(source="google_ads", lag_days=2),
                Required(source="meta_ads"),
                Required(source="ga4"),
                Required(source="shopify"),
                Required(source="square", lag_days=2),
                Required(source="search_console", lag_days=3),
            )
        ),
    )


def sample_accounts(history_start: dt.date) -> list[Account]:
    """The rows of accounts.csv; `history_start` is the first day whose orders are known."""
    vietnam = {"brand": "Sông Hồng", "market": "VN", "time_zone": "Asia/Ho_Chi_Minh", "currency": "VND"}
    america = {"brand": "Sông Hồng", "market": "US", "time_zone": "America/New_York", "currency": "USD"}
    rows: list[dict[str, object]] = [
        {"source": "google_ads", "account": "vn-main", "name": "Google Ads Việt Nam", **vietnam,
         "conversions_are_purchases": True},
        {"source": "google_ads", "account": "us-store", "name": "Google Ads New York", **america},
        {"source": "meta_ads", "account": "vn-main", "name": "Meta Việt Nam", **vietnam},
        {"source": "tiktok_ads", "account": "vn-main", "name": "TikTok Việt Nam", **vietnam},
        {"source": "microsoft_ads", "account": "us-store", "name": "Microsoft Ads New York", **america,
         "conversions_are_purchases": True},
        {"source": "linkedin_ads", "account": "us-b2b", "name": "LinkedIn wholesale", **america},
        {"source": "zalo_ads", "account": "vn-main", "name": "Zalo Ads Việt Nam", **vietnam},
        {"source": "ads_file", "account": "vn-coccoc", "name": "Quảng cáo Cốc Cốc", **vietnam},
        {"source": "ga4", "account": "vn-shop", "name": "GA4", "site": SITE, **vietnam},
        # it was measured before anybody came, so that its new visitors are known from the first day on
        {"source": "segment", "account": "vn-outlet", "name": "Outlet", "site": OUTLET_SITE, **vietnam,
         "history_start": history_start},
        {"source": "search_console", "account": "vn-shop", "name": "Search Console", "site": SITE, **vietnam},
        {"source": "shopify", "account": "vn-shop", "name": "Cửa hàng trực tuyến", "site": SITE, **vietnam,
         "prices_include_vat": True, "vat_rate": VAT, "history_start": history_start, "order_numbers": "consecutive"},
        {"source": "square", "account": "us-store", "name": "Canal Street store", **america,
         "history_start": history_start},
        *({"source": source, "account": account, "name": name, **vietnam, "prices_include_vat": True, "vat_rate": VAT,
           "history_start": history_start}
          for source, account, name in (
              ("kiotviet", "vn-hanoi", "Cửa hàng Hàng Gai"), ("shopee", "vn-mall", "Shopee Mall"),
              ("tiktok_shop", "vn-mall", "TikTok Shop"), ("lazada", "vn-mall", "LazMall"),
              ("haravan", "vn-kids", "Web trẻ em"), ("sapo", "vn-outlet", "Outlet"),
          )),
        {"source": "woocommerce", "account": "vn-wholesale", "name": "Bán sỉ", **vietnam,
         "history_start": history_start},
        {"source": "zalo_oa", "account": "vn-oa", "name": "Zalo OA", **vietnam},
        {"source": "mailchimp", "account": "vn-list", "name": "Bản tin", **vietnam},
        {"source": "klaviyo", "account": "us-letters", "name": "Store letters", **america},
        {"source": "activecampaign", "account": "vn-club", "name": "Câu lạc bộ chạy bộ", **vietnam},
        {"source": "getresponse", "account": "sg-list", "name": "Singapore list", **vietnam, "market": "SG",
         "time_zone": "Asia/Singapore"},
        {"source": "hubspot", "account": "vn-crm", "name": "HubSpot", **vietnam},
        {"source": "salesforce", "account": "us-b2b", "name": "Salesforce wholesale", **america},
        {"source": "nps", "account": "vn-shop", "name": "Khảo sát NPS", **vietnam},
        {"source": "seo", "account": "vn-site", "name": "SEO Việt Nam", "site": SITE, **vietnam},
        {"source": "seo", "account": "us-site", "name": "SEO New York", **america},
        {"source": "zendesk", "account": "vn-help", "name": "Chăm sóc khách hàng", **vietnam},
        {"source": "zendesk", "account": "us-help", "name": "Store help desk", **america},
        {"source": "csat_survey", "account": "vn-shop", "name": "Khảo sát hài lòng", **vietnam},
        {"source": "answers_file", "account": "vn-shop", "name": "Khảo sát nỗ lực", **vietnam},
        {"source": "csat_survey", "account": "us-store", "name": "Store survey", **america},
        {"source": "reviews", "account": "vn-shop", "name": "Đánh giá", **vietnam},
        {"source": "reviews", "account": "us-store", "name": "Canal Street reviews", **america},
        {"source": "usability_test", "account": "company", "name": "Kiểm tra tính dễ dùng", **vietnam},
        {"source": "social", "account": "vn-brand", "name": "Mạng xã hội Việt Nam", **vietnam},
        {"source": "social", "account": "us-store", "name": "Instagram New York", **america},
        {"source": "referral", "account": "vn-program", "name": "Bạn bè giới thiệu", **vietnam},
        {"source": "affiliate", "account": "vn-network", "name": "Tiếp thị liên kết", **vietnam},
        {"source": "gatherings", "account": "vn-events", "name": "Hội thảo", **vietnam},
        {"source": "community", "account": "vn-forum", "name": "Diễn đàn", **vietnam},
        {"source": "community", "account": "vn-group", "name": "Nhóm", **vietnam},
        {"source": "loyalty", "account": "vn-club", "name": "Khách hàng thân thiết", **vietnam},
        {"source": "listening", "account": "vn-brand", "name": "Brandwatch", **vietnam},
        {"source": "listening", "account": "us-store", "name": "Meltwater", **america},
        {"source": "listening", "account": "vn-forum", "name": "Diễn đàn", **vietnam},
        {"source": "experiments", "account": "vn-shop", "name": "Optimizely", "site": SITE, **vietnam},
        {"source": "experiments", "account": "vn-outlet", "name": "GrowthBook", "site": OUTLET_SITE, **vietnam},
        {"source": "plan", "account": "company", "name": "Kế hoạch", **vietnam},
    ]  # fmt: skip
    return [Account.model_validate(row) for row in rows]


def sample_exclusions() -> list[Exclusion]:
    """The rows of exclusions.csv: test orders, staff, internal and bot traffic of the sample."""
    return [
        Exclusion(kind="order", value=TEST_ORDER, reason="first order of the shop, placed to test payment"),
        Exclusion(kind="order_tag", value=TEST_TAG, reason="orders placed to test the shop"),
        Exclusion(kind="email", value=STAFF_EMAIL, reason="staff orders"),
        Exclusion(kind="host", value=STAGING_SITE, reason="staging site"),
        Exclusion(kind="traffic_type", value=INTERNAL_TRAFFIC, reason="office network"),
        Exclusion(kind="ip", value=OFFICE_ADDRESS, reason="office network, where a source tells addresses"),
        Exclusion(kind="browser", value=BOT_BROWSER, reason="price crawlers"),
        Exclusion(kind="device", value=KIOSK_DEVICE, reason="tablet on the shop floor"),
    ]
