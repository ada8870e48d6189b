"""Mail providers open to everybody: their domains never stand for a firm."""

from __future__ import annotations

# Providers that let anybody open a mailbox, by the domains their own sign-up pages offer.
_GENERIC = """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com passport.com yahoo.com
    ymail.com rocketmail.com aol.com aim.com icloud.com me.com mac.com proton.me protonmail.com
    protonmail.ch pm.me tutanota.com tutanota.de tutamail.com tuta.io tuta.com keemail.me fastmail.com
    fastmail.fm zoho.com zohomail.com zohomail.eu mail.com email.com usa.com consultant.com
    engineer.com post.com gmx.com gmx.de gmx.net gmx.at gmx.ch gmx.us gmx.co.uk gmx.fr web.de
    inbox.com inbox.lv hushmail.com hush.com mailfence.com disroot.org riseup.net posteo.de
    posteo.net mailbox.org runbox.com lycos.com excite.com rediffmail.com yandex.com yandex.ru
    yandex.by yandex.kz ya.ru mail.ru bk.ru inbox.ru list.ru internet.ru rambler.ru lenta.ru
    hey.com duck.com skiff.com startmail.com mailinator.com guerrillamail.com
"""
_BY_COUNTRY = """
    hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es hotmail.nl hotmail.be hotmail.com.br
    hotmail.com.ar hotmail.com.mx hotmail.se hotmail.no hotmail.dk hotmail.ca hotmail.co.jp hotmail.gr
    live.co.uk live.fr live.de live.it live.nl live.be live.ca live.com.au live.com.mx live.com.ar
    live.se live.no live.dk live.ie live.jp live.cn outlook.fr outlook.de outlook.es outlook.it
    outlook.pt outlook.jp outlook.kr outlook.be outlook.dk outlook.ie outlook.in outlook.sa
    outlook.co.th outlook.co.id outlook.co.il outlook.com.au outlook.com.br outlook.com.ar
    outlook.com.tr outlook.com.vn outlook.com.gr yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es
    yahoo.ca yahoo.in yahoo.ie yahoo.se yahoo.no yahoo.dk yahoo.pl yahoo.ro yahoo.gr yahoo.co.in
    yahoo.co.id yahoo.co.jp yahoo.co.kr yahoo.co.nz yahoo.co.th yahoo.co.za yahoo.com.ar
    yahoo.com.au yahoo.com.br yahoo.com.cn yahoo.com.co yahoo.com.hk yahoo.com.mx yahoo.com.my
    yahoo.com.ph yahoo.com.sg yahoo.com.tr yahoo.com.tw yahoo.com.vn aol.co.uk aol.de aol.fr aol.it
    t-online.de freenet.de arcor.de online.de 1und1.de vodafone.de kabelmail.de o2online.de
    btinternet.com btopenworld.com talktalk.net tiscali.co.uk ntlworld.com virginmedia.com
    virgin.net blueyonder.co.uk sky.com orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr
    bbox.fr numericable.fr aliceadsl.fr libero.it virgilio.it alice.it tin.it tiscali.it
    fastwebnet.it email.it inwind.it iol.it poste.it telefonica.net terra.es ono.com movistar.es
    ziggo.nl kpnmail.nl planet.nl xs4all.nl hetnet.nl home.nl casema.nl upcmail.nl chello.nl
    telenet.be skynet.be proximus.be bluewin.ch sunrise.ch hispeed.ch a1.net aon.at chello.at
    telia.com comhem.se bredband.net spray.se online.no getmail.no jubii.dk mail.dk stofanet.dk
    luukku.com suomi24.fi kolumbus.fi wp.pl o2.pl onet.pl op.pl onet.eu interia.pl interia.eu gazeta.pl
    poczta.onet.pl seznam.cz email.cz centrum.cz post.cz atlas.cz volny.cz azet.sk zoznam.sk
    centrum.sk freemail.hu citromail.hu indamail.hu abv.bg mail.bg dir.bg ukr.net i.ua meta.ua
    bigmir.net tut.by delfi.lt one.lt mail.ee hot.ee sapo.pt clix.pt netcabo.pt eircom.net otenet.gr
    in.gr forthnet.gr walla.co.il walla.com netvision.net.il mynet.com superonline.com
    uol.com.br bol.com.br terra.com.br ig.com.br globo.com globomail.com r7.com oi.com.br
    zipmail.com.br ibest.com.br prodigy.net.mx fibertel.com.ar arnet.com.ar ciudad.com.ar
    speedy.com.ar vtr.net comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net
    charter.net earthlink.net optonline.net juno.com netzero.net frontier.com windstream.net
    centurylink.net roadrunner.com rogers.com bell.net sympatico.ca shaw.ca telus.net videotron.ca
    bigpond.com bigpond.net.au optusnet.com.au iinet.net.au tpg.com.au xtra.co.nz mweb.co.za
    vodamail.co.za telkomsa.net qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn
    sohu.com 139.com 189.cn aliyun.com naver.com daum.net hanmail.net nate.com docomo.ne.jp
    ezweb.ne.jp softbank.ne.jp au.com i.softbank.jp nifty.com biglobe.ne.jp ocn.ne.jp so-net.ne.jp
    hinet.net pchome.com.tw netvigator.com singnet.com.sg
"""

FREE_MAIL_DOMAINS = frozenset((_GENERIC + _BY_COUNTRY).split())
