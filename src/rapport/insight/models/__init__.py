from rapport.insight.models.back_test import BackTest
from rapport.insight.models.lake import Change, LakeState
from rapport.insight.models.score import Score, ScorePoint
from rapport.insight.models.target import Target

__all__ = ["BackTest", "Change", "LakeState", "Score", "ScorePoint", "Target"]
