from rapport.portal.models.count import Count

__all__ = ["Count"]
