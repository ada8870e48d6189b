from rapport.conversations.models.attachment import Attachment
from rapport.conversations.models.chat import Chat, ChatSite, Visit, Visitor
from rapport.conversations.models.delivery import Delivery
from rapport.conversations.models.draft import Draft
from rapport.conversations.models.mailbox import Mailbox, MailFolder
from rapport.conversations.models.message import Message
from rapport.conversations.models.people import Mention, Participant, Presence
from rapport.conversations.models.sender_rule import SenderRule
from rapport.conversations.models.thread import Thread, ThreadLink

__all__ = [
    "Attachment",
    "Chat",
    "ChatSite",
    "Delivery",
    "Draft",
    "MailFolder",
    "Mailbox",
    "Mention",
    "Message",
    "Participant",
    "Presence",
    "SenderRule",
    "Thread",
    "ThreadLink",
    "Visit",
    "Visitor",
]
