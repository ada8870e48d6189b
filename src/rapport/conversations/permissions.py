from django.utils.translation import gettext_lazy as _

from rapport.kernel.permissions import Right

VIEW = Right("conversations.view", _("See conversations"))
ANSWER = Right("conversations.answer", _("Answer, note, snooze and assign conversations"))
DELETE = Right("conversations.delete", _("Move conversations to the trash"))
RECEIVE = Right("conversations.receive", _("Bring in messages from outside"))
MANAGE = Right("conversations.manage", _("Manage mailboxes"))
