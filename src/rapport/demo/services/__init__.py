"""Loading the demonstration business, and taking it away again."""

from rapport.demo.services.loading import EMAIL, PASSWORD, load
from rapport.demo.services.removing import Holding, held, remove

__all__ = ["EMAIL", "PASSWORD", "Holding", "held", "load", "remove"]
