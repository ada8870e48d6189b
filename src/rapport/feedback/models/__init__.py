from rapport.feedback.models.answer import Answer

__all__ = ["Answer"]
