"""What the sales cost: margins of the lines whose article has a known cost, and the own part of whole markets."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from raceway.sample.truth.identities import Identity
from raceway.sample.truth.orders import Exchange, Order, half_up, six_decimals, till_refunds
from raceway.sample.truth.tally import Tally
from raceway.sample.world.world import World

Periods = Callable[[dt.date, tuple[str, ...]], Iterable[tuple[str, dt.date, dt.date]]]
Market = Callable[[Identity | None, str], str]
# source and account, day, market, amount: a refund whose sale is in no file
LooseRefund = tuple[tuple[str, str], dt.date, str, int]


@dataclass(frozen=True)
class Movement:
    """What a sale or refund moves of one line; money in đồng, `cost` None where nobody knows it."""

    order: Order
    day: dt.date
    category: str
    net: int
    cost: Decimal | None


def tally_margins(
    world: World,
    tally: Tally,
    exchange: Exchange,
    orders: list[Order],
    loose: list[LooseRefund],
    market: Market,
    lifetimes: Callable[[], Iterable[tuple[str, dt.date, dt.date]]],
) -> list[Movement]:
    """Adds the measures and gives what they are made of.

    `orders` are those that count, `lifetimes` gives the periods of states.
    """
    movements = [movement for order in orders for movement in _movements(world, exchange, order)]
    _contributions(tally, orders, movements)
    earned: list[tuple[dt.date, str, Decimal]] = []
    for move in movements:
        if move.cost is None:
            continue
        place = (move.order.channel, move.order.market)
        profit = move.net - move.cost
        tally.add("net_sales_costed", move.day, move.net, *place)
        tally.add("cost_of_goods", move.day, move.cost, *place)
        tally.add("gross_profit", move.day, profit, *place)
        if move.order.channel not in ("direct", "store"):
            tally.add("attributed_gross_profit", move.day, profit, *place)
        if move.order.person is not None:
            earned.append((move.day, market(move.order.person, ""), profit))
    for period, start, end in lifetimes():
        to_date: dict[str, Decimal] = defaultdict(Decimal)
        for day, of, profit in earned:
            if day <= end:
                to_date[of] += profit
        for of, profit in to_date.items():
            tally.state("lifetime_gross_profit", period, start, profit, of)
    _markets(world, tally, exchange, movements, loose)
    return movements


def _contributions(tally: Tally, orders: list[Order], movements: list[Movement]) -> None:
    """What orders earned of which every cost is known: of each line, the fees, the shipping."""
    unknown = {move.order.id for move in movements if move.cost is None}
    told = {order.id for order in orders if order.fees is not None and order.lines} - unknown
    for order in orders:
        if order.id in told:
            tally.add("order_fees", order.day, order.fees or 0, order.channel, order.market)
    for move in movements:
        if move.order.id in told:
            place = (move.order.channel, move.order.market)
            tally.add("net_sales_with_fees", move.day, move.net, *place)
            tally.add("gross_profit_with_fees", move.day, move.net - (move.cost or 0), *place)


def _movements(world: World, exchange: Exchange, order: Order) -> list[Movement]:
    """The sale and the refunds of an order, by line: discount and refunds are spread by what the lines brought."""
    lines = sorted(order.lines, key=lambda line: (-line.gross, line.sku, line.quantity))
    running = [0]
    for line in lines:
        running.append(running[-1] + line.gross)
    gross, sales = running[-1], running[-1] - order.discount
    so_far = [at - (half_up(Fraction(order.discount * at, gross)) if gross else 0) for at in running]
    found = []
    for number, line in enumerate(lines):
        cost = _cost(world, exchange, line.sku, line.quantity, order.day)
        category = _category(world, line.sku)
        found.append(Movement(order, order.day, category, so_far[number + 1] - so_far[number], cost))
        for day, amount in order.refunds:
            if sales:
                before, after = (half_up(Fraction(amount * so_far[at], sales)) for at in (number, number + 1))
                back = None if cost is None else -six_decimals(Fraction(cost) * amount / sales)
                found.append(Movement(order, day, category, before - after, back))
    return found


def _category(world: World, sku: str) -> str:
    return next((article.category for article in world.lists.articles if article.sku == sku), "")


def _cost(world: World, exchange: Exchange, sku: str, quantity: int, day: dt.date) -> Decimal | None:
    """Pieces times the cost that was valid; a foreign one at the rate of its first day."""
    valid = [article for article in world.lists.articles if article.sku == sku and article.valid_from <= day]
    if not valid:
        return None
    article = max(valid, key=lambda one: one.valid_from)
    if article.cost is None:
        return None
    return exchange.cost(article.cost * quantity, article.currency, min(article.valid_from, world.as_of))


def _by_day(month: dt.date, revenue: int) -> Iterator[tuple[dt.date, Decimal]]:
    """A month's revenue evenly over its days, rounded down to hundredths; the remainder on the last day."""
    last = calendar.monthrange(month.year, month.month)[1]
    share = revenue * 100 // last
    for number in range(1, last + 1):
        yield month.replace(day=number), Decimal(share if number < last else revenue * 100 - share * (last - 1)) / 100


def _markets(
    world: World, tally: Tally, exchange: Exchange, movements: list[Movement], loose: list[LooseRefund]
) -> None:
    """The markets' own size, spread over the days of its month, and what the company sold in them with their VAT."""
    sold: dict[tuple[str, str, dt.date, str, str], int] = defaultdict(int)
    for move in movements:
        source, account, _ = move.order.id.split(":", 2)
        sold[source, account, move.day, move.order.market, move.category] += move.net
    for (source, account), day, market, amount in loose:
        sold[source, account, day, market, ""] -= amount
    for size in world.lists.market_sizes:
        revenue = exchange.dong(size.amount, size.currency, min(size.month, world.as_of))
        for day, share in _by_day(size.month, revenue):
            tally.add("market_revenue", day, share, None, size.market)
        own: dict[tuple[str, str, dt.date], int] = defaultdict(int)
        for (source, account, day, market, category), amount in sold.items():
            if day.replace(day=1) == size.month and market == size.market and size.category in ("", category):
                own[source, account, day] += amount
        for (source, account, day), amount in own.items():
            rate = Fraction(world.accounts[source, account].vat_rate) if size.includes_vat else Fraction(0)
            tally.add("net_sales_in_market", day, half_up(amount * (1 + rate)), None, size.market)


def till_refunds_alone(world: World, exchange: Exchange) -> list[LooseRefund]:
    """Refunds of the till whose sale is in no file: account, day, market, amount."""
    store = world.accounts["square", "us-store"]
    return [
        ((store.source, store.account), day, store.market, amount)
        for sale in world.sales
        if not sale.lines
        for day, amount in till_refunds(exchange, sale)
    ]
