"""What people wrote: scored for sentiment, then masked, as it lands; and IPs made coarse. All of it SQL.

    raw text ──► sentiment, −1 … 1 (`sentiment_of`)
             ──► e-mails, phones and long numbers masked (`free_text`)

The sentiment is plain counting, the same on every machine: `sentiment.csv` gives words and phrases in English
and Vietnamese a score; a negation before it (up to three words between, in the same clause) turns the sign, an
intensifier makes it half as much again or half as little; the text's score is the mean of what was found,
and null where nothing was. Vietnamese words of two and three syllables are phrases; they are known without
their marks, too (`hai long`). It tells a good month from a bad one and is no judge of a single sentence.
"""

from __future__ import annotations

import csv
import functools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

import duckdb

from raceway.common.sql import text_list
from raceway.contracts.grammar import TableContract

SCORED_CHARACTERS: Final = 10_000
"""How much of a text is scored; all of it is masked."""
UNREAD: Final = "?"
"""What lands of a text that should be a date of which a part lands, and is none."""
_AFTER: Final = ("lắm", "quá", "luôn", "ghê", "thật", "vô cùng", "cực kỳ", "cực kì")
"""Vietnamese intensifiers that may follow their word: `đẹp lắm`."""
_DEVICE: Final = (
    r"[0-9]{4,}\.[0-9]{8,}|oeu[0-9]+r[0-9.]+"
    r"|[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
)
_LEXICON: Final = Path(__file__).with_name("sentiment.csv")

_WORD: Final = r"[^\s\pZ@＠<>()\[\],;:\x22]"
_EMAILS: Final = (
    rf"{_WORD}+(?:[@＠]|%40){_WORD}*[\pL\pN]",
    rf"{_WORD}+ ?[@＠] ?{_WORD}+\.{_WORD}*[\pL\pN]",
)
_BETWEEN: Final = r"[\s\pZ\p{Cf}.()/·_\p{Pd}\p{So}]{0,3}"  # what people put between the digits of a phone number
_BETWEEN_OF_PHONES: Final = _BETWEEN.replace("[", "[,", 1)  # a comma, too: no amount begins so
_DIGIT: Final = r"\p{Nd}"
_PHONES: Final = (
    rf"(^|[^\p{{Nd}}])\+[\s\pZ(]?{_DIGIT}(?:{_BETWEEN_OF_PHONES}{_DIGIT}){{6,}}",
    rf"(^|[^\p{{Nd}},])\(?0(?:{_BETWEEN_OF_PHONES}{_DIGIT}){{7,}}",
)
_NUMBER: Final = rf"{_DIGIT}{{6,}}"
_GROUPED: Final = (rf"()\(?{_DIGIT}(?:{_BETWEEN}{_DIGIT}){{7,}}", rf"()\b{_DIGIT}{{3}}\p{{Pd}}{_DIGIT}{{4}}\b")


def prepare(connection: duckdb.DuckDBPyConnection, table: TableContract) -> None:
    """Makes the macros that the expressions of this module need, where the table has such columns."""
    metas = [column.meta for column in table.columns]
    if any(meta.free_text for meta in metas):
        define_masking(connection)
    if any(meta.coarse == "ip" for meta in metas):
        connection.execute(f"create or replace temp macro rw_groups6(x) as {_GROUPS6}")
        connection.execute(f"create or replace temp macro rw_coarse_ip(x) as {_COARSE_IP}")
    if any(meta.sentiment_of for meta in metas):
        phrases, scores = zip(*sorted(_scores().items()), strict=True)
        connection.execute(
            "set variable sentiment_scores = (select map(list(p), list(s)) from (select unnest($1) as p, "
            "unnest($2) as s))",
            [list(phrases), list(scores)],
        )
        connection.execute(f"create or replace temp macro rw_clauses(x) as {_CLAUSES}")
        connection.execute(f"create or replace temp macro rw_sentiment(x) as {_sentiment()}")


