"""Names of firms, people and domains, folded into keys under which spellings of one name meet."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from publicsuffixlist import PublicSuffixList

from rapport.customers.identities.freemail import FREE_MAIL_DOMAINS

# Letters that Unicode does not decompose into a base letter and an accent.
_LETTERS = str.maketrans(
    {"ø": "o", "œ": "oe", "æ": "ae", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t"}
)
_NOT_WORD = re.compile(r"[^\w]+|_+")
_INITIALS = re.compile(r"\b(\w)[.\s]+(?=\w\b)")
_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?(?://)?(?:[^/?#@\s]*@)?([^/?#:\s]+)", re.IGNORECASE)

# Legal forms, folded, longest first where one ends with another. Written with and without dots.
_FORMS = """
    gesellschaft mit beschrankter haftung | gmbh und co kg | gmbh u co kg | gmbh co kgaa | gmbh co kg
    ag co kgaa | ag co kg | ug haftungsbeschrankt co kg | ug haftungsbeschrankt | se co kg | gmbh co ohg
    public limited company | private limited company | limited liability partnership
    limited liability company | limited partnership | professional corporation
    sociedade limitada | sociedad limitada | sociedad anonima de capital variable | sociedad anonima
    sociedade anonima | societe anonyme | societe a responsabilite limitee | societa per azioni
    s de rl de cv | sapi de cv | sa de cv | sp z oo sp k | sp z o o | sp z oo | spolka akcyjna
    spolka z ograniczona odpowiedzialnoscia | proprietary limited | pty limited | pty ltd | pte ltd
    private limited | pvt limited | pvt ltd | co limited | co ltd | company limited | company ltd | sdn bhd
    naamloze vennootschap | besloten vennootschap | aktiengesellschaft | aktiebolag | aksjeselskap
    spol s r o | s r o | d o o | a s | a d | incorporated | corporation | company | limited
    gmbh | mbh | ggmbh | ag | kgaa | kg | ohg | gbr | ug | ek | ev | eg | se | inc | corp | co | llc | llp | lp
    lllp | pllc | pc | plc | ltd | cic | bv | nv | vof | cv | ab | hb | oy | oyj | as | asa | ans | aps | is
    ivs | ps | hf | ehf | ou | uab | sia | sa | sas | sasu | sarl | eurl | snc | sci | scop | selarl | scs | gie
    sl | slu | sll | slp | sau | scoop | coop | spa | srl | srls | sapa | ss | scarl | sc | ltda | eireli
    mei | epp | lda | sgps | unipessoal lda | kft | zrt | nyrt | bt | rt | sro | doo | dd | jdoo | ad | ead
    eood | ood | et | ooo | oao | zao | pao | ao | ip | tov | too | ooo | kk | gk | yk | pt | tbk | cv | bhd
    jsc | pjsc | cjsc | ojsc | fzc | fze | fzco | fz llc | wll | bsc | saoc | spc | sti | ltd sti | as | sal
    ооо | оао | зао | пао | ао | ип | тов | тоо | еоод | оод | еад | ад | αε | επε | ικε | οε | 株式会社 | 有限会社
    合同会社 | 주식회사 | 유한회사 | 有限公司 | 股份有限公司 | 有限责任公司
"""
_SUFFIXES = frozenset(tuple(form.split()) for form in _FORMS.replace("\n", "|").split("|") if form.strip())
_LONGEST_FORM = max(map(len, _SUFFIXES))
# Forms that are written in front of the name in their countries.
_PREFIXES = frozenset("pt sia uab ou ooo oao zao pao ао ооо оао зао пао ип тов тоо cv ud pd tbk".split())
_EAST_ASIAN_FORMS = ("股份有限公司", "有限责任公司", "有限公司", "株式会社", "有限会社", "合同会社", "주식회사", "유한회사", "(株)", "㈱")


def fold(text: str) -> str:
    """Lower case without accents: `Łódź` → `lodz`, `Straße` → `strasse`."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    return unicodedata.normalize("NFC", "".join(c for c in plain if not unicodedata.combining(c)))


def _words(text: str) -> list[str]:
    return _NOT_WORD.sub(" ", fold(text)).split()


def company_key(name: str) -> str:
    """The name of a firm without legal form, accents, case, punctuation and `and`.

    `Müller & Söhne GmbH & Co. KG` → `muller sohne`. A name made of nothing else keeps its words.
    """
    for form in _EAST_ASIAN_FORMS:
        name = name.replace(form, " ")
    joined = _INITIALS.sub(r"\1", _NOT_WORD.sub(" ", fold(name).replace(".", ". ").replace("'", "")))
    words = [word for word in joined.split() if word not in ("and", "und", "et", "y", "e", "och", "i", "en")]
    words = words or joined.split()
    if len(words) > 1 and words[0] in _PREFIXES:
        words = words[1:]
    elif len(words) > 2 and words[0] == "the":
        words = words[1:]
    shortened = True
    while shortened and len(words) > 1:
        shortened = False
        for size in range(min(_LONGEST_FORM, len(words) - 1), 0, -1):
            if tuple(words[-size:]) in _SUFFIXES:
                words, shortened = words[:-size], True
                break
    return " ".join(words)


def person_key(name: str, family_name: str = "") -> str:
    """Both names of a person, folded, given name first; empty when only one name is known.

    Takes either one full name (`Silva, Ana` and `Ana Silva` are the same) or given and family name.
    Equal keys suggest the same person; they never prove it.
    """
    if not family_name and name.count(",") == 1:
        family_name, name = name.split(",")
    words = _words(f"{name} {family_name}")
    if len(words) < 2 or (family_name and not _words(name)):
        return ""
    return " ".join(words)


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def domain_key(value: str) -> str:
    """The registrable domain of a web or e-mail address: `https://www.shop.example.co.uk/a` → `example.co.uk`.

    Empty for what is no domain name (an IP address, a single word) and for free mail providers,
    whose domain says nothing about a firm.
    """
    found = _HOST.match(value.strip())
    host = fold_domain(found.group(1)) if found else ""
    if "." not in host or host.replace(".", "").isdigit():
        return ""
    domain = _suffixes().privatesuffix(host) or ""
    return "" if domain in FREE_MAIL_DOMAINS else domain


def fold_domain(host: str) -> str:
    """A host name in lower case and ASCII (punycode); empty when it cannot be one."""
    host = unicodedata.normalize("NFKC", host).strip().strip(".").lower()
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
