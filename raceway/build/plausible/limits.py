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
LOW_SPREADS: Final = 4.3
"""Fewer are asked of a day that lacks of all its numbers at once, half of them by so much: chance does not take from
all alike."""
MANY: Final = 100.0
LOW_OF_FEW: Final = 5.6
"""More of an account with fewer events (clicks, sales) a day than so many: its numbers all hang on the same few
visits."""
LOW_ALONE: Final = 7.0
"""More where there is but one number to ask."""

LOW: Final = 0.6
"""A day with less than this part of the usual is odd: half a day that is missing leaves 0.4 to 0.6."""
HIGH: Final = 4.0
"""A day with more than this many times the usual is odd; a day of sales brings two to three times."""
HELD_HIGH: Final = 30.0
"""So many times the usual are no day of sales: minor units, micros, or another currency."""
COUNTED: Final = 12.0
"""Events that must be expected of a count before too few of them say anything: e^-12 is one in 160,000."""
RARE_GAP: Final = 1e-5
"""How rare a run of hours without a row must be by the counts of the same hours on the days before: each account has a
few such runs a day."""
RARE_END: Final = 1e-4
"""And one that lasts to the end of the day, of which each day has one: the usual sign of an export that was early."""
GAP_DAYS: Final = 14
"""Days that must be known for that, whose counts vary by more than chance alone."""
ONE_HUGE: Final = 5.0
HUGE_DAYS: Final = 20
"""One number that is five times the largest of at least so many days, so far from what the largest usually is"""
HUGE_SPREADS: Final = 3.0
"""that it would be rare even if it were as often as others, and"""
HUGE_SHARE: Final = 0.5
"""at least half of what all rows of a usual day come to, is told: a slip of the finger or a wholesale order, somebody
knows which."""

RATIO_SPREADS: Final = 8.0
RATIO_HOLD_SPREADS: Final = 10.0
"""More are asked of the ratio of two numbers: a table has some ten of them, and a dear order or a large conversion
lies six spreads out now and then. A unit, a currency or a column exchanged lies twenty out."""
LEAST_SPREAD: Final = 0.08
SPARSE: Final = 3
"""Rows from which an amount is asked for its size that stands in few of them."""
IN_NEARLY_ALL: Final = 0.9
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
"""Rows that a part of events had on each of the days before, and"""
GONE_BY_CHANCE: Final = 1e-6
"""how rarely chance alone leaves none of them, by the"""
GONE_DAYS: Final = 21
"""days before: a night looks at some hundred parts."""
MOST_PARTS: Final = 24
"""Values of a column that a profile tells of a batch: with so many, smaller ones may be left out."""
LEAST_TOLD: Final = 3
"""Rows of the smallest of them, up to which one that is not told is as good as gone."""
AHEAD_SHARE: Final = 0.03
"""Share of the last two days' rows that are of hours after the export, which nothing but a wrong zone puts there."""
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
SAME_KEYS: Final = 3
SAME_KEYS_SHARE: Final = 0.3
"""Keys (of a sample of 200) with their times that two accounts share, from which one file lies in the wrong folder."""
ROUND_IDS: Final = 0.9
"""Share of long ids that end in zeros, from which a spreadsheet has rounded them."""
LEAST_ROUND: Final = 0.001
"""The least share of such ids that is taken for usual: of 18 digits three are lost, which are zeros once in 1,000."""
BY_CHANCE: Final = 1e-4
"""All of the ids may end so by chance where that is likelier: four of 16 digits, whose last is a zero once in ten."""
SHORTER_IDS: Final = 0.8
"""Ids whose mean length is below this part of the least of the days before have lost digits: ids grow, if anything."""

CLOSED_DAYS: Final = 3
"""For how many whole days a day has to be over before its rows are taken for complete."""
ANOTHER: Final = 0.25
"""By which part a number of a day that is not closed must differ for the day to be looked at again."""
RESTATED_DAYS: Final = 3
RESTATED: Final = 1.06
"""A closed day is another day where most of its numbers are off by more than this: platforms take back a few clicks
and credit conversions (which are not asked) for weeks, they do not change impressions, clicks and cost at once. So many
such days are no restatement."""

LONG_OVER: Final = 14
"""Days after which nobody's daily file tells of a day for the first time, or anew and alone."""
OTHER_NUMBER: Final = 0.005
"""And by which part a number must differ to be another one."""

PRICED_PARTS: Final = 5
PRICE_EQUAL: Final = 0.006
"""Products of which at least four in five changed by the same factor, but for rounding: a tax and no price list."""
VAT_RATES: Final = (0.05, 0.08, 0.1)
"""Vietnam's; and an account's own amounts that are of a tax's size, between"""
OWN_RATES: Final = (0.03, 0.3)

MANY_OF_ONE: Final = 10
ONE_SHARE: Final = 0.3
"""Rows of one customer or value on one day, and their share of the day's, that are no customer's: tests, or a bot."""
