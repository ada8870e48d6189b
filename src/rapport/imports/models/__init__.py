from rapport.imports.models.before import RowBefore
from rapport.imports.models.mapping import SavedMapping
from rapport.imports.models.problem import ImportProblem
from rapport.imports.models.run import ImportRun

__all__ = ["ImportProblem", "ImportRun", "RowBefore", "SavedMapping"]