def define_masking(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the macro `rw_masked`: a text with its e-mails, phone numbers and runs of six and more digits masked."""
    connection.execute(f"create or replace temp macro rw_masked(x) as {_masked('x')}")


def masked_sql(text: str) -> str:
    """SQL for a clean text whose e-mails, phone numbers and runs of six and more digits are masked."""
    return f"rw_masked(rw_text({text}))"


def device_sql(text: str) -> str:
    """SQL for an id that is written as a device's cookie (GA's, a UUID, Optimizely's); null for any other."""
    return f"case when regexp_full_match(trim({text}), '{_DEVICE}') then trim({text}) end"


def coarse_ip_sql(text: str) -> str:
    """SQL for an IP as its /24 (IPv6: /48); the first of a list; null where the text is no IP."""
    return f"rw_coarse_ip({text})"


def coarse_date_sql(text: str, part: Literal["year", "month"], formats: tuple[str, ...]) -> str:
    """SQL for the year (`1990`) or the month (`1` to `12`) of a date, or where it stands alone; null without a text.

    `formats` (strptime) are tried in order, an ISO date beside them. A year alone has no month. Of any
    other text `UNREAD` lands, so that the gate can tell that there was one.
    """
    every = [*formats, *(written for written in ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S") if written not in formats)]
    dated = f"try_strptime(case when regexp_matches(t, '[0-9]') then t end, {text_list(every)})"
    year, month = "(1[89]|20)[0-9]{2}", "0?[1-9]|1[0-2]"
    bare_year = f"when regexp_full_match(t, '{year}') then"
    alone = (
        f"{bare_year} t"
        if part == "year"
        else f"when regexp_full_match(t, '{month}') then ltrim(t, '0') {bare_year} null"
    )
    read = (
        f"case {alone} when year({dated}) between 1800 and 2099 then cast({part}({dated}) as varchar) "
        f"when t <> '' then '{UNREAD}' end"
    )
    return f"list_transform([rw_text({text})], lambda t: {read})[1]"


def sentiment_sql(text: str) -> str:
    """SQL for the sentiment of a text, −1 to 1; null without a text or a known word."""
    return f"rw_sentiment(rw_text({text}))"


# masking


def _masked(text: str) -> str:
    for pattern in _EMAILS:
        text = f"regexp_replace({text}, '{pattern}', '[email]', 'g')"
    for pattern in _PHONES:
        text = f"regexp_replace({text}, '{pattern}', '\\1[phone]', 'g')"
    text = f"regexp_replace({text}, '{_NUMBER}', '[number]', 'g')"
    for pattern in _GROUPED:
        text = f"regexp_replace({text}, '{pattern}', '\\1[phone]', 'g')"
    return text


# IPs: the eight groups of an IPv6 address, `::` written out, then its first three

_GROUPS6: Final = """case when contains(x, '::') then
    list_filter(string_split(split_part(x, '::', 1), ':'), lambda g: g <> '')
    || list_transform(range(8 - len(list_filter(string_split(split_part(x, '::', 1), ':'), lambda g: g <> ''))
        - len(list_filter(string_split(split_part(x, '::', 2), ':'), lambda g: g <> ''))), lambda g: '0')
    || list_filter(string_split(split_part(x, '::', 2), ':'), lambda g: g <> '')
    else string_split(x, ':') end"""
_IP: Final = "trim(split_part(split_part(lower(x), ',', 1), '%', 1))"
_IP4: Final = r"(?:::ffff:)?((?:\d{1,3}\.){3})\d{1,3}(?::\d+)?"
# an IPv4 address in the digits of an IPv6 one, ::ffff:c000:0201: its first three bytes
_IP4_IN_6: Final = "list_transform(rw_groups6({ip})[1:6], lambda g: ltrim(g, '0')) = ['', '', '', '', '', 'ffff']"
_BYTES: Final = """list_aggregate(list_transform(
        list_transform(rw_groups6({ip})[7:8], lambda g: lpad(g, 4, '0')),
        lambda g: ('0x' || g[1:2])::integer || '.' || ('0x' || g[3:4])::integer), 'string_agg', '.')"""
_COARSE_IP: Final = f"""case
    when regexp_full_match({_IP}, '{_IP4}') then regexp_extract({_IP}, '{_IP4}', 1) || '0/24'
    when regexp_full_match({_IP}, '[0-9a-f:]*:[0-9a-f:]*') and len(rw_groups6({_IP})) = 8
        and {_IP4_IN_6.format(ip=_IP)} then
        regexp_extract({_BYTES.format(ip=_IP)}, '(.*\\.)', 1) || '0/24'
    when regexp_full_match({_IP}, '[0-9a-f:]*:[0-9a-f:]*') and len(rw_groups6({_IP})) = 8 then
        array_to_string(list_transform(rw_groups6({_IP})[1:3],
            lambda g: coalesce(nullif(ltrim(g, '0'), ''), '0')), ':') || '::/48'
    end"""


# sentiment: a text becomes words with two blanks between them (so that each word of a pattern may take the
# blank on both its sides) and `|` where a clause ends


_CLAUSES: Final = rf"""' ' || regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    lower(nfc_normalize(left(x, {SCORED_CHARACTERS}))),
    '[''’‘´`\x{{FE0F}}\x{{200B}}-\x{{200D}}]', '', 'g'),
    '\p{{Pd}}|(\p{{So}})', ' \1 ', 'g'),
    '[^\pL\pN\pM\p{{So}}\pZ\t]+', ' | ', 'g'),
    '[\pZ\t]+', '  ', 'g') || ' '"""


@functools.cache
def _lexicon() -> dict[str, dict[str, float]]:
    """Phrases by kind (word, negator, strong, weak) with their scores, written as `_CLAUSES` writes texts."""
    lexicon: dict[str, dict[str, float]] = defaultdict(dict)
    with _LEXICON.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        phrase = unicodedata.normalize("NFC", row["phrase"]).lower()
        lexicon[row["kind"]][phrase] = float(row["score"] or 0)
    for row in rows:
        bare = _without_marks(row["phrase"])
        if " " in bare:
            lexicon[row["kind"]].setdefault(bare, float(row["score"] or 0))
    return lexicon


def _without_marks(phrase: str) -> str:
    apart = unicodedata.normalize("NFD", phrase.lower().replace("đ", "d"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _scores() -> dict[str, float]:
    return dict(_lexicon()["word"])


def _any_of(phrases: Iterable[str]) -> str:
    """A pattern of phrases, longest first: the first alternative that fits is taken."""
    ordered = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return "|".join(f" {re.escape(phrase).replace(chr(92) + ' ', '  ')} " for phrase in ordered)


@functools.cache
def _pattern() -> str:
    lexicon = _lexicon()
    negators = tuple(f"{negator} " for negator in lexicon["negator"])
    fixed = [phrase for phrase in lexicon["word"] if phrase.startswith(negators)]
    return (
        f"({_any_of(fixed)})|"
        rf"((?:{_any_of(lexicon['negator'])})(?: [\pL\pN\pM]+ ){{0,3}}?)?"
        f"((?:{_any_of(lexicon['strong'])}))?((?:{_any_of(lexicon['weak'])}))?"
        f"({_any_of(lexicon['word'])})((?:{_any_of(_AFTER)}))?"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _feeling() -> str:
    """SQL for the score of one match `p` of the pattern; 0 for a phrase that only looks like a feeling."""

    def score(part: str) -> str:
        return f"getvariable('sentiment_scores')[replace(trim(p.{part}), '  ', ' ')]"

    return (
        f"(case when p.fixed <> '' then {score('fixed')} when p.negator <> '' then -{score('word')} "
        f"else greatest(-1.0, least(1.0, {score('word')} * case when p.strong <> '' or p.after <> '' then 1.5 "
        "when p.weak <> '' then 0.5 else 1.0 end)) end)"
    )


def _sentiment() -> str:
    pattern = _literal(_pattern())
    matches = f"regexp_extract_all(rw_clauses(x), {pattern})"
    parts = f"regexp_extract(m, {pattern}, ['fixed', 'negator', 'strong', 'weak', 'word', 'after'])"
    told = f"list_transform(list_transform({matches}, lambda m: {parts}), lambda p: {_feeling()})"
    return f"round(list_avg(list_filter({told}, lambda s: s <> 0)), 4)"
