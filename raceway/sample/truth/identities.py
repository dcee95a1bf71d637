"""Who is who: the links between identities that the traces reveal, and nothing that only the world knows."""

from __future__ import annotations

from raceway.sample.world.company import COUNTER_PHONE, STAFF_EMAIL
from raceway.sample.world.things import Event
from raceway.sample.world.world import World

Identity = tuple[str, str]  # type, value


class Links:
    """Identities joined by revealed links (union-find). Any identity of a person finds the same root."""

    def __init__(self) -> None:
        self._parent: dict[Identity, Identity] = {}

    def person(self, identity: Identity) -> Identity:
        """The root that stands for the person."""
        root = identity
        while (parent := self._parent.get(root, root)) != root:
            root = parent
        while (parent := self._parent.get(identity, identity)) != root:
            self._parent[identity], identity = root, parent
        return root

    def join(self, one: Identity, other: Identity) -> None:
        """Reveals that two identities are one person's; the shop's own number is nobody's."""
        if ("phone", COUNTER_PHONE) in (one, other):
            return
        first, second = self.person(one), self.person(other)
        if first != second:
            self._parent[max(first, second)] = min(first, second)


def order_identity(email: str | None, phone: str | None) -> Identity | None:
    """The identity by which an order names its buyer; None for a guest, known by the shop's own number at most."""
    if email is not None:
        return ("email", email.lower())
    return ("phone", phone) if phone is not None and phone != COUNTER_PHONE else None


def revealed_links(world: World) -> Links:
    """All links that the files of the world reveal: of orders, logins, purchases on the site, till members."""
    links = Links()
    buyers: dict[str, Identity] = {}
    for order in world.orders:
        identity = order_identity(order.email, order.phone)
        if identity is None or order.is_test:
            continue
        if order.email is not None and order.phone is not None:
            links.join(identity, ("phone", order.phone))
        buyers[order.name] = buyers[order.id] = identity
    _link_site(links, "ga4_client", world.events, buyers)
    _link_site(links, "segment_device", world.outlet.events, buyers)
    _link_lists(world, links)
    _link_identified(world, links)
    for sale in world.sales:
        if sale.customer is not None and sale.reference is not None:
            links.join(("square_customer", sale.customer), ("login", sale.reference))
    _join_contacts(world, links)
    return links


def _link_site(links: Links, id_type: str, events: list[Event], buyers: dict[str, Identity]) -> None:
    """What a site's events tell with consent: the login on a device, and whose order was placed on it."""
    for event in events:
        client = (id_type, event.device.client)
        if event.has_consent and event.user_id is not None:
            links.join(client, ("login", event.user_id))
        if event.has_consent and event.transaction is not None and event.transaction in buyers:
            links.join(client, buyers[event.transaction])


def _link_identified(world: World, links: Links) -> None:
    """What visitors of the outlet say of themselves with consent."""
    for who in world.outlet.identifies:
        if not who.has_consent:
            continue
        client = ("segment_device", who.device.client)
        links.join(client, ("login", who.login))
        if who.email is not None:
            links.join(client, ("email", who.email.lower()))
        if who.phone is not None:
            links.join(client, ("phone", who.phone))


def _join_contacts(world: World, links: Links) -> None:
    """The contacts of the CRMs that an export shows, with those merged into them; not the staff's and deleted ones."""
    shown = {
        contact.id: contact
        for contact in world.mailcrm.crm_contacts
        if any(contact.is_in(at) for at in world.mailcrm.crm_exports) and contact.email != STAFF_EMAIL
    }
    for contact in shown.values():
        _join_contact(links, contact.email, contact.phone)
        into, merged_at = shown.get(contact.merged_into or ""), contact.merged_at
        if into is None or merged_at is None:
            continue
        one, other = order_identity(contact.email, contact.phone), order_identity(into.email, into.phone)
        if any(merged_at <= at and into.is_in(at) for at in world.mailcrm.crm_exports) and one and other:
            links.join(one, other)
    for lead in world.mailcrm.business_leads:
        if not lead.is_deleted:
            _join_contact(links, lead.email, lead.phone)


def _join_contact(links: Links, email: str | None, phone: str | None) -> None:
    """A contact of a CRM is one person's: its address and its number."""
    if email is not None and phone is not None:
        links.join(("email", email.lower()), ("phone", phone))


def _link_lists(world: World, links: Links) -> None:
    """What the company's own lists tell: address and phone of members, login and address of accounts."""
    for subscription in world.lists.subscriptions:
        if subscription.email and subscription.phone:
            links.join(("email", subscription.email.lower()), ("phone", subscription.phone))
    for member in world.loyalty.members:
        if member.email and member.phone:
            links.join(("email", member.email.lower()), ("phone", member.phone))
    named = [(row.login, row.email) for row in world.lists.logins] + [
        (row.login, row.email) for row in world.lists.uses
    ]
    for login, email in named:
        if login and email:
            links.join(("login", login), ("email", email.lower()))
