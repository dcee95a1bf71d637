"""Which links join the persons: the spanning forest of the earliest ones, by Kruskal's way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

JoinedNode = tuple[int, int, int]
"""A node, the first node of all that it hangs together with, and the link by which it went to them."""


def spanning_forest(links: Iterable[Sequence[int]]) -> list[JoinedNode]:
    """The nodes that links join to a smaller one; `links` are (link, node, node), the earliest first.

    A group of nodes is called by its smallest. Where a link joins two groups, the one with the larger name goes to
    the other, so every node goes once, by the earliest link that joins what hangs on it to a smaller node; the first
    node of a group never does and is not among the answers. A link within a group joins nothing.
    """
    towards: dict[int, int] = {}  # from each node that went to a smaller one of its group

    def first_of(node: int) -> int:
        while (nearer := towards.get(node)) is not None:
            towards[node] = towards.get(nearer, nearer)  # halves the way for whoever asks next
            node = nearer
        return node

    joined_by: list[tuple[int, int]] = []
    for link, one, other in links:
        stays, goes = sorted((first_of(one), first_of(other)))
        if stays != goes:
            towards[goes] = stays
            joined_by.append((goes, link))
    return [(node, first_of(node), link) for node, link in joined_by]
