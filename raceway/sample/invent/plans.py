"""What the company plans: budgets, other costs, targets, initiatives, and the exchange rates it books with."""

from __future__ import annotations

import datetime as dt
from typing import Final

from raceway.sample.invent.targets import longer_targets, month_targets
from raceway.sample.world.chance import Chance
from raceway.sample.world.seasons import TET
from raceway.sample.world.things import Initiative, PlanAmount, Rate
from raceway.sample.world.world import World

_BUDGETS: Final = (  # name, channel, market, million đồng a month
    ("Tìm kiếm trả phí", "paid_search", "VN", 130),
    ("Mạng xã hội trả phí", "paid_social", "VN", 95),
    ("Performance Max", "cross_network", "VN", 60),
    ("Email", "email", "", 9),
    ("Thương hiệu", "", "", 40),
)
_COSTS: Final = (  # name, channel, market, million đồng a month, acquisition
    ("Phí công cụ email", "email", "VN", 6, False),
    ("Tiếp thị liên kết", "affiliate", "VN", 18, True),
    ("KOL mùa cưới", "influencer", "", 25, True),
    ("Lương đội marketing", "", "VN", 80, False),
    ("Sự kiện", "", "", 15, True),
)


def invent_plans(world: World) -> None:
    """Fills budgets, costs, targets, initiatives and rates."""
    chance = Chance(world.seed, "plans")
    for first, last in _months(world):
        factor = 1 + (first.month % 4) * 0.07
        for name, channel, market, millions in _BUDGETS:
            amount = round(millions * factor * 1_000_000) + chance.randrange(1_000)
            world.budgets.append(PlanAmount(f"{name} {first:%Y-%m}", first, last, channel, market, amount, "VND"))
        for name, channel, market, millions, is_acquisition in _COSTS:
            amount = round(millions * factor * 1_000_000) + chance.randrange(1_000)
            cost = PlanAmount(f"{name} {first:%Y-%m}", first, last, channel, market, amount, "VND", is_acquisition)
            world.costs.append(cost)
        world.budgets.append(
            PlanAmount(
                f"New York store ads {first:%Y-%m}",
                first,
                last,
                "paid_search",
                "US",
                200_000 + chance.randrange(999),
                "USD",
            )
        )
        world.targets += month_targets(world, chance, first)
    launch = world.days[len(world.days) // 2]
    world.costs.append(
        PlanAmount(
            "Store window, Canal Street", launch, launch + dt.timedelta(days=9), "display", "US", 123_457, "USD", True
        )
    )
    world.targets += longer_targets(world)
    _initiatives(world, chance)
    _costs_of_initiatives(world)
    _rates(world)


def _months(world: World) -> list[tuple[dt.date, dt.date]]:
    """The months that touch the days of the world, and the next one, already planned."""
    months = []
    first = world.first.replace(day=1)
    while first <= world.as_of + dt.timedelta(days=31):
        following = (first + dt.timedelta(days=32)).replace(day=1)
        months.append((first, following - dt.timedelta(days=1)))
        first = following
    return months


def _costs_of_initiatives(world: World) -> None:
    """Some initiatives cost what the plan books under their id, a tenth less than their budget."""
    for initiative in world.initiatives[3::3]:
        first = max(initiative.planned_start, world.first)
        world.costs.append(
            PlanAmount(f"Chi phí {initiative.name}", first, initiative.planned_end, "", "",
                       initiative.budget // 10 * 9, "VND", initiative=initiative.id)
        )  # fmt: skip


def _initiatives(world: World, chance: Chance) -> None:
    rows = (
        ("Tối ưu trang giỏ hàng", "act", "cart_abandonment_rate", "Linh"),
        ("Chương trình khách quen", "engage", "customer_retention_rate", "Hải"),
        ("Khảo sát NPS sau giao hàng", "advocacy", "nps_response_rate", "Mai"),
        ("SEO danh mục giày chạy", "reach", "organic_search_clicks", "Nam"),
        ("Cửa hàng New York: thành viên", "convert", "identified_order_share", "Alex"),
        ("Giảm bom hàng", "engage", "undelivered_rate", "Hải"),
        ("Quảng cáo video Tết", "reach", "ad_impressions", "Nam"),
        ("Thẻ quà tặng", "convert", "average_order_value", "Linh"),
    )
    for number, (name, stage, kpi, owner) in enumerate(rows):
        end = world.days[min(len(world.days) - 1, (number * len(world.days)) // 7)] + dt.timedelta(days=number)
        start = end - dt.timedelta(days=30)
        late = number % 3 == 1
        finished = end + dt.timedelta(days=6 if late else -2)
        is_over = finished <= world.last
        world.initiatives.append(
            Initiative(
                f"INI-{number + 1:02d}", name, stage, kpi, owner, start, end, finished if is_over else None,
                f"0.0{number + 1}", chance.randrange(5, 60) * 1_000_000,
            )
        )  # fmt: skip


def _rates(world: World) -> None:
    """Bank days only: none at week-ends nor in the Tết week; one rate was mistyped and corrected later."""
    chance = Chance(world.seed, "rates")
    rate = 2_541_250
    first = world.history_start - dt.timedelta(days=9)
    holidays = {new_year + dt.timedelta(days=n) for new_year in TET.values() for n in range(-1, 5)}
    early = world.moment(world.days[0], 8)
    corrected = 30
    for offset in range((world.last - first).days + 1):
        day = first + dt.timedelta(days=offset)
        rate += chance.randrange(-1500, 1600)
        if day.weekday() >= 5 or day in holidays:
            continue
        exported_at = early if world.moment(day, 8) <= early else world.night
        if len(world.rates) == corrected:
            world.rates.append(Rate(day, "USD", rate + 90_000, early))
            exported_at = world.night
        world.rates.append(Rate(day, "USD", rate, exported_at))
