from rapport.insight.models.score import Score, ScorePoint
from rapport.insight.models.target import Target

__all__ = ["Score", "ScorePoint", "Target"]
