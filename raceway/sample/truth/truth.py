"""The truth about a sample: measures and KPIs of the invented persons, by the words of `measures.csv`.

Nothing here reads an exported file or a line of the pipeline's SQL, so that the two can prove each other
wrong. `write_truth` writes them, `comparison` holds a mart against them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from raceway.sample.truth.ads import bearing_rows, claims_purchases, count_ads, count_organic_search
from raceway.sample.truth.attribution import Attribution
from raceway.sample.truth.circle import tally_circle
from raceway.sample.truth.clv import tally_clv
from raceway.sample.truth.comeback import tally_comebacks
from raceway.sample.truth.conversion import converting_visitors
from raceway.sample.truth.crm import count_crm
from raceway.sample.truth.experiments import tally_experiments
from raceway.sample.truth.firstyear import FirstYears, days_with_costs
from raceway.sample.truth.identities import Identity, Links, order_identity, revealed_links
from raceway.sample.truth.kpis import PLANNED
from raceway.sample.truth.listening import count_mentions, incomparable_days
from raceway.sample.truth.lists import tally_lists
from raceway.sample.truth.loyalcampaigns import tally_customer_campaigns
from raceway.sample.truth.loyalty import tally_loyalty
from raceway.sample.truth.mailcrm import count_mail
from raceway.sample.truth.margin import tally_margins, till_refunds_alone
from raceway.sample.truth.nps import count_survey
from raceway.sample.truth.orders import Exchange, Order, find_channels, placed_orders, till_refunds
from raceway.sample.truth.plan import count_plan
from raceway.sample.truth.recurring import tally_recurring
from raceway.sample.truth.referral import tally_referrals
from raceway.sample.truth.repeat import tally_repeat_orders
from raceway.sample.truth.search import count_search
from raceway.sample.truth.service import count_service, first_sign_ups, hear_good_reviews
from raceway.sample.truth.sessions import Session, cut_sessions, first_touches, is_bounced
from raceway.sample.truth.sites import count_queries, count_site_steps
from raceway.sample.truth.social import count_social
from raceway.sample.truth.tally import Key, Number, Tally, percentiles
from raceway.sample.truth.trade import count_loose_returns, loose_returns, reveal_buyers, trade_orders
from raceway.sample.truth.worth import tally_lead_values
from raceway.sample.truth.young import UNREADY, YoungHistory
from raceway.sample.world.periods import LONG_PERIODS, Calendar
from raceway.sample.world.things import DAY, micros
from raceway.sample.world.world import World

_COHORT_DAYS: Final = 60  # an order's time to be cancelled, refused or given back
_READY_DAYS: Final = 180  # after history_start nobody is new by accident
_PERCENTILES: Final = frozenset(percentiles())
_FITTED: Final = ("predicted_clv_total", "expected_buyers_90d", "customers_fitted")


def measures(world: World) -> dict[Key, Number]:
    """Every measure of the world that is not zero, at every grain that it declares."""
    return Truth(world).measures()


@dataclass(frozen=True)
class _Customer:
    """A person who bought: the days of counted orders in the order of time, and where the first one went."""

    days: list[dt.date]
    market: str


class Truth:
    """Works the measures out, one part of the world after the other."""

    def __init__(self, world: World) -> None:
        self.world = world
        settings = world.settings
        self.settings = settings
        self.calendar = Calendar(settings.business.fiscal_year_start_month, settings.business.cycle_start)
        self.tally = Tally(self.calendar, world.as_of)
        self.links: Links = revealed_links(world)
        reveal_buyers(world, self.links)
        self.exchange = Exchange(world.rates, settings.rates.max_age_days)
        self.sessions = cut_sessions(world, self.links)
        self.orders = placed_orders(world, self.links, self.exchange, trade_orders(world, self.links))
        find_channels(self.orders, self.sessions, settings.attribution.lookback_days)
        self.counted = [order for order in self.orders if order.is_counted]
        self.attribution = Attribution(self.counted, self.sessions, settings.attribution.lookback_days)
        self.ad_rows = list(bearing_rows(world))
        self.ready_from = world.history_start + dt.timedelta(days=_READY_DAYS)
        self.young = YoungHistory(self.calendar, self.ready_from, self.counted)
        self.customers: dict[Identity, _Customer] = {}
        for order in self.counted:
            if order.person is not None:
                self.customers.setdefault(order.person, _Customer([], order.market)).days.append(order.day)
        self.session_markets: dict[Identity, str] = {}
        for session in self.sessions:
            self.session_markets.setdefault(session.person, session.market)
        self.sign_ups = first_sign_ups(world, self.sessions, self.links.person)
        self.praises: dict[Identity, list[dt.date]] = {}  # when who spoke well of the company
        self.unpriced: set[dt.date] = set()  # days whose leads have no known value
        self.fitted: set[tuple[str, dt.date]] = set()  # periods that have a fit
        self.unvalued: set[dt.date] = set()  # days on which somebody came of whom no fit knows
        self.paid_back: dict[Key, Number] = {}
        self.incomparable = incomparable_days(world)
        self.unknown: set[Key] = set()  # what happened and nobody can know

    def measures(self) -> dict[Key, Number]:
        """All of them."""
        count_plan(self.world, self.tally, self.exchange)
        count_ads(self.world, self.tally, self.exchange, self.ad_rows)
        count_organic_search(self.world, self.tally)
        self._visits()
        count_site_steps(self.tally, self.sessions, self.settings.events)
        count_queries(self.world, self.tally)
        self._orders()
        count_loose_returns(self.world, self.tally)
        tally_repeat_orders(self.world, self.tally, self.counted)
        tally_comebacks(self.tally, self.counted, self.settings.customers.churn_window_days, self._long_periods)
        count_mail(self.world, self.tally)
        leads = count_crm(self.world, self.tally, self.links, self.sessions, self.counted, self._market_of)
        self.unpriced = tally_lead_values(self.tally, leads, self.counted, self.ready_from)
        count_survey(self.world, self.tally, self._market, self._praise)
        for who, day in tally_referrals(self.world, self.tally, self.counted, self.links.person, self._market_of):
            self.praises.setdefault(who, []).append(day)
        hear_good_reviews(self.world, self._praise)
        self._customers()
        count_service(self.world, self.tally, self._market, self._beginnings)
        movements = tally_margins(
            self.world, self.tally, self.exchange, self.counted,
            till_refunds_alone(self.world, self.exchange) + loose_returns(self.world), self._market_of,
            self._long_periods,
        )  # fmt: skip
        tally_customer_campaigns(
            self.world, self.tally, self.exchange, self.ad_rows, self.counted, movements, self.attribution
        )
        markets = {person: customer.market for person, customer in self.customers.items()}
        self.fitted, forecast = tally_clv(
            self.tally, self.counted, markets.__getitem__, self.world.last, self._long_periods()
        )
        first_years = FirstYears(self.counted, movements, forecast)
        self.unvalued = first_years.tally(self.tally, self.world.as_of)
        tally_lists(self.world, self.tally, self.sessions, self.links.person, self._market_of)
        tally_recurring(self.world, self.tally, self.exchange, self.links.person, self._market_of, self._long_periods())
        tally_loyalty(self.world, self.tally, self.links.person, self._market_of, self._periods, self.counted)
        tally_circle(self.world, self.tally, self._market, self._periods)
        count_search(self.world, self.tally)
        count_social(self.world, self.tally, self.sessions)
        count_mentions(self.world, self.tally)
        tally_experiments(self.world, self.tally, self.links.person)
        values = self.tally.close(dict.fromkeys(PLANNED, self.world.as_of), self.world.last)
        values |= converting_visitors(self.tally, self.sessions, self.counted)
        costs = days_with_costs(self.world)
        self.paid_back = first_years.paybacks(values, self._long_periods(), costs, self.world.as_of)
        values |= self.paid_back
        self.unknown = {key for key in values if self.is_unknown(key)}
        return {key: value for key, value in values.items() if key not in self.unknown}

    # Reach

    def _visits(self) -> None:
        """Sessions, what happened in them, and who was there."""
        events = self.settings.events
        touched = first_touches(self.sessions)
        self._mark_orders()
        interacting = events.product_view + events.cart_add + events.signup + events.newsletter
        interacting += events.content + events.interaction
        online = self._online_orders()
        for session in self.sessions:
            place = (session.channel, session.market)
            views, adds = session.times(events.product_view), session.times(events.cart_add)
            counts: dict[str, Number] = {
                "sessions": 1,
                "bounced_sessions": session.tells_engagement and is_bounced(session, events.page_view, events.key),
                "sessions_with_engagement": session.tells_engagement,
                "referral_sessions": session.channel == "referral",
                "engaged_seconds": Decimal(session.engaged_ms) / 1000,
                "sessions_with_page_views": session.tells_engagement or bool(session.times(events.page_view)),
                "page_views": len(session.times(events.page_view)),
                "page_views_with_engagement": len(session.times(events.page_view)) * session.tells_engagement,
                "product_views": len(views),
                "product_view_sessions": bool(views),
                "cart_sessions": bool(views) and any(at >= views[0] for at in adds),
                "carts_created": bool(adds),
                "carts_ordered": bool(adds) and self._is_ordered(adds[0], session, online.get(session.person, [])),
                "newsletter_signups": len(session.times(events.newsletter)),
                "content_interactions": len(session.times(events.content)),
                "converting_sessions": session.has_order,
            }
            for name, value in counts.items():
                self.tally.add(name, session.day, value, *place)
            self.tally.see("visitors", session.day, session.person, *place)
            if session.times(interacting):
                self.tally.see("interacting_visitors", session.day, session.person, *place)
        opening = micros(self.world.moment(self.world.first, 0))
        touch_days = {
            person: self.world.first + dt.timedelta(days=(at - opening) // DAY) for person, at in touched.items()
        }
        for (_, period, start, channel, market), seen in self.tally.persons("visitors"):
            end = self.calendar.end(period, start)
            new = sum(start <= touch_days[person] <= end for person in seen)  # type: ignore[index]  # the tally holds the sessions' persons
            self.tally.values["new_visitors", period, start, channel, market] += new

    def _mark_orders(self) -> None:
        """The first session whose purchase names a counted order is the one that converted."""
        names = {name: order.id for order in self.counted for name in order.names}
        placed = {name: order.id for order in self.orders for name in order.names}
        found = set()
        for session in self.sessions:
            named: dict[str, int] = {}
            for event in session.events:
                if event.transaction in placed:
                    named.setdefault(placed[event.transaction], event.at)
                    session.named_at = max(named.values())
                order_id = names.get(event.transaction) if event.transaction is not None else None
                if order_id is not None and order_id not in found:
                    found.add(order_id)
                    session.has_order = True

    def _online_orders(self) -> dict[Identity, list[int]]:
        moments: dict[Identity, list[int]] = {}
        for order in self.counted:
            if order.place == "online" and order.person is not None:
                moments.setdefault(order.person, []).append(order.at)
        return moments

    def _is_ordered(self, added_at: int, session: Session, ordered_at: list[int]) -> bool:
        window = self.settings.customers.cart_window_days * DAY
        return session.named_at is not None or any(added_at <= at <= added_at + window for at in ordered_at)

    # Convert

    def _orders(self) -> None:
        late = dt.timedelta(days=_COHORT_DAYS)
        reported = {(source, row.day) for source, _, row in self.ad_rows}
        claimed = {
            (source, row.day)
            for source, account, row in self.ad_rows
            if row.purchases_x100 is not None and claims_purchases(self.world, source, account)
        }
        for order in self.orders:
            place = (order.channel, order.market)
            self.tally.add("orders_placed", order.day, 1, *place)
            if order.cancelled_on is not None and order.cancelled_on <= order.day + late:
                self.tally.add("orders_cancelled", order.day, 1, *place)
            if order.undelivered_on is not None and order.undelivered_on <= order.day + late:
                self.tally.add("orders_undelivered", order.day, 1, *place)
            if not order.is_counted:
                continue
            known = order.person is not None
            given_back = sum(amount for day, amount in order.refunds if day <= order.day + late)
            counts: dict[str, Number] = {
                "orders": 1,
                "identified_orders": known,
                "online_orders": order.place == "online",
                "offline_orders": order.place == "offline",
                "gross_sales": order.gross,
                "discounts": order.discount,
                "units_sold": sum(line.quantity for line in order.lines),
                "orders_with_units": bool(order.lines),
                "orders_with_refunds_told": 1,
                "refunded_sales_60d": given_back,
                "sales_with_refunds_told": order.gross - order.discount,
                "orders_returned": bool(order.refunds) and order.refunds[0][0] <= order.day + late,
            }
            for name, value in counts.items():
                self.tally.add(name, order.day, value, *place)
            self._credits(order, reported, claimed)
            self._sales(order.day, order.gross - order.discount, order.place == "online", place, known)
            for day, amount in order.refunds:
                self.tally.add("refunded_sales", day, amount, *place)
                self._sales(day, -amount, order.place == "online", place, known)
        market = self.world.accounts["square", "us-store"].market
        for sale in self.world.sales:
            if not sale.lines:  # only the refund of a sale before the till's history is known
                for day, amount in till_refunds(self.exchange, sale):
                    self.tally.add("refunded_sales", day, amount, "store", market)
                    self._sales(day, -amount, False, ("store", market))

    def _credits(self, order: Order, reported: set[tuple[str, dt.date]], claimed: set[tuple[str, dt.date]]) -> None:
        """What the touches of an order earned under the model of the settings."""
        for credit in self.attribution.credits(order, self.settings.attribution.model):
            place = (credit.channel, order.market)
            share = Decimal(credit.millionths).scaleb(-6)
            self.tally.add("attributed_orders", order.day, share, *place)
            self.tally.add("attributed_revenue", order.day, credit.revenue, *place)
            if (credit.ad_source, order.day) in reported:
                self.tally.add("paid_attributed_revenue", order.day, credit.revenue, *place)
            if (credit.ad_source, order.day) in claimed:
                self.tally.add("platform_attributed_orders", order.day, share, *place)

    def _sales(
        self, day: dt.date, amount: int, is_online: bool, place: tuple[str, str], is_known: bool = False
    ) -> None:
        self.tally.add("net_sales", day, amount, *place)
        if is_known:
            self.tally.add("net_sales_identified", day, amount, *place)
        if is_online:
            self.tally.add("online_net_sales", day, amount, *place)

    # Engage

    def _customers(self) -> None:
        for order in self.counted:
            if order.person is None:
                continue
            place = (order.channel, order.market)
            self.tally.see("customers_purchasing", order.day, order.person, *place)
            if order.number == 1:
                self.tally.add("new_customers", order.day, 1, *place)
            else:
                self.tally.see("returning_customers", order.day, order.person, *place)
        window = dt.timedelta(days=self.settings.customers.churn_window_days)
        one = dt.timedelta(days=1)
        for period, start, end in self._long_periods():
            for person, customer in self.customers.items():
                # in another zone the second order may have an earlier day than the first
                since, *again = customer.days[:2]
                self.tally.state("customers_to_date", period, start, since <= end, customer.market)
                twice = bool(again) and max(since, *again) <= end
                self.tally.state("customers_with_two_orders", period, start, twice, customer.market)
                if any(start - window <= day < start for day in customer.days):
                    stays = any(end - window + one <= day <= end for day in customer.days)
                    self.tally.state("active_customers_at_start", period, start, 1, customer.market)
                    self.tally.state("retained_customers", period, start, stays, customer.market)
                if any(end - window + one <= day <= end for day in customer.days):
                    speaks = any(start <= day <= end for day in self.praises.get(person, ()))
                    self.tally.state("active_customers_at_end", period, start, 1, customer.market)
                    self.tally.state("advocates", period, start, speaks, customer.market)

    def _long_periods(self) -> Iterator[tuple[str, dt.date, dt.date]]:
        """The periods from the month on since the history began."""
        return self._periods(self.world.history_start, LONG_PERIODS)

    def _periods(self, first: dt.date, periods: tuple[str, ...]) -> Iterator[tuple[str, dt.date, dt.date]]:
        """The periods that hold a day from `first` to the last one: kind, start, and the last day that is over."""
        for period in periods:
            start = self.calendar.start(period, first)
            while start <= self.world.last:
                end = self.calendar.end(period, start)
                yield period, start, min(end, self.world.last)
                start = end + dt.timedelta(days=1)

    def is_unknown(self, key: Key) -> bool:
        """Whether nobody can know a measure: a young history, leads without a value, no fit, brands told alone."""
        measure, period, start, _, _ = key
        if measure in _PERCENTILES and not self.tally.is_looked_at(key):
            return True
        if measure == "cac_payback_months" and key not in self.paid_back:
            return True
        if measure == "first_year_gross_profit":
            return self.young.holds(key) or self._holds(key, self.unvalued)
        if measure in UNREADY:
            return self.young.holds(key)
        if measure in _FITTED:
            return self.young.holds(key) or (period, start) not in self.fitted
        if measure == "new_visitors":
            return not self._knows_new_visitors(key)
        if measure in ("lead_value", "tracked_mentions"):
            untold = self.unpriced if measure == "lead_value" else self.incomparable
            if measure == "lead_value" and self.young.holds(key):
                return True
            return self._holds(key, untold)
        return False

    def _holds(self, key: Key, days: set[dt.date]) -> bool:
        """Whether one of the days lies in the period."""
        return any(self.calendar.start(key[1], day) == key[2] for day in days)

    def _knows_new_visitors(self, key: Key) -> bool:
        """The outlet's messages do not say when a visitor came first: its first 180 days are no time to ask."""
        _, period, start, _, market = key
        outlet = self.world.accounts["segment", "vn-outlet"]
        began = outlet.history_start
        if began is None or not self.world.outlet.events or market not in ("all", outlet.market):
            return True
        return self.calendar.end(period, start) < began or start >= began + dt.timedelta(days=_READY_DAYS)

    # Advocacy

    def _praise(self, email: str, day: dt.date) -> None:
        self.praises.setdefault(self.links.person(("email", email.lower())), []).append(day)

    def _market(self, email: str | None, otherwise: str) -> str:
        """The market of the person with an address."""
        return self._market_of(order_identity(email, None), otherwise)

    def _market_of(self, identity: Identity | None, otherwise: str) -> str:
        """The market of a person: of the first order, else of the first session, else the account's."""
        if identity is None:
            return otherwise
        person = self.links.person(identity)
        if person in self.customers:
            return self.customers[person].market
        return self.session_markets.get(person, otherwise)

    def _beginnings(self, email: str) -> list[dt.date]:
        """The days on which whoever has an address first ordered and first signed up."""
        person = self.links.person(("email", email.lower()))
        customer = self.customers.get(person)
        ordered = customer.days[:1] if customer is not None else []
        return ordered + ([self.sign_ups[person]] if person in self.sign_ups else [])
