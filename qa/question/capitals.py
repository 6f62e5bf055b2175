"""A capital that stands for its country: "Moscow's invasion", in articles that only ever say Russia."""

from __future__ import annotations

import re
from collections.abc import Iterable

from index.words.analyze import analyze
from qa.question.spelling import QUOTED

# By the language of the question. Of several names of a country the articles' own is taken.
_CAPITALS = {
    "en": """
        Abuja=Nigeria Algiers=Algeria Amman=Jordan Ankara=Turkey/Türkiye Athens=Greece
        Baghdad=Iraq Baku=Azerbaijan Bangkok=Thailand Beijing=China Beirut=Lebanon Belgrade=Serbia Berlin=Germany
        Bern=Switzerland Bogota=Colombia Brasilia=Brazil Bratislava=Slovakia Brussels=European-Union/EU/Belgium
        Bucharest=Romania Budapest=Hungary Cairo=Egypt Canberra=Australia Caracas=Venezuela Copenhagen=Denmark
        Damascus=Syria Dhaka=Bangladesh Doha=Qatar Dublin=Ireland Hanoi=Vietnam Harare=Zimbabwe Havana=Cuba
        Helsinki=Finland Islamabad=Pakistan Jakarta=Indonesia Jerusalem=Israel Kabul=Afghanistan Kampala=Uganda
        Khartoum=Sudan Kiev=Ukraine Kinshasa=Congo Kremlin=Russia Kyiv=Ukraine Lima=Peru Lisbon=Portugal
        Ljubljana=Slovenia London=Britain/UK/United-Kingdom Luanda=Angola Madrid=Spain Manila=Philippines
        Minsk=Belarus Mogadishu=Somalia Moscow=Russia Nairobi=Kenya Delhi=India Oslo=Norway Ottawa=Canada
        Paris=France Podgorica=Montenegro Prague=Czech-Republic/Czechia Pretoria=South-Africa
        Pyongyang=North-Korea Quito=Ecuador Rabat=Morocco Riga=Latvia Riyadh=Saudi-Arabia Rome=Italy
        Santiago=Chile Sarajevo=Bosnia Seoul=South-Korea Skopje=North-Macedonia Sofia=Bulgaria
        Stockholm=Sweden Taipei=Taiwan Tallinn=Estonia Tashkent=Uzbekistan Tbilisi=Georgia Tehran=Iran
        Tirana=Albania Tokyo=Japan Tripoli=Libya Tunis=Tunisia Ulaanbaatar=Mongolia Vienna=Austria
        Vilnius=Lithuania Warsaw=Poland Washington=US/U.S./United-States/USA Yangon=Myanmar Yerevan=Armenia
        Zagreb=Croatia
    """,
}
_COUNTRIES = {
    capital.replace("-", " "): [name.replace("-", " ") for name in countries.split("/")]
    for capital, countries in (entry.split("=") for entry in _CAPITALS["en"].split())
}
_CAPITAL = re.compile(rf"\b(?:{'|'.join(_COUNTRIES)})\b")


def capitals_in(question: str, unknown: Iterable[str]) -> list[str]:
    """The capitals that `question` names, all of whose terms are of the `unknown`; none between quotation marks."""
    missing = frozenset(unknown)
    named = dict.fromkeys(_CAPITAL.findall(QUOTED.sub(" ", question)))
    return [capital for capital in named if missing.issuperset(analyze(capital))]


def countries_for(capitals: Iterable[str], texts: Iterable[str]) -> dict[str, str]:
    """For each of `capitals` its country, as `texts` call it most; those are left out whose country is not there."""
    whole = "\n".join(texts)
    taken = {}
    for capital in capitals:
        counted = {name: len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", whole)) for name in _COUNTRIES[capital]}
        country = max(counted, key=lambda name: counted[name])
        if counted[country]:
            taken[capital] = country
    return taken
