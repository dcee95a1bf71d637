"""The truth about orders of persons who had ordered before: whether they bought better articles, or new kinds."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from raceway.sample.truth.identities import Identity
from raceway.sample.truth.orders import Order, SoldLine, half_up
from raceway.sample.truth.tally import Tally
from raceway.sample.world.world import World


@dataclass
class _Known:
    """What a person has bought so far: articles, the dearest piece of each product line, categories."""

    articles: set[str] = field(default_factory=set)
    dearest: dict[str, int] = field(default_factory=dict)
    categories: set[str] = field(default_factory=set)


def tally_repeat_orders(world: World, tally: Tally, orders: list[Order]) -> None:
    """Adds the measures. `orders` are those that count, in order of time."""
    listed = {article.sku: (article.line, article.category) for article in world.lists.articles}
    known: dict[Identity, _Known] = {}
    for order in orders:
        if order.person is None:
            continue
        before = known.setdefault(order.person, _Known())
        if order.number > 1:
            place = (order.channel, order.market)
            tally.add("existing_customer_orders", order.day, 1, *place)
            tally.add("upsell_orders", order.day, _is_upsell(order, before, listed), *place)
            tally.add("cross_sell_orders", order.day, _is_cross_sell(order, before, listed), *place)
        for line in order.lines:
            before.articles.add(line.sku)
            if line.sku in listed:
                of_line, category = listed[line.sku]
                before.dearest[of_line] = max(_price(line), before.dearest.get(of_line, 0))
                before.categories.add(category)


def _price(line: SoldLine) -> int:
    return half_up(Fraction(line.gross, line.quantity))


def _is_upsell(order: Order, before: _Known, listed: dict[str, tuple[str, str]]) -> bool:
    """An article that is new to the person and dearer than all of its line so far."""
    for line in order.lines:
        if line.sku in listed and line.sku not in before.articles:
            of_line, _ = listed[line.sku]
            if of_line in before.dearest and _price(line) > before.dearest[of_line]:
                return True
    return False


def _is_cross_sell(order: Order, before: _Known, listed: dict[str, tuple[str, str]]) -> bool:
    """A category that is new to the person, where anything is known of what was bought before."""
    kinds = {listed[line.sku][1] for line in order.lines if line.sku in listed}
    return bool(before.categories) and not kinds <= before.categories
