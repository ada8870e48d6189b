"""A door on the web for raw mail: providers that take mail for us post it here, to an address only they know."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from rapport.connectors.mail.filing import Arrival, file
from rapport.connectors.mail.signing import signer
from rapport.conversations.models import Mailbox

DOOR = "w"
LARGEST = 60_000_000
FIELDS = ("email", "body-mime", "message", "raw", "mime")  # SendGrid, Mailgun, and what others call it


def address_of(mailbox: Mailbox) -> str:
    """Return the path at which mail for a mailbox is taken. Whoever knows it may bring mail, so it is a secret."""
    return reverse("mail:inbound", args=[signer().token(DOOR, mailbox.pk.hex)])


@csrf_exempt
@login_not_required
@require_POST
def inbound(request: HttpRequest, token: str) -> HttpResponse:
    """Take a raw mail: the body itself, or a field of a form; 404 for a token that is not ours."""
    value = signer().value(DOOR, token)
    mailbox = Mailbox.objects.filter(pk=UUID(value)).first() if value else None
    if mailbox is None:
        raise Http404
    raw = _raw(request)
    if not raw:
        return JsonResponse({"error": "no mail in the request"}, status=400)
    if len(raw) > LARGEST:
        return JsonResponse({"error": "too large"}, status=413)
    message = file(Arrival(raw, mailbox))
    return JsonResponse({"message": str(message.pk) if message else None})


def _raw(request: HttpRequest) -> bytes:
    if (request.content_type or "") not in ("multipart/form-data", "application/x-www-form-urlencoded"):
        return bytes(request.read(LARGEST + 1))
    for name in FIELDS:
        upload = request.FILES.get(name)
        if isinstance(upload, UploadedFile):
            return bytes(upload.read())
        if name in request.POST:
            return str(request.POST[name]).encode("utf-8", "surrogateescape")
    return b""
