"""The fields that columns can become, noun by noun: their types, and the headers by which people call them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from rapport.imports.reading.problems import gettext_noop as _
from rapport.kernel.conditions.registry import DECLARED

Type = Literal[
    "text", "note", "key", "integer", "decimal", "money", "date", "moment", "boolean", "email", "phone", "handle",
    "external", "country", "language", "currency", "list", "score", "choice", "choices", "url",
]  # fmt: skip
Noun = str
"""One of `NOUNS`, or custom_ and the key of a custom object."""

NOUNS: tuple[Noun, ...] = (
    "customer", "product", "order", "line", "payment", "delivery", "promise", "review", "transaction",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """One field of a noun.

    `longest` is the number of characters that fit, `choices` the values of a choice. A `required` field makes
    a row without it an error. `past` leaves out days to come with a warning. `headers` are folded names of
    columns that mean it, the best first. `check` raises `ValueError` with the words that say why a
    value does not fit.
    """

    name: str
    type: Type
    label: str
    headers: tuple[str, ...] = ()
    longest: int = 0
    required: bool = False
    past: bool = False
    choices: tuple[str, ...] = ()
    check: Callable[[Any], Any] | None = None


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split("|") if name.strip())


_CUSTOMER_NUMBER = _names(
    "customer id|customer number|customer no|customerid|customer|client id|kundennummer|kunden nr|kunde|numero client"
    "|client|id cliente|cliente|codice cliente|codigo cliente|klantnummer|contact id|record id|member id|id"
)
_ORDER_NUMBER = _names(
    "order number|order id|order no|order|invoice number|invoice no|invoiceno|invoice|bestellnummer|auftragsnummer"
    "|rechnungsnummer|numero commande|commande|numero de pedido|pedido|numero ordine|ordine|ordernummer|bestelling"
)
_EMAIL = _names(
    "email|e mail|email address|mail|e mail adresse|courriel|adresse email|correo|correo electronico|e mailadres"
)
_SKU = _names(
    "sku|product id|product code|item number|article number|artikelnummer|stock code|stockcode"
    "|lineitem sku|reference|referencia|code article"
)

CUSTOMER = (
    Target("external", "external", _("Customer number"), _CUSTOMER_NUMBER, 200),
    Target("name", "text", _("Name"), _names(
        "name|full name|display name|contact name|customer name|kunde|nombre completo|nom complet"
        "|nome completo|naam|navn|namn|nome|nombre"
    ), 200),
    Target("given_name", "text", _("Given name"), _names(
        "first name|firstname|given name|vorname|prenom|nombre|nome|primeiro nome|voornaam|fornavn|fornamn"
        "|imie|fname"
    ), 100),
    Target("family_name", "text", _("Family name"), _names(
        "last name|lastname|family name|surname|nachname|nom de famille|nom|apellido|apellidos|cognome"
        "|sobrenome|achternaam|efternavn|efternamn|nazwisko|lname"
    ), 100),
    Target("kind", "choice", _("Person or company"), _names("kind|customer type|type"), choices=("person", "company")),
    Target("email", "email", _("E-mail"), _EMAIL, 254),
    Target("phone", "phone", _("Phone"), _names(
        "phone|phone number|telephone|mobile|mobile phone|cell|tel|telefon|handy|mobil|telefonnummer"
        "|telephone portable|portable|telefono|movil|celular|telefone|cellulare|telefoon|sms|whatsapp"
    ), 254),
    Target("handle", "handle", _("Name on a channel"), _names(
        "instagram|twitter|x handle|mastodon|bluesky|handle|username"
    ), 254),
    Target("company", "text", _("Company"), _names(
        "company|company name|organization|organisation|organization name|firma|unternehmen|societe"
        "|entreprise|empresa|azienda|bedrijf|account|account name|default address company"
    ), 200),
    Target("role", "text", _("Role in the company"), _names(
        "job title|title|position|role|funktion|poste|cargo|puesto|ruolo|functie"
    ), 80),
    Target("street", "text", _("Street"), _names(
        "street|address|address 1|address1|street address|strasse|adresse|rue|direccion|calle|endereco|rua"
        "|indirizzo|via|straat|adres"
    ), 200),
    Target("city", "text", _("City"), _names(
        "city|town|ort|stadt|ville|ciudad|cidade|citta|comune|plaats|stad|miasto"
    ), 120),
    Target("region", "text", _("Region"), _names(
        "region|state|province|province code|county|bundesland|departement|provincia|estado|uf|regione"
        "|provincie"
    ), 120),
    Target("postcode", "text", _("Postcode"), _names(
        "postcode|zip|zip code|postal code|plz|postleitzahl|code postal|cp|codigo postal|cep|cap"
    ), 20),
    Target("country", "country", _("Country"), _names(
        "country|country code|country region|land|pays|pais|paese|kraj"
    ), 2),
    Target("language", "language", _("Language"), _names("language|locale|sprache|langue|idioma|lingua|taal"), 8),
    Target("birthday", "date", _("Birthday"), _names(
        "birthday|birth date|date of birth|dob|geburtstag|geburtsdatum|date de naissance|fecha de nacimiento"
        "|data de nascimento|data di nascita|geboortedatum"
    ), past=True),
    Target("stage", "choice", _("Stage"), _names(
        "stage|lifecycle stage|status"
        "|lead status"), choices=("lead", "prospect", "customer", "advocate", "former"
    )),
    Target("tags", "list", _("Tags"), _names(
        "tags|labels|groups|group membership|categories|schlagworte|etiquettes|etiquetas"
    )),
    Target("note", "note", _("Note"), _names("note|notes|comment|comments|notiz|bemerkung|notas|observacoes"), 100_000),
    Target("source", "text", _("Source"), _names("source|lead source|original source|herkunft|origine|origen"), 80),
    Target("since", "moment", _("Customer since"), _names(
        "created at|created|create date|date created|created time|registered|date registered|customer since"
        "|added time|kunde seit|date de creation|fecha de alta|data de cadastro"
    ), past=True),
    Target("consent_email", "boolean", _("Allows e-mail"), _names(
        "accepts email marketing|accepts marketing|email opt in|newsletter|email consent"
    )),
    Target("consent_sms", "boolean", _("Allows text messages"), _names("accepts sms marketing|sms opt in|sms consent")),
    Target("consent_phone", "boolean", _("Allows calls"), _names("phone opt in|phone consent")),
    Target("refuse_email", "boolean", _("Refuses e-mail"), _names(
        "email blacklisted|unsubscribed|email opt out|opted out of email"
    )),
    Target("refuse_sms", "boolean", _("Refuses text messages"), _names("sms blacklisted|sms opt out")),
)  # fmt: skip
PRODUCT = (
    Target("sku", "key", _("Product number"), _SKU, 80, required=True),
    Target("name", "text", _("Product name"), _names(
        "product name|name|title|description|item|artikel|bezeichnung|produkt|produit|nom|producto|nombre"
        "|produto|prodotto|lineitem name"
    ), 300),
    Target("category", "text", _("Category"), _names(
        "category|product category|type|product type|kategorie|warengruppe|categorie|categoria"
    ), 120),
    Target("price", "money", _("Price"), _names(
        "price|unit price|list price|sales price|preis|prix|precio|preco|prezzo|prijs"
    )),
    Target("cost", "money", _("Cost"), _names("cost|unit cost|cost price|einkaufspreis|cout|coste|custo|costo")),
    Target("currency", "currency", _("Currency"), _names("currency|wahrung|devise|moneda|moeda|valuta"), 3),
)  # fmt: skip
_OF_CUSTOMER = (
    Target("customer_external", "external", _("Customer number"), _CUSTOMER_NUMBER, 200),
    Target("customer_email", "email", _("Customer's e-mail"), _EMAIL, 254),
    Target("customer_phone", "phone", _("Customer's phone"), _names("phone|customer phone|billing phone|telefon"), 254),
)
_MONEY_DATES = _names(
    "date|order date|created at|date created|invoice date|invoicedate|purchase date|bestelldatum"
    "|rechnungsdatum|datum|date de commande|fecha|fecha de pedido|data do pedido|data|besteldatum"
)
ORDER = (
    Target("number", "key", _("Order number"), _ORDER_NUMBER, 80, required=True),
    *_OF_CUSTOMER,
    Target("placed_at", "moment", _("Placed"), _MONEY_DATES),
    Target("kind", "choice", _("Kind"), _names("kind|document type"), choices=("sale", "credit", "adjustment")),
    Target("status", "choice", _("Status"), _names(
        "status|order status|auftragsstatus|statut"
        "|estado"), choices=("placed", "paid", "shipped", "delivered", "cancelled"
    )),
    Target("paid_at", "moment", _("Paid"), _names("paid at|paid date|date paid|bezahlt am")),
    Target("shipped_at", "moment", _("Shipped"), _names("shipped at|fulfilled at|ship date|shipped date|versendet am")),
    Target("delivered_at", "moment", _("Delivered"), _names("delivered at|delivery date|date delivered|geliefert am")),
    Target("cancelled_at", "moment", _("Cancelled"), _names("cancelled at|canceled at|storniert am")),
    Target("promised_on", "date", _("Promised for"), _names(
        "promised date|promised on|estimated delivery|estimated delivery date|expected delivery|liefertermin"
        "|target date"
    )),
    Target("country", "country", _("Country"), _names(
        "country|shipping country|ship country|billing country|land|pays|pais"
    ), 2),
    Target("channel", "text", _("Channel"), _names("channel|sales channel|source|kanal"), 40),
    Target("currency", "currency", _("Currency"), _names("currency|currency code|wahrung|devise|moneda|moeda"), 3),
    Target("total", "money", _("Total"), _names(
        "total|order total|grand total|amount|gesamtbetrag|gesamt|summe|betrag|montant|importe|valor total"
        "|totale"
    )),
    Target("discount", "money", _("Discount"), _names(
        "discount|discount amount|total discount|rabatt|remise|descuento|desconto|sconto"
    )),
    Target("tax", "money", _("Tax"), _names("tax|taxes|total tax|vat|mwst|ust|tva|iva|imposto")),
    Target("shipping", "money", _("Shipping"), _names(
        "shipping|shipping cost|shipping amount|freight|versand|versandkosten|livraison|envio|frete"
        "|spedizione"
    )),
    Target("refunded", "money", _("Refunded"), _names("refunded amount|refund|total refunded|erstattet")),
    Target("note", "note", _("Note"), _names("note|notes|customer note|bemerkung"), 100_000),
    Target("payment_method", "text", _("Payment method"), _names(
        "payment method|zahlungsart|mode de paiement|metodo de pago|forma de pagamento"
    ), 40),
)  # fmt: skip
LINE = (
    Target("order_number", "key", _("Order number"), _ORDER_NUMBER, 80, required=True),
    Target("position", "integer", _("Position"), _names("line|line number|line item id|order item id|position|pos")),
    Target("sku", "key", _("Product number"), _SKU, 80),
    Target("name", "text", _("Product name"), _names(
        "product name|item name|description|lineitem name|item|artikel|bezeichnung|produit|producto|produto"
    ), 300),
    Target("quantity", "decimal", _("Quantity"), _names(
        "quantity|qty|lineitem quantity|menge|anzahl|quantite|cantidad|quantidade|quantita|aantal"
    )),
    Target("unit_price", "decimal", _("Unit price"), _names(
        "unit price|unitprice|price|lineitem price|item price|einzelpreis|preis|prix unitaire|prix|precio"
        "|preco|prezzo|prijs"
    )),
    Target("discount", "money", _("Discount"), _names("line discount|lineitem discount|item discount|rabatt")),
    Target("total", "money", _("Line total"), _names("line total|net total|subtotal|item total|zeilensumme")),
    Target("shipping", "money", _("Shipping"), _names("freight|freight value|item shipping")),
)  # fmt: skip
PAYMENT = (
    Target("order_number", "key", _("Order number"), _ORDER_NUMBER, 80, required=True),
    Target("reference", "key", _("Reference"), _names(
        "payment reference|transaction id|payment id|reference|payment sequential|zahlungsreferenz"
    ), 80),
    Target("method", "text", _("Method"), _names(
        "payment method|payment type|method|zahlungsart|mode de paiement"
    ), 40),
    Target("installments", "integer", _("Instalments"), _names("payment installments|installments|raten|parcelas")),
    Target("amount", "money", _("Amount"), _names(
        "payment value|payment amount|amount paid|amount|betrag|montant|importe|valor"
    ), required=True),
    Target("currency", "currency", _("Currency"), _names("currency|wahrung|devise|moneda|moeda"), 3),
    Target("paid_at", "moment", _("Paid"), _names("paid at|payment date|date paid|zahlungsdatum")),
)  # fmt: skip
DELIVERY = (
    Target("order_number", "key", _("Order number"), _ORDER_NUMBER, 80, required=True),
    Target("carrier", "text", _("Carrier"), _names(
        "carrier|shipping method|versanddienst|transporteur|transportista"
    ), 80),
    Target("tracking", "text", _("Tracking number"), _names(
        "tracking|tracking number|tracking code|sendungsnummer|numero de suivi"
    ), 120),
    Target("shipped_at", "moment", _("Shipped"), _names("shipped at|ship date|shipped date|versendet am")),
    Target("delivered_at", "moment", _("Delivered"), _names("delivered at|delivery date|delivered date|geliefert am")),
)  # fmt: skip
PROMISE = (
    Target("external", "key", _("Promise number"), _names("promise id|case id|case enquiry id|id"), 80),
    *_OF_CUSTOMER,
    Target("order_number", "key", _("Order number"), _ORDER_NUMBER, 80),
    Target("what", "text", _("What was promised"), _names(
        "promise|what|subject|title|case title|betreff|sujet|asunto"
    ), 300),
    Target("kind", "choice", _("Kind"), _names(
        "promise kind|kind"), choices=("delivery", "reply", "call", "refund", "visit", "other"
    )),
    Target("made_at", "moment", _("Made"), _names("promised at|made at|opened|open dt|created at|created")),
    Target("due_on", "date", _("Due on (a day)"), _names("due on|due date|promised date|faellig am")),
    Target("due_at", "moment", _("Due at (a moment)"), _names("due at|due|target dt|target date|deadline")),
    Target("fulfilled_at", "moment", _("Fulfilled"), _names(
        "fulfilled at|done at|closed dt|closed at|completed at|delivered at"
    )),
)  # fmt: skip
REVIEW = (
    Target("external", "key", _("Review number"), _names("review id|response id|answer id|id"), 160),
    *_OF_CUSTOMER,
    Target("order_number", "key", _("Order number"), _ORDER_NUMBER, 80),
    Target("sku", "key", _("Product number"), _SKU, 80),
    Target("kind", "choice", _("Kind"), _names("question|kind"), choices=("review", "csat", "nps", "ces", "cli")),
    Target("score", "score", _("Score"), _names(
        "score|rating|stars|review score|nps|csat|bewertung|note|puntuacion|nota"
    )),
    Target("title", "text", _("Title"), _names("title|review title|review comment title|titel|titre|titulo"), 300),
    Target("text", "note", _("Text"), _names(
        "text|review|comment|review comment message|message|kommentar|commentaire|comentario|explication"
    ), 100_000),
    Target("asked_at", "moment", _("Asked"), _names("asked at|sent at|review creation date|created at")),
    Target("answered_at", "moment", _("Answered"), _names(
        "answered at|date|review date|review answer timestamp|submitted at"
    )),
)  # fmt: skip
TRANSACTION = (
    Target("customer_external", "external", _("Customer number"), _CUSTOMER_NUMBER, 200),
    Target("customer_email", "email", _("Customer's e-mail"), _EMAIL, 254),
    Target("at", "moment", _("Date"), (*_MONEY_DATES, *_names("transaction date|time|timestamp|day")), required=True),
    Target("amount", "money", _("Amount"), _names(
        "amount|dollar value|value|total|sales|spend|price|revenue|betrag|montant|importe|valor|umsatz"
    ), required=True),
    Target("quantity", "decimal", _("Quantity"), _names("quantity|number of cds|items|qty|menge")),
    Target("currency", "currency", _("Currency"), _names("currency|wahrung|devise|moneda|moeda"), 3),
)  # fmt: skip

RECORD = (
    Target("name", "text", _("Name"), _names("name|title|label|bezeichnung|titel|nom|nombre|nome|naam"), 200),
    Target("reference", "key", _("Number in another system"), _names(
        "reference|external id|external number|id|uuid|referenz|externe nummer|identifiant|referencia|codigo"
    ), 80),
    Target("number", "key", _("Number"), _names("number|record number|no|nr|nummer|numero"), 40),
    Target("owner", "text", _("Owner"), _names(
        "owner|owner email|account manager|responsible|assigned to|besitzer|betreuer|zustandig|responsable|responsavel"
    ), 254),
    Target("customer", "text", _("Customer"), _names(
        "customer|customer name|client|client name|account|contact|company|holder|kunde|kundenname|cliente|klant"
    ), 254),
    Target("customer_external", "external", _("Customer number"), _names(
        "customer number|customer id|customer no|client id|account id|kundennummer|kunden nr|numero client|id cliente"
    ), 200),
    Target("customer_email", "email", _("Customer's e-mail"), (*_EMAIL, *_names("customer email|client email")), 254),
    Target("customer_phone", "phone", _("Customer's phone"), _names(
        "phone|customer phone|client phone|telephone|mobile|telefon|telefono|telefone"
    ), 254),
)  # fmt: skip
TARGETS: dict[Noun, dict[str, Target]] = {
    noun: {target.name: target for target in targets}
    for noun, targets in zip(
        NOUNS, (CUSTOMER, PRODUCT, ORDER, LINE, PAYMENT, DELIVERY, PROMISE, REVIEW, TRANSACTION), strict=True
    )
}
RECORD_TARGETS = {target.name: target for target in RECORD}


def targets_of(noun: Noun) -> dict[str, Target]:
    """The fields of a noun that the product knows, by name; empty for one that it does not know."""
    return RECORD_TARGETS if noun.startswith(DECLARED) else TARGETS.get(noun, {})


# Fields that take every value they find: the others are one value per row.
MANY = frozenset({"email", "phone", "handle"})
