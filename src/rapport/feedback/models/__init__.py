from rapport.feedback.models.answer import Answer
from rapport.feedback.models.invitation import Invitation
from rapport.feedback.models.survey import Survey

__all__ = ["Answer", "Invitation", "Survey"]
