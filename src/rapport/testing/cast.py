"""The cast of the tests: a firm with two teams and one colleague for each way of reaching rows.

Alice is the administrator and Mona the manager. Ben and Bea are agents of team North, Sam is one of team South, so
Sam is the colleague from another team. Dora is a marketer, Carla a reader. Everybody signs in with `PASSWORD`.
"""

from __future__ import annotations

from dataclasses import dataclass

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.team.models import Organisation, Role, Team, User
from rapport.team.queries import actor_for
from rapport.team.services.organisation import Founder, set_up

PASSWORD = "northern-lantern-42"
CURRENCY = "GBP"
ZONE = "Europe/London"


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, and the teams they are in."""

    firm: Organisation
    alice: User
    mona: User
    ben: User
    bea: User
    sam: User
    dora: User
    carla: User
    north: Team
    south: Team

    @property
    def everybody(self) -> tuple[User, ...]:
        """All users, the one with the most rights first."""
        return (self.alice, self.mona, self.ben, self.bea, self.sam, self.dora, self.carla)


def hire() -> Cast:
    """Set up the organisation "Lantern & Sons" with its staff and return them."""
    founder = Founder("Alice Young", "alice@example.com", PASSWORD)
    firm, alice = set_up("Lantern & Sons", currency=CURRENCY, zone=ZONE, language="en", founder=founder, country="GB")
    roles = {role.key: role for role in Role.objects.all()}
    people = {
        "mona": _user("Mona Ferris", roles["manager"]),
        "ben": _user("Ben Okafor", roles["agent"]),
        "bea": _user("Bea Lind", roles["agent"]),
        "sam": _user("Sam Castro", roles["agent"]),
        "dora": _user("Dora Weiss", roles["marketer"]),
        "carla": _user("Carla Neri", roles["reader"]),
    }
    User.objects.bulk_create(people.values())
    north, south = Team.objects.bulk_create([Team(name="North"), Team(name="South")])
    belongs = Team.members.through
    pairs = ((north, "ben"), (north, "bea"), (south, "sam"))
    belongs.objects.bulk_create([belongs(team=team, user=people[name]) for team, name in pairs])
    return Cast(firm=firm, alice=alice, north=north, south=south, **people)


def hired() -> Cast:
    """Return the cast that a fixture of the module hired, read anew."""
    users = {one.name.split()[0].lower(): one for one in User.objects.select_related("role")}
    teams = {one.name: one for one in Team.objects.all()}
    return Cast(firm=Organisation.objects.get(), north=teams["North"], south=teams["South"], **users)


def user(name: str, role: str) -> User:
    """Add a user of the preset `role` who signs in with `PASSWORD`; the address is the first name at example.com."""
    made = _user(name, Role.objects.get(key=role))
    made.save(force_insert=True)
    return made


def _user(name: str, role: Role) -> User:
    made = User(email=f"{name.split()[0].lower()}@example.com", name=name, role=role, zone=ZONE, joined_at=clock.now())
    made.set_password(PASSWORD)
    return made


def actor(of: User) -> Actor:
    """Return a user as an actor on the staff pages, with their rights as they are now."""
    return actor_for(User.objects.select_related("role").get(pk=of.pk))
