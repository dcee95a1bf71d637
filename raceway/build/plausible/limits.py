"""The thresholds of plausibility, in one place, and how they were chosen.

Two sizes are asked of everything that is compared: it must be rare (so many robust spreads from the usual, where a
spread is never smaller than what counting alone makes) and it must matter (a factor or a share that a person would
see). A night compares some thousand figures, so a warning asks for six spreads and more: a thousandth of what Gaussian
noise would bring in a year. What is held asks for more again and for a size that no promotion, holiday or growth makes;
where two numbers of one row are compared (cost by click), season and growth stand on both sides.
"""

from __future__ import annotations

from typing import Final

FEWEST_DAYS: Final = 8
"""Days that must be known before anything is called unusual."""
LONGEST_DAYS: Final = 42
"""Days before that are looked at: six of each weekday; a shop that grows leaves older ones behind."""
HORIZON: Final = 100
"""Days before an export beyond which nothing is compared: so a night need not read what landed years ago."""
LIKE_AGE: Final = 14
"""Days within which a day must first have been told to be compared with a new one: orders are paid, conversions
credited and parcels sent in the days after, so what a long history says of old days is another thing."""

WARN_SPREADS: Final = 6.0
HOLD_SPREADS: Final = 8.0
LOW_SPREADS: Final = 4.8
"""Fewer are asked of a day that lacks of all its numbers at once: chance does not take from all alike."""

LOW: Final = 0.6
"""A day with less than this part of the usual is odd: half a day that is missing leaves 0.4 to 0.6."""
HIGH: Final = 4.0
"""A day with more than this many times the usual is odd; a day of sales brings two to three times."""
HELD_HIGH: Final = 30.0
"""So many times the usual are no day of sales: minor units, micros, or another currency."""
COUNTED: Final = 12.0
"""Events that must be expected of a count before too few of them say anything: e^-12 is one in 160,000."""

WARN_RATIO: Final = 1.8
HELD_RATIO: Final = 6.0
"""By how much the ratio of two columns must be off. Six: twice the widest change that a change of bids or of the
season makes, and a quarter of the nearest currencies' distance."""
STEADY_RATIO: Final = 1.08
STEADY: Final = 0.02
STEADY_DAYS: Final = 14
"""Amounts whose ratio moved by less than 2 % on at least so many days (a tax by its total) need be off by 8 % only: the
step between two rates of a tax is larger."""
BEYOND: Final = 1.25
"""And by how much it must lie outside all that was seen."""
HELD_BEYOND: Final = 3.0

WARN_SHARE: Final = 0.2
"""By how much of all rows the share of a part must have changed."""
COLLAPSED: Final = 0.2
"""Or to which part of itself it must have fallen: a consent that is not asked for, a tag that is gone."""
GONE_ROWS: Final = 10
"""Rows that a part of events had on each of the days before: none at all is e^-10, one in 22,000."""
MOST_PARTS: Final = 20
"""Values of a column up to which its profile tells all of them (it keeps 24 of a batch)."""
STRANGE_HOURS: Final = 0.1
"""Share of a day's rows in hours that never had one, from which the day's times are doubted."""
PART_DAYS: Final = 10
"""Days on each of which a part (a campaign) must have been there for its absence to be odd."""
PART_SHARE: Final = 0.03
"""The least share of any number that makes a part worth a word."""
STRANGERS: Final = 0.8
"""Share of the rows in parts that were never seen, from which a file looks like another account's."""

EQUAL_ROWS: Final = 3
"""Rows from which equal numbers under another date are a copy and no chance."""
EQUAL_NUMBER: Final = 20.0
"""And the least number that must be among the equal ones: 0 and 1 are equal by chance."""
SAME_KEYS: Final = 5
SAME_KEYS_SHARE: Final = 0.3
"""Keys (of a sample of 200) with their times that two accounts share, from which one file lies in the wrong folder."""
ROUND_IDS: Final = 0.5
"""Share of long ids that end in zeros, from which a spreadsheet has rounded them."""

RESTATED_DAYS: Final = 3
RESTATED: Final = 1.06
"""A closed day is another day where most of its numbers are off by more than this: platforms take back a few clicks
and credit conversions (which are not asked) for weeks, they do not change impressions, clicks and cost at once. So many
such days are no restatement."""

PRICED_PARTS: Final = 5
PRICE_EQUAL: Final = 0.006
"""Products of which at least four in five changed by the same factor, but for rounding: a tax and no price list."""
VAT_FACTORS: Final = (1.05, 1.08, 1.1)

MANY_OF_ONE: Final = 10
ONE_SHARE: Final = 0.3
"""Rows of one customer or value on one day, and their share of the day's, that are no customer's: tests, or a bot."""
