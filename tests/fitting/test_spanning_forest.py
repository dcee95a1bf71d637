"""The forest of the earliest links: cases worked out by hand, and random graphs against SciPy's minimum spanning tree."""

from __future__ import annotations

import random

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from raceway.fitting.spanning_forest import spanning_forest


def test_a_bridge_joins_what_hangs_on_it_and_a_later_link_within_a_person_joins_nothing() -> None:
    """Links 1 and 2 make the persons {1, 4} and {2, 3}, link 3 makes them one, link 4 closes a circle; 6 joins 5."""
    links = [(1, 4, 1), (2, 3, 2), (3, 4, 3), (4, 2, 1), (5, 6, 5)]
    assert spanning_forest(links) == [(4, 1, 1), (3, 1, 2), (2, 1, 3), (6, 5, 5)]


def test_of_two_links_between_the_same_identities_the_earlier_one_counts() -> None:
    assert spanning_forest([(7, 2, 1), (9, 1, 2)]) == [(2, 1, 7)]


def test_nobody_is_joined_where_there_is_no_link() -> None:
    assert spanning_forest([]) == []


def test_a_person_may_have_any_number_of_identities_in_whatever_shape() -> None:
    identities = 100_000
    shapes = {
        "chain": [(link, link + 1, link) for link in range(1, identities)],
        "chain from its end": [(identities - node, node + 1, node) for node in range(identities - 1, 0, -1)],
        "star": [(link, link + 1, 1) for link in range(1, identities)],
    }
    for shape, links in shapes.items():
        joined = spanning_forest(links)
        assert len(joined) == identities - 1, shape
        assert {first for _, first, _ in joined} == {1}, shape


def test_any_graph_has_the_links_of_scipy_s_minimum_spanning_tree_and_its_persons() -> None:
    chance = random.Random(3)
    for nodes, count in ((10, 12), (300, 200), (300, 400), (2_000, 2_500)):
        pairs = [chance.sample(range(nodes), 2) for _ in range(count)]
        joined = spanning_forest((link, *pair) for link, pair in enumerate(pairs, start=1))
        earliest: dict[tuple[int, ...], int] = {}  # SciPy would add up the weights of one pair
        for link, pair in enumerate(pairs, start=1):
            earliest.setdefault(tuple(sorted(pair)), link)
        ones, others = np.array(list(earliest)).T
        graph = coo_array((list(earliest.values()), (ones, others)), shape=(nodes, nodes))
        tree = minimum_spanning_tree(graph.tocsr())
        assert sorted(link for *_, link in joined) == sorted(tree.data)
        _, labels = connected_components(tree, directed=False)
        _, firsts = np.unique(labels, return_index=True)
        found = np.arange(nodes)
        for node, first, _ in joined:
            found[node] = first
        assert found.tolist() == firsts[labels].tolist()
        assert len({node for node, *_ in joined}) == len(joined)
