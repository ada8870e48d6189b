"""How articles are searched: any word may be a beginning, synonyms count alike, and near misses come last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Literal

from rapport.kernel import search
from rapport.kernel.search import MAX_WORDS, Query

Weight = Literal["A", "B", "C", "D"]
LAST = 16_383  # the last position that a tsvector knows
SHORTEST_STEM = 4
ENDING = 3

STOP: Mapping[str, str] = {
    "en": """a about after all am an and any are as at be been but by can could did do does for from had has have how
        i if in into is it its me my no not of on or our please should so some that the their them then there
        these they this to too us was we were what when where which who why will with would you your""",
    "de": """aber alle als am an auch auf aus bei bin bis bitte da das dass dem den der des die dir doch ein eine
        einem einen einer eines er es fur habe haben hat ich ihr im in ist ja kann kein keine man mein meine
        meinem meinen meiner mich mir mit nach nicht noch nun nur oder sich sie sind so uber um und uns unser
        von vor war was welche wenn wer werden wie wieder wir wird wo zu zum zur""",
    "fr": """a ai au aux avec ce ces cette comment dans de des du elle en est et eu il ils j je l la le les leur lui
        m ma mais me mes moi mon n ne nos notre nous on ou ou par pas pour puis qu quand que quel quelle qui s
        sa se ses si son sont sur t ta te tes toi ton tu un une vos votre vous y""",
    "es": """a al algo como con cual cuando de del donde el ella en es esta este fue ha hay la las le lo los me mi
        mis muy no nos o para pero por porque puedo que quien se si sin sobre su sus te tengo tu un una uno y ya
        yo""",
    "pt": """a ao aos as com como da das de do dos e ela ele em entre era esta este eu foi ha isso ja mais mas me meu
        minha muito na nao nas nem no nos o onde os ou para pela pelo por porque posso qual quando que quem se
        sem ser seu sua tem tenho um uma voce""",
}


@cache
def stop_words() -> frozenset[str]:
    """Return the folded words of all languages that say nothing about what is searched for."""
    return frozenset(word for text in STOP.values() for word in text.split())


def telling(text: str) -> list[str]:
    """Return the words of `text` that tell what it is about; all of them when none would be left."""
    found = search.words(text)
    return [word for word in found if word not in stop_words()] or found


def document(parts: Iterable[tuple[str, Weight]]) -> str:
    """Return a `tsvector` literal of texts and their weights; a word keeps the weight it has first."""
    weights: dict[str, tuple[int, Weight]] = {}
    place = 0
    for text, weight in parts:
        for word in search.words(text):
            place = min(place + 1, LAST)
            weights.setdefault(word, (place, weight))
    return " ".join(f"'{word}':{at}{weight}" for word, (at, weight) in sorted(weights.items()))


def strict(typed: str, synonyms: Sequence[Sequence[str]] = ()) -> Query | None:
    """Return the query for texts that hold every telling word of `typed`, or a synonym of it; None without a word."""
    found = telling(typed)[:MAX_WORDS]
    alike = _alike(synonyms)
    return Query(" & ".join(_any_of(word, alike) for word in found)) if found else None


def loose(typed: str, synonyms: Sequence[Sequence[str]] = ()) -> Query | None:
    """Return the query for texts that hold any telling word of `typed`, endings left off: "returning" → "return"."""
    alike = _alike(synonyms)
    found = dict.fromkeys(word for word in telling(typed)[:MAX_WORDS] if len(word) > 1)
    return Query(" | ".join(_any_of(_stem(word), alike, also=word) for word in found)) if found else None


def _stem(word: str) -> str:
    return word[: max(SHORTEST_STEM, len(word) - ENDING)] if len(word) > SHORTEST_STEM else word


def _alike(synonyms: Sequence[Sequence[str]]) -> dict[str, set[str]]:
    """Return for each word the queries of what means the same; several words of one meaning must all be there."""
    found: dict[str, set[str]] = {}
    for group in synonyms:
        folded = [search.words(text) for text in group]
        terms = [" & ".join(search.starts(word) for word in words) for words in folded if words]
        for words in folded:
            if len(words) == 1:
                found.setdefault(words[0], set()).update(terms)
    return found


def _any_of(word: str, alike: Mapping[str, set[str]], also: str = "") -> str:
    terms = {search.starts(word), *alike.get(word, ()), *alike.get(also, ())}
    return "(" + " | ".join(f"({term})" for term in sorted(terms)) + ")"
