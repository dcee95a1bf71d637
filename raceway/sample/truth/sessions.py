"""The sessions of the invented visits, cut and told apart by the words of the house."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

from raceway.sample.truth.identities import Identity, Links
from raceway.sample.world.things import MINUTE, Device, Event, micros
from raceway.sample.world.world import World

_SILENCE: Final = 30 * MINUTE
_BOUNCE_MS: Final = 10_000


@dataclass(slots=True)
class Session:
    """Events of one device that belong together."""

    device: Device
    person: Identity
    start: int
    day: dt.date
    market: str
    channel: str = "direct"
    ad_source: str | None = None
    campaign: tuple[str, str, str, str] = ("", "", "", "")
    utm_campaign: str = ""  # in lower case, of the visit that gave the channel
    events: list[Event] = field(default_factory=list)
    has_order: bool = False
    named_at: int | None = None  # when a purchase of it last named a placed order
    tells_engagement: bool = True  # whether the site's events say how long a visitor looked

    @property
    def engaged_ms(self) -> int:
        """Engagement time."""
        return sum(event.engagement_ms for event in self.events)

    def times(self, names: tuple[str, ...]) -> list[int]:
        """When events of these names happened."""
        return [event.at for event in self.events if event.name in names]


def cut_sessions(world: World, links: Links) -> list[Session]:
    """All sessions in the order of their start. A new one begins after more than 30 minutes of silence, with
    another campaign, or with another business day."""
    sessions = _sessions_of(world, links, world.events, "ga4_client", world.accounts["ga4", "vn-shop"].market)
    outlet = world.accounts["segment", "vn-outlet"]
    of_outlet = _sessions_of(world, links, world.outlet.events, "segment_device", outlet.market)
    for session in of_outlet:
        session.tells_engagement = False
    sessions += of_outlet
    return sorted(sessions, key=lambda session: (session.start, session.device.client))


def _sessions_of(
    world: World, links: Links, all_events: list[Event], id_type: str, market: str
) -> list[Session]:  # fmt: skip
    """The sessions of one site's events, which are in the order of time. `market` is that of its account."""
    opening = micros(world.moment(world.first, 0))
    mapped = _mapped_campaigns(world)
    by_device: dict[str, list[Event]] = {}
    for event in all_events:
        by_device.setdefault(event.device.client, []).append(event)
    sessions = []
    for client, events in by_device.items():
        known = links.person((id_type, client))
        nobody = (id_type, f"{client}, without consent")  # joins no person
        current: Session | None = None
        last_at = 0
        for event in events:
            day = world.first + dt.timedelta(days=(event.at - opening) // 86_400_000_000)
            campaign = event.traffic.campaign_key if event.traffic is not None else ("", "", "", "")
            is_new = (
                current is None
                or event.at - last_at > _SILENCE
                or day != current.day
                or (any(campaign) and campaign != current.campaign)
            )
            if is_new or current is None:
                person = known if event.has_consent else nobody
                current = Session(event.device, person, event.at, day, event.device.country or market)
                sessions.append(current)
                current.campaign = campaign
            if event.traffic is not None and current.channel == "direct":
                own = (event.traffic.channel, event.traffic.ad_source)
                current.utm_campaign = event.traffic.campaign.lower()
                current.channel, current.ad_source = mapped.get(current.utm_campaign, own)
            current.events.append(event)
            last_at = event.at
    return sessions


def _mapped_campaigns(world: World) -> dict[str, tuple[str, str | None]]:
    """Channel and ad source of the utm_campaigns that the company's map ties to a platform's campaign."""
    newest = {
        (report.source, report.account, row.campaign): row.channel
        for report in sorted(world.ad_reports, key=lambda report: report.exported_at)
        for row in sorted(report.rows, key=lambda row: row.day)
    }
    return {
        mapped.utm_campaign.lower(): (newest[mapped.source, mapped.account, mapped.campaign], mapped.source)
        for mapped in world.lists.campaigns
    }


def is_bounced(session: Session, page_view: tuple[str, ...], key: tuple[str, ...]) -> bool:
    """Under ten engaged seconds, at most one page view and no key event."""
    return session.engaged_ms < _BOUNCE_MS and len(session.times(page_view)) <= 1 and not session.times(key)


def first_touches(sessions: list[Session]) -> dict[Identity, int]:
    """Each person's first touch ever: as the site tells it, else the first session."""
    first: dict[Identity, int] = {}
    for session in sessions:
        told = session.device.first_touch
        at = min(session.start, told) if told is not None else session.start
        first[session.person] = min(first.get(session.person, at), at)
    return first
