from rapport.knowledge.models.article import Article, Translation, Version
from rapport.knowledge.models.attempt import Attempt
from rapport.knowledge.models.audience import Audience
from rapport.knowledge.models.category import Category
from rapport.knowledge.models.comparison import ComparedProduct, Comparison
from rapport.knowledge.models.searched import SearchedWord, Synonyms
from rapport.knowledge.models.vote import Vote

__all__ = [
    "Article",
    "Attempt",
    "Audience",
    "Category",
    "ComparedProduct",
    "Comparison",
    "SearchedWord",
    "Synonyms",
    "Translation",
    "Version",
    "Vote",
]
