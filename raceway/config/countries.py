"""dbt_project/seeds/countries.csv: the market of a country by the names that exports give it.

    python -m raceway.config.countries     writes it anew (after a new version of Babel or tzdata)

Names are Babel's in the languages that exports' headers are read in, with and without their accents; codes are ISO 3166
as the zone data list them, of two letters and of three. Spellings of exports that Babel does not write stand below.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from importlib.resources import files
from pathlib import Path
from typing import Final

from babel import Locale
from babel.core import get_global

from raceway.common.home import PROJECT

SEED: Final = PROJECT.dbt_project / "seeds" / "countries.csv"
_LANGUAGES: Final = ("en", "vi", "fr", "de", "es", "pt", "it", "pl", "id", "th", "ja")
_BESIDE_ISO: Final = ("XK", "CP")  # Kosovo and Clipperton: used, though ISO 3166 has not given them out
_OTHER_SPELLINGS: Final = {
    # with the article or the rest behind, as lists sorted by name write them
    "Bahamas, The": "BS", "The Bahamas": "BS", "Gambia, The": "GM", "The Gambia": "GM", "Korea, South": "KR",
    "Micronesia, Federated States of": "FM",
    # former names
    "Burma": "MM", "Czech Republic": "CZ", "Macedonia (FYROM)": "MK", "Swaziland": "SZ", "Turkey": "TR",
    # other names in use
    "Cabo Verde": "CV", "Congo (DRC)": "CD", "Congo (Republic)": "CG", "East Timor": "TL",
    "Falkland Islands (Islas Malvinas)": "FK", "Hong Kong": "HK", "Ivory Coast": "CI", "Macao": "MO", "Macau": "MO",
    "Myanmar": "MM", "Palestine": "PS", "South Georgia and the South Sandwich Islands": "GS",
    "St. Vincent and the Grenadines": "VC", "Timor Leste": "TL", "U.S. Minor Outlying Islands": "UM",
    "Viet Nam": "VN", "Åland": "AX",
    # as people write them
    "America": "US", "U.S.": "US", "U.S.A.": "US", "United States of America": "US", "Mỹ": "US", "Nước Mỹ": "US",
    "Hợp chủng quốc Hoa Kỳ": "US", "UK": "GB", "U.K.": "GB", "Great Britain": "GB", "England": "GB", "Scotland": "GB",
    "Wales": "GB", "Northern Ireland": "GB", "Anh": "GB", "Anh Quốc": "GB", "Nước Anh": "GB", "Holland": "NL",
    "Republic of Korea": "KR", "Đại Hàn Dân Quốc": "KR", "Nam Hàn": "KR", "Nhật": "JP", "Trung Hoa": "CN", "Úc": "AU",
    "Nước Úc": "AU", "Nước Pháp": "FR", "Nước Đức": "DE", "Tân Tây Lan": "NZ", "Xinh-ga-po": "SG", "UAE": "AE",
    "Russian Federation": "RU", "Korea": "KR", "Republic of Ireland": "IE",
}  # fmt: skip


def country_names() -> dict[str, str]:
    """The ISO 3166 code of two letters by every known name and code; no name twice, whatever its case.

    A name without its accents that two countries would share is left out.
    """
    listed = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8").splitlines()
    codes = [line[:2] for line in listed if not line.startswith("#")] + list(_BESIDE_ISO)
    names = dict(_OTHER_SPELLINGS)
    for language in _LANGUAGES:
        territories = Locale(language).territories
        for code in codes:
            name = territories[code]
            for spelling in (name, name.replace("’", "'"), name.replace(" & ", " and ")):
                names.setdefault(unicodedata.normalize("NFC", spelling), code)
    # a name goes before a code that is written alike: Nga is Russia, and NGA in capitals Nigeria's code
    known = {name.lower() for name in names}
    of_three = {
        alias: replaced[0]
        for alias, replaced in get_global("territory_aliases").items()
        if len(alias) == 3 and alias.isalpha() and len(replaced) == 1 and replaced[0] in codes
    }
    written = {code: code for code in codes} | of_three
    names |= {alias: code for alias, code in written.items() if alias.lower() not in known}
    known = {name.lower() for name in names}
    plain: dict[str, set[str]] = {}
    for name, code in names.items():
        plain.setdefault(_without_accents(name), set()).add(code)
    names |= {name: next(iter(of)) for name, of in plain.items() if name and len(of) == 1 and name.lower() not in known}
    by_case = {name.lower(): name for name in sorted(names, reverse=True)}
    return {name: names[name] for name in sorted(by_case.values())}


def _without_accents(name: str) -> str:
    """As people write who leave accents out; empty where nothing of the name would be left (Thai, Japanese)."""
    plain = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)) if plain[0].isascii() else ""


def countries_csv() -> str:
    """The seed's text."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([("country", "market"), *country_names().items()])
    return text.getvalue()


def write_seed(path: Path = SEED) -> None:
    """Writes the seed."""
    path.write_text(countries_csv(), encoding="utf-8")


if __name__ == "__main__":
    write_seed()
