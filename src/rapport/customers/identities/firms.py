"""Names of firms, folded into a key under which spellings of one name meet."""

from __future__ import annotations

import re

from rapport.kernel.search import fold

_NOT_WORD = re.compile(r"[^\w]+|_+")
_INITIALS = re.compile(r"\b(\w)[.\s]+(?=\w\b)")

# Legal forms as they are registered, folded, in words; tried longest first at the end of a name.
_FORMS = """
    a d | a s | ab | ad | ag | ag co kg | ag co kgaa | aksjeselskap | aktiebolag
    aktiengesellschaft | ans | ao | aps | as | asa | besloten vennootschap | bhd | bsc | bt | bv
    cic | cjsc | co | co limited | co ltd | company | company limited | company ltd | coop | corp
    corporation | cv | d o o | dd | doo | ead | eg | ehf | eireli | ek | eood | epp | et | eurl
    ev | fz llc | fzc | fzco | fze | gbr | gesellschaft mit beschrankter haftung | ggmbh | gie
    gk | gmbh | gmbh co kg | gmbh co kgaa | gmbh co ohg | gmbh u co kg | hb | hf | inc
    incorporated | ip | is | ivs | jdoo | jsc | kft | kg | kgaa | kk | lda | limited
    limited liability company | limited liability partnership | limited partnership | llc | lllp
    llp | lp | ltd | ltd sti | ltda | mbh | mei | naamloze vennootschap | nv | nyrt | oao | ohg
    ojsc | ood | ooo | ou | oy | oyj | pao | pc | pjsc | plc | pllc | private limited
    private limited company | professional corporation | proprietary limited | ps | pt | pte ltd
    pty limited | pty ltd | public limited company | pvt limited | pvt ltd | rt | s de rl de cv
    s r o | sa | sa de cv | sal | saoc | sapa | sapi de cv | sarl | sas | sasu | sau | sc | scarl
    sci | scoop | scop | scs | sdn bhd | se | se co kg | selarl | sgps | sia | sl | sll | slp
    slu | snc | sociedad anonima | sociedad anonima de capital variable | sociedad limitada
    sociedade anonima | sociedade limitada | societa per azioni | societe a responsabilite limitee
    societe anonyme | sp z o o | sp z oo | sp z oo sp k | spa | spc | spol s r o | spolka akcyjna
    spolka z ograniczona odpowiedzialnoscia | srl | srls | sro | ss | sti | tbk | too | tov | uab
    ug | ug haftungsbeschrankt | ug haftungsbeschrankt co kg | unipessoal lda | vof | wll | yk
    zao | zrt | αε | επε | ικε | οε | ад | ао | еад | еоод | зао | ип | оао | оод | ооо | пао
    тов | тоо | 合同会社 | 有限会社 | 有限公司 | 有限责任公司 | 株式会社 | 股份有限公司 | 유한회사 | 주식회사
"""
# Forms that are written in front of the name in their countries.
_PREFIXES = frozenset({"pt", "sia", "uab", "ou", "ooo", "oao", "zao", "pao", "tov", "cv", "ud", "pd"})
_PREFIXES |= {"ооо", "оао", "зао", "пао", "ао", "ип", "тов", "тоо"}
_AND = frozenset({"and", "und", "et", "y", "e", "och", "i", "en"})
_EAST_ASIAN_FORMS = (
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "株式会社",
    "有限会社",
    "合同会社",
    "주식회사",
    "유한회사",
    "(株)",
    "㈱",
)


def _firm_words(name: str) -> list[str]:
    """The words of a firm's name, initials written apart made one word: `S. A.` → `sa`."""
    spaced = _NOT_WORD.sub(" ", fold(name).replace("'", "").replace("\u2019", ""))
    return _INITIALS.sub(r"\1", spaced).split()


_SUFFIXES = frozenset(tuple(_firm_words(form)) for form in re.split(r"[|\n]", _FORMS) if form.strip())
_LONGEST_FORM = max(map(len, _SUFFIXES))


def company_key(name: str) -> str:
    """The name of a firm without legal form, accents, case, punctuation and `and`.

    `Müller & Söhne GmbH & Co. KG` → `muller sohne`. A name made of nothing else keeps its words.
    """
    for form in _EAST_ASIAN_FORMS:
        name = name.replace(form, " ")
    every = _firm_words(name)
    words = [word for word in every if word not in _AND] or every
    if (len(words) > 1 and words[0] in _PREFIXES) or (len(words) > 2 and words[0] == "the"):
        words = words[1:]
    while (size := _form_at_end(words)) and size < len(words):
        words = words[:-size]
    return " ".join(words)


def _form_at_end(words: list[str]) -> int:
    """How many of the last words are a legal form: the most that are one."""
    for size in range(min(_LONGEST_FORM, len(words)), 0, -1):
        if tuple(words[-size:]) in _SUFFIXES:
            return size
    return 0
