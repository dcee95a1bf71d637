"""dbt_project/seeds/countries.csv: the market of a country by the names that exports give it.

    python -m raceway.config.countries     writes it anew (after a new version of Babel or tzdata)

Names are Babel's in English, Vietnamese and French; codes are ISO 3166 as the zone data list them. Spellings of
exports that Babel does not write stand below.
"""

from __future__ import annotations

import csv
import io
from importlib.resources import files
from pathlib import Path
from typing import Final

from babel import Locale

from raceway.common.home import PROJECT

SEED: Final = PROJECT.dbt_project / "seeds" / "countries.csv"
_LANGUAGES: Final = ("en", "vi", "fr")
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
    # without their accents
    "Curacao": "CW", "Reunion": "RE",
}  # fmt: skip


def country_names() -> dict[str, str]:
    """The ISO 3166 code of two letters by every known name; no name twice, whatever its case."""
    listed = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8").splitlines()
    codes = [line[:2] for line in listed if not line.startswith("#")] + list(_BESIDE_ISO)
    names = dict(_OTHER_SPELLINGS)
    for language in _LANGUAGES:
        territories = Locale(language).territories
        for code in codes:
            name = territories[code]
            for spelling in (name, name.replace("’", "'"), name.replace(" & ", " and ")):
                names.setdefault(spelling, code)
    by_case = {name.lower(): name for name in sorted(names, reverse=True)}
    return {name: names[name] for name in sorted(by_case.values())}


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
