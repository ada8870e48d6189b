"""Short forms of given names: Bob is Robert. The usual ones of five languages; none is ever taken as proof."""

from __future__ import annotations

_FORMS = """
    eleanor ellie elly nell nora leonora | penelope penny | pamela pam | veronica ronnie vera | nathaniel nate
    nat | natalie nat nats | cristina cris tina | alejandro ale alex | beatriz bia | concepcion concha conchita
    | abigail abby gail | alexander alex alec sascha sasha xander lex | alexandra alex sandra sandy sascha lexi
    alfred alf alfie fred | andrew andy drew | anthony antony tony toni | antonio toni tono toninho | anton toni
    barbara barb babs barbel | benjamin ben benny benji benni | bernard bernie bernhard | catherine cathy kate
    katie katherine kathy | charles charlie chuck chas | charlotte lotte lottie charly | christian chris
    christoph kit | christina chris christine tina christa | christopher chris topher kit | daniel dan danny
    dani | david dave davy | deborah deb debbie | dominic dom nick | donald don donnie | dorothy dot dottie
    dolly | edward ed eddie ted ned | eduardo edu dudu lalo | elisabeth elizabeth liz lizzie beth betty lisa
    elise elsa sissi lisbeth ella | emily em emmy | eugene gene | ferdinand ferdi nando | fernando nando fer |
    florian flo | franciscus frank francis | francisco paco pancho chico kiko | franz franzi | franziska franzi
    | frederick fred freddie friedrich fritz | gabriel gabe gabi | gabriele gabi | george georgie georg schorsch
    | gerald gerry jerry | gerhard gerd | gregory greg gregor | guillermo memo guille | gustav gus gustavo |
    harold harry hal | heinrich heinz heiner hein | helen helena nell lena leni | henry harry hank henri |
    hubert bert hubertus | ignacio nacho | isabella bella izzy isabel | jacob jake jakob | jacques jacquot |
    james jim jimmy jamie | jennifer jen jenny | jeremy jerry jem | jessica jess jessie | jesus chus | joachim
    jochen achim jo | johannes hans hannes johann jo | john jack johnny jon | jonathan jon johnny nathan | jose
    pepe ze zeca | joseph joe joey josef sepp jupp beppo | josephine jo josie fifi | juan juanito juancho |
    julia jules | katharina kathi kati katja kathe | kenneth ken kenny | lawrence larry laurie | leonard leo len
    lenny leonardo | louis lou louie ludwig | lucia lucy luzia | luis lucho | manuel manu manolo | manuela manu
    ela | margaret maggie meg peggy margie daisy greta margarete grete | maria mary mia mariechen | marie mimi |
    martin marty | matthew matt matty matthias mats matze | maximilian max maxi | michael mike mick mickey micha
    michel | michelle shelly | miguel miki | nicholas nick nicky nico nicolas nikolaus klaus claus niklas |
    oliver ollie olli | patricia pat patty trish tricia | patrick pat paddy | peter pete pit | philip phil pip
    philipp | rafael rafa raphael | raymond ray | rebecca becky becca | ricardo rick rico kaka | richard rick
    dick rich ricky richie | robert rob bob bobby robbie bert | roberto beto | rodrigo rod digo | ronald ron
    ronnie | rudolf rudi rolf | samuel sam sammy | sebastian seb basti bastian | sergio checo | siegfried sigi |
    stephan steffen stefan stef | stephanie steph steffi stefanie | steven steve stephen | susan sue susie suzy
    susanne susi | terence terry | teresa tess terry resi theresa | theodor theo ted teddy theodore | thomas tom
    tommy thom | timothy tim timmy | ulrich uli ulli | ulrike uli rike | valentin vale tino | veronika vroni
    vera | victor vic viktor | victoria vicky tori viktoria | vincent vince vinnie | walter walt wally | werner
    wern | wilhelm willi willy will | william will bill billy liam willy | wolfgang wolf | xavier xavi javier
    javi | zachary zach zack
"""
_ROWS = [tuple(row.split()) for row in _FORMS.replace("\n", " ").split("|")]


def _table() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for whole, *short in _ROWS:
        for name in (whole, *short):
            found.setdefault(name, set()).add(whole)
    return {name: frozenset(wholes) for name, wholes in found.items()}


_WHOLE = _table()


def wholes(name: str) -> frozenset[str]:
    """Return the full names that a folded given name may stand for, itself among them."""
    return _WHOLE.get(name, frozenset()) | {name}


def may_be(one: str, other: str) -> bool:
    """Whether two folded given names may be forms of one name: bob and robert, but not bob and will."""
    return not wholes(one).isdisjoint(wholes(other))
