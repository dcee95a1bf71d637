"""The seed of countries is what the generator writes, and reads every name that it read before Babel wrote it."""

from __future__ import annotations

import duckdb
import pytest

from raceway.config.countries import SEED, countries_csv, country_names


def test_the_seed_is_what_the_generator_writes() -> None:
    assert SEED.read_text(encoding="utf-8") == countries_csv(), (
        "write it anew by python -m raceway.config.countries, and look at the difference"
    )


def test_a_name_has_one_market_whatever_its_case() -> None:
    """The models compare in lower case: two rows of one name would double its orders."""
    twice = "select lower(country) from read_csv($1, all_varchar = true) group by all having count(*) > 1"
    assert duckdb.connect().execute(twice, [str(SEED)]).fetchall() == []


@pytest.mark.parametrize(
    ("name", "market"),
    [
        ("Vietnam", "VN"), ("Viet Nam", "VN"), ("Việt Nam", "VN"), ("Germany", "DE"), ("Allemagne", "DE"),
        ("Đức", "DE"), ("Côte d'Ivoire", "CI"), ("Côte d’Ivoire", "CI"), ("Ivory Coast", "CI"), ("Namibia", "NA"),
        ("Hoa Kỳ", "US"), ("Mỹ", "US"), ("USA", "US"), ("UK", "GB"), ("Vereinigtes Königreich", "GB"), ("VN", "VN"),
        ("VNM", "VN"), ("Estados Unidos", "US"), ("ドイツ", "DE"), ("ไทย", "TH"),
        ("Han Quoc", "KR"), ("Nga", "RU"), ("NA", "NA"),
        ("Trinidad and Tobago", "TT"), ("Türkiye", "TR"), ("Turkey", "TR"), ("Kosovo", "XK"), ("Hong Kong", "HK"),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_names(name: str, market: str) -> None:
    assert country_names()[name] == market


def test_what_is_no_country_has_no_market() -> None:
    assert not {"European Union", "Unknown Region", "United Nations", "Canary Islands"} & country_names().keys()
