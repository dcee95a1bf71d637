"""Where visits come from: every channel that a session can have, as the site's events tell it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from raceway.sample.world.chance import Chance
from raceway.sample.world.things import Traffic

_WEIGHTS: Final = {
    "direct": 23.0, "organic_search": 20, "paid_search": 15, "paid_social": 14, "organic_social": 6.5, "email": 5.5,
    "referral": 4.5, "affiliate": 2.2, "paid_video": 1.8, "display": 1.8, "cross_network": 1.6, "sms_chat": 1.6,
    "marketplace": 1, "influencer": 1, "referral_program": 0.7, "other": 0.6,
}  # fmt: skip
# What buyers come by: paid search and e-mail sell, display does not.
_BUYERS: Final = _WEIGHTS | {"paid_search": 22, "email": 9, "display": 0.8, "referral": 3, "direct": 26}

_MONTHS: Final = ("he", "thu", "dong", "xuan")


def arrive(chance: Chance, is_buyer: bool = False) -> Traffic | None:
    """The traffic of a visit; None for a direct one."""
    channel = chance.one_of(_BUYERS if is_buyer else _WEIGHTS)
    return None if channel == "direct" else _KINDS[channel](chance)


def other_campaign(chance: Chance, than: Traffic) -> Traffic:
    """A newsletter or affiliate link that is another campaign than `than`: it begins a new session."""
    campaign = f"{chance.choice(_MONTHS)}-{chance.randrange(10, 99)}"
    kind = ("accesstrade", "affiliate", "affiliate") if than.channel == "email" else ("newsletter", "email", "email")
    return Traffic(kind[2], None, kind[0], kind[1], f"chuyen-{campaign}")


def _tagged(
    chance: Chance, channel: str, source: str, medium: str, ad_source: str | None = None, click: str = ""
) -> Traffic:
    """A link with UTM parameters: in the address, in the event's own fields, or in both."""
    told_by = chance.choices(("address", "both", "fields"), (70, 22, 8))[0]
    campaign = (
        f"{channel.replace('_', '-')}-{chance.choice(_MONTHS)}" if channel != "cross_network" else "cross-network"
    )
    if click:
        told_by = "address"  # click ids come in addresses
    return Traffic(channel, ad_source, source, medium, campaign, click, told_by=told_by)  # type: ignore[arg-type]  # one of the three


def _clicked(chance: Chance, channel: str, ad_source: str, name: str) -> Traffic:
    """An ad link that carries its platform's click id and nothing else."""
    return Traffic(channel, ad_source, click_id=f"{name}={chance.token(28)}")


def _referred(channel: str, *pages: str) -> Callable[[Chance], Traffic]:
    return lambda chance: Traffic(channel, None, referrer=chance.choice(pages))


def _paid_search(chance: Chance) -> Traffic:
    if chance.hit(0.35):
        return _clicked(chance, "paid_search", "google_ads", "gclid")
    if chance.hit(0.12):
        return _tagged(chance, "paid_search", "bing", "cpc", "microsoft_ads")
    click = f"gclid={chance.token(28)}" if chance.hit(0.7) else ""
    return _tagged(chance, "paid_search", "google", chance.choice(("cpc", "cpc", "ppc")), "google_ads", click)


def _paid_social(chance: Chance) -> Traffic:
    if chance.hit(0.3):
        return _clicked(chance, "paid_social", "meta_ads", "fbclid")
    if chance.hit(0.15):
        return _clicked(chance, "paid_social", "tiktok_ads", "ttclid")
    source = chance.choice(("facebook", "facebook", "instagram"))
    click = f"fbclid={chance.token(28)}" if chance.hit(0.5) else ""
    return _tagged(chance, "paid_social", source, chance.choice(("paid_social", "cpc", "paid")), "meta_ads", click)


def _organic_search(chance: Chance) -> Traffic:
    if chance.hit(0.1):
        return _tagged(chance, "organic_search", "google", "organic")
    page = chance.choices(
        ("https://www.google.com/", "https://www.google.com.vn/", "https://coccoc.com/search", "https://www.bing.com/"),
        (60, 25, 10, 5),
    )[0]
    return Traffic("organic_search", None, referrer=page)


def _organic_social(chance: Chance) -> Traffic:
    if chance.hit(0.25):
        return _tagged(chance, "organic_social", "facebook", "social")
    return Traffic(
        "organic_social", None, referrer=chance.choice(("https://l.facebook.com/", "https://www.instagram.com/"))
    )


_KINDS: Final[dict[str, Callable[[Chance], Traffic]]] = {
    "paid_search": _paid_search,
    "paid_social": _paid_social,
    "organic_search": _organic_search,
    "organic_social": _organic_social,
    "email": lambda chance: _tagged(chance, "email", "newsletter", "email"),
    "affiliate": lambda chance: _tagged(chance, "affiliate", "accesstrade", "affiliate"),
    "paid_video": lambda chance: _tagged(chance, "paid_video", "youtube", "cpc"),
    "display": lambda chance: _tagged(chance, "display", "adnetwork", chance.choice(("display", "banner", "cpm"))),
    "cross_network": lambda chance: _tagged(chance, "cross_network", "google", "cross-network"),
    "sms_chat": lambda chance: _tagged(chance, "sms_chat", "zalo", "zns"),
    "influencer": lambda chance: _tagged(chance, "influencer", "linh.review", chance.choice(("kol", "influencer"))),
    "referral_program": lambda chance: _tagged(chance, "referral_program", "friend", "refer-a-friend"),
    "other": lambda chance: _tagged(chance, "other", "qr", "offline"),
    "marketplace": _referred("marketplace", "https://shopee.vn/shop/giaysonghong", "https://tiki.vn/cua-hang"),
    "referral": _referred("referral", "https://blog.chaybo.example/danh-gia", "https://bao.example/doi-song"),
}
