"""How mail programs introduce what they quote, in the languages they speak."""

from __future__ import annotations

import re

_ON = (
    "On|Am|Le|El|Em|Il|Op|På|Pe|Den|Dne|Dnia|Dana|Em|Na|On the|W dniu|Vào|Il giorno|Pada|Tarihinde|Am um|"
    "Den|Ar|Op|Στις|В|У|Le|Ngày|A las|El día|No dia"
)
_WROTE = (
    "wrote|sent|writes|said|schrieb|a écrit|ecrit|escribió|escribio|escreveu|ha scritto|schreef|verzond|geschreven|"
    "skrev|skrifaði|kirjoitti|napisał|napisała|napisał\\(a\\)|napsal|napsala|napsal\\(a\\)|napísal|pisze|írta|"
    "ezt írta|"
    "a scris|đã viết|viết|написал|написала|написал\\(а\\)|пишет|писал|пише|έγραψε|yazdı|menulis|rašė|rakstīja|"
    "kirjutas|napisao|je napisal|写道|寫道|のメール|さんは書きました|님이 작성|kirjutas|a répondu"
)
_NAME = "[^\\n]{0,160}"
_LINES = "(?:[^\\n]{0,200}\\n){0,4}?[^\\n]{0,200}?"
_ADDRESS = "[^\\s<>@]{1,80}@[^\\s<>@]{1,120}"
_DATE = (
    "(?:\\d{1,4}[./-]\\d{1,2}[./-]\\d{1,4}|\\d{1,2}\\.? ?[^\\W\\d]{3,12}\\.?,? \\d{2,4}|"
    "[^\\W\\d]{3,12}\\.? \\d{1,2},? \\d{4})"
)
_WEEKDAY = "(?:[^\\W\\d]{2,12}\\.?,? )?"

# Each is tried at the start of a line, over that line and the four after it.
SPLITTERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # -----Original Message-----
        (
            "\\s*-+ ?(?:original message|reply message|ursprüngliche nachricht|originalnachricht|antwort nachricht|"
            "oprindelig meddelelse|opprinnelig melding|ursprungligt meddelande|message d'origine|message original|"
            "mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|oorspronkelijke bericht|"
            "alkuperäinen viesti|wiadomość oryginalna|původní zpráva|eredeti üzenet|исходное сообщение|"
            "оригинальное сообщение|原始邮件|原始郵件|元のメッセージ|원본 메시지) ?-+"
        ),
        # On 11 Apr 2011, at 6:54, Bob <bob@example.com> wrote:
        f"[->\\s]*(?:{_ON})[ \\xa0](?=[^\\n]{{0,80}}\\d){_LINES}\\b(?:{_WROTE})\\s*(?::|-+)[ \\t]*-*[ \\t]*(?=\\n|$)",
        # Op 13-02-2014 3:18 schreef Bob <bob@example.com>:
        f"[->\\s]*(?:{_ON})[ \\xa0](?=[^\\n]{{0,80}}\\d){_LINES}\\b(?:{_WROTE})\\b{_NAME}:[ \\t]*(?=\\n|$)",
        # ---- Bob wrote ----
        f"\\s*-+[ ]?{_NAME}\\b(?:{_WROTE})[ ]*-+[ \\t]*(?=\\n|$)",
        # 2014-10-17 11:28 GMT+03:00 Bob <bob@example.com>:     26.06.2014, 14:41, "Bob" <bob@example.com>:
        (
            f"[->\\s]*{_WEEKDAY}{_DATE}[^\\n@<>]{{0,120}}(?:[^\\n<>]{{0,80}}<\\s{{0,2}}{_ADDRESS}\\s?>)"
            f"[^\\n<>]{{0,40}}:?[ \\t]*(?=\\n|$)"
        ),
        # Sent from Samsung MobileBob <bob@example.com> wrote:
        f"\\s*Sent from {_NAME}{_ADDRESS}>? (?:{_WROTE}):",
    )
)
# The same on the last line of somebody's own words: "reply On Wed, Apr 4, 2012 at 3:59 PM, bob@example.com wrote:"
SHARED_LINE = re.compile(
    f"(?<=[^\\s>])(?:[ \\t]+|-+[ \\t]*)(?P<splitter>-*\\s?(?:{_ON}) {_WEEKDAY}{_DATE}"
    f"[^\\n]{{0,60}}\\d:\\d\\d[^\\n]{{0,160}} (?:{_WROTE}):)[ \\t]*(?=\\n|$)"
)
_FORWARDS = re.compile(
    "\\s*(?:[-_=> ]{2,}\\s*(?:begin )?(?:forwarded message|weitergeleitete nachricht|message transféré|"
    "message transmis|mensaje reenviado|mensagem encaminhada|mensagem reencaminhada|messaggio inoltrato|"
    "doorgestuurd bericht|"
    "vidarebefordrat meddelande|videresendt meddelelse|videresendt melding|przekazana wiadomość|"
    "přeposlaná zpráva|пересылаемое сообщение|пересланное сообщение|转发的邮件|轉寄郵件|転送メッセージ)\\b"
    "|begin forwarded message:|anfang der weitergeleiteten|début du message réexpédié|inicio del mensaje reenviado)",
    re.IGNORECASE,
)

FROM, DATE, SENT, TO, COPY, SUBJECT = "from", "date", "sent", "to", "copy", "subject"
_LABELS = {
    FROM: "from|von|de|van|fra|från|da|od|от|отправитель|від|lähettäjä|kimden|gönderen|feladó|expéditeur|remitente|"
    "remetente|mittente|afzender|avsender|afsender|keneltä|差出人|发件人|寄件者|보낸 사람|από|di|reply-to",
    DATE: "date|datum|data|fecha|dato|päivämäärä|tarih|dátum|дата|日期|日付|날짜|ngày|kuupäev|datums|received",
    SENT: "sent|gesendet|envoyé|envoye|verzonden|sendt|skickat|enviado|enviada em|enviado el|inviato|wysłano|"
    "odesláno|"
    "отправлено|lähetetty|gönderildi|elküldve|发送时间|寄件日期|送信日時|보낸 날짜|trimis",
    TO: "to|an|à|a|para|aan|til|till|do|komu|кому|vastaanottaja|kime|címzett|destinataire|destinatario|收件人|宛先|"
    "받는 사람",
    COPY: "cc|copy|kopie|copie|copia|kopi|kopia|копия|抄送|參照|참조|bcc",
    SUBJECT: "subject|betreff|objet|asunto|assunto|oggetto|onderwerp|emne|ämne|temat|předmět|тема|aihe|konu|tárgy|主题|"
    "主旨|件名|제목|subiect",
}
_LABEL = re.compile(
    "[>\\s]*[*_]{0,2}(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _LABELS.items())
    + ")[*_]{0,2}[ \\xa0]?[:：][*_]{0,2}",
    re.IGNORECASE,
)


def is_forward(line: str) -> bool:
    """Return whether a line introduces a mail that is passed on."""
    return bool(_FORWARDS.match(line))


def label_of(line: str) -> str:
    """Return which header a line repeats, in whatever language: from, date, sent, to, copy, subject, or nothing."""
    match = _LABEL.match(line)
    return (match.lastgroup or "") if match else ""
