"""A company of one ad account, small enough to be loaded in seconds and reckoned by hand."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from raceway.common.home import Home
from raceway.config.accounts import Account
from raceway.config.init import init_home
from raceway.config.settings import Business, Night, Required, Retention, Settings
from raceway.contracts.files import source_names

AS_OF = dt.date(2026, 3, 3)
LAST_DAY = dt.date(2026, 3, 2)

REPORT = """\
Campaign report
"1 February 2026 - 2 March 2026"
Day,Campaign,Campaign type,Currency code,Impr.,Clicks,Cost
2026-02-27,Tết,Search,VND,"1,000",40,200000
2026-02-28,Tết,Search,VND,"2,000",50,250000
2026-03-02,Tết,Search,VND,500,10,60000
2026-03-02,Áo dài,Search,VND,100,0,0
Total: Campaigns, --, --,VND,"3,600",100,510000
"""
"""4 days' rows and one total; February: 3,000 impressions, 90 clicks, 450,000 đ."""

OVERVIEW_CARD = "Device,Cost,Impressions,Clicks\nMobile phones,1000,200,3\n"
"""What Google's overview page downloads: no report that raceway reads."""


NEVER_TODAY = "0 0 29 2 *"
"""A cron that strikes on leap days only: under a living scheduler, a test at night must not meet the real night."""


def small_company(root: Path) -> Home:
    """A home with the account google_ads/main, which alone is required; no DAG starts by the clock."""
    settings = Settings(
        business=Business(name="Small", zone="Asia/Ho_Chi_Minh", reporting_currency="VND"),
        retention=Retention(schedule=NEVER_TODAY),
        night=Night(schedule=NEVER_TODAY, required=(Required(source="google_ads"),)),
    )
    account = Account(
        source="google_ads", account="main", name="Main", market="VN", time_zone="Asia/Ho_Chi_Minh", currency="VND"
    )
    home = init_home(root, settings, [account])
    for source in source_names():
        (home.sources / f"{source}.yml").write_text(f'schedule: "{NEVER_TODAY}"\n', encoding="utf-8")
    return home


def put(home: Home, name: str, text: str, exported_at: dt.datetime) -> Path:
    """Puts a file into the ad account's inbox, exported at a moment (with zone)."""
    file = home.inbox / "google_ads" / "main" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    os.utime(file, (exported_at.timestamp(), exported_at.timestamp()))
    return file
