"""Addresses of the settings, below /settings/."""

from __future__ import annotations

from django.urls import path

from rapport.staff.settings import (
    audit,
    custom_fields,
    organisation,
    portal,
    roles,
    sample,
    targets,
    teams,
    tokens,
    users,
)

urlpatterns = [
    path("", organisation.index, name="settings"),
    path("organisation/", organisation.organisation, name="organisation"),
    path("portal/", portal.portal, name="portal"),
    path("users/", users.users, name="users"),
    path("users/add/", users.add, name="user_add"),
    path("users/<uuid:pk>/", users.user, name="user"),
    path("users/<uuid:pk>/password/", users.password, name="user_password"),
    path("users/<uuid:pk>/deactivate/", users.deactivate, name="user_deactivate"),
    path("users/<uuid:pk>/reactivate/", users.reactivate, name="user_reactivate"),
    path("teams/", teams.teams, name="teams"),
    path("teams/add/", teams.add, name="team_add"),
    path("teams/<uuid:pk>/", teams.team, name="team"),
    path("teams/<uuid:pk>/remove/", teams.remove, name="team_remove"),
    path("roles/", roles.roles, name="roles"),
    path("roles/add/", roles.add, name="role_add"),
    path("roles/<uuid:pk>/", roles.role, name="role"),
    path("roles/<uuid:pk>/rename/", roles.rename, name="role_rename"),
    path("roles/<uuid:pk>/remove/", roles.remove, name="role_remove"),
    path("fields/", custom_fields.custom_fields, name="custom_fields"),
    path("fields/add/", custom_fields.add, name="custom_field_add"),
    path("fields/<uuid:pk>/", custom_fields.custom_field, name="custom_field"),
    path("fields/<uuid:pk>/archive/", custom_fields.archive, name="custom_field_archive"),
    path("fields/<uuid:pk>/restore/", custom_fields.restore, name="custom_field_restore"),
    path("targets/", targets.show, name="targets"),
    path("sample/", sample.sample, name="sample"),
    path("sample/remove/", sample.take_away, name="sample_remove"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/add/", tokens.add, name="token_add"),
    path("tokens/<uuid:pk>/revoke/", tokens.revoke, name="token_revoke"),
    path("audit/", audit.audit, name="audit"),
]
