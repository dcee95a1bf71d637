"""What people write about the brand and its competitors, and which tool found it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from raceway.sample.world.chance import Chance

if TYPE_CHECKING:
    from raceway.sample.world.world import World
from raceway.sample.world.listening import AMERICA, FORUM, QUERIES, VIETNAM, Listened, Mention

_OFTEN: Final = {"Giày Sông Hồng": 2.2, "giaysonghong": 0.7, "Giày Bến Thành": 1.9, "Hồng Hà Shoes": 1.3}
_FEELINGS: Final = {"positive": 34.0, "neutral": 45, "negative": 17, "": 4}


def invent_listening(world: World) -> None:
    """Fills `world.listening`: two tools that follow brand and competitors, and a forum's that knows the brand only."""
    chance = Chance(world.seed, "listening")
    home, abroad = _mentions(world, chance, VIETNAM, 1.0), _mentions(world, chance, AMERICA, 0.5)
    middle = world.moment(world.days[len(world.days) // 2], 6)
    early = tuple(mention for mention in home if mention.at < middle)
    forum = tuple(
        mention
        for mention in _mentions(world, chance, FORUM, 0.6)
        if not QUERIES[mention.query] and world.moment(world.days[7], 0) <= mention.at < world.moment(world.days[9], 0)
    )
    world.listening.exports += [
        Listened("brandwatch", VIETNAM, middle, early, is_first=True),
        Listened("brandwatch", VIETNAM, world.night, tuple(home)),
        Listened("meltwater", AMERICA, world.night, tuple(abroad)),
        Listened("brand24", FORUM, world.moment(world.days[9], 5), forum),
    ]


def _mentions(world: World, chance: Chance, account: str, often: float) -> list[Mention]:
    found = []
    for day in world.days:
        for query, mean in _OFTEN.items():
            for _ in range(chance.poisson(mean * often * 1.5)):
                at = world.moment(day, chance.randrange(24), chance.randrange(60))
                feeling = chance.one_of(_FEELINGS)
                judged = feeling if chance.hit(0.9) else "neutral"
                url = f"https://dien-dan.example/bai/{chance.token(9)}"
                reach = chance.count(900, 2) if chance.hit(0.6) else None
                mention = Mention(account, query, at, url, chance.choice(_WORDS), feeling, judged, reach)
                found.append(mention)
                if query == "Giày Sông Hồng" and chance.hit(0.2):  # the other query of the brand finds it, too
                    found.append(
                        Mention(account, "giaysonghong", at, url, mention.words, feeling, mention.first_feeling, reach)
                    )
    return sorted((mention for mention in found if mention.at < world.night), key=lambda m: (m.at, m.url, m.query))


_WORDS: Final = ("Đi êm chân,\nđáng tiền", 'Giày "chuẩn" quá', "Chờ hàng lâu quá", "=ai mua chung không", "Bình thường")
