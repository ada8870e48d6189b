from rapport.team.models.api_token import ApiToken
from rapport.team.models.organisation import Organisation
from rapport.team.models.role import Role
from rapport.team.models.saved_view import SavedView
from rapport.team.models.team import Team
from rapport.team.models.user import User

__all__ = ["ApiToken", "Organisation", "Role", "SavedView", "Team", "User"]
