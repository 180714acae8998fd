"""Addresses of sign-in, setup and settings."""

from django.urls import path

from rapport.accounts.company.views import company_settings
from rapport.accounts.invitations.views import (
    invitation,
    invitation_passkey,
    invitation_passkey_begin,
    invitation_resend,
    invitation_withdraw,
)
from rapport.accounts.preferences.views import change_password, preferences, profile, settings_home
from rapport.accounts.second_factor.passkey_views import (
    passkey_begin,
    passkey_finish,
    passkey_new_begin,
    passkey_new_finish,
)
from rapport.accounts.second_factor.signin_views import second_factor
from rapport.accounts.second_factor.views import app_new, codes_new, codes_shown, confirm, factor_remove
from rapport.accounts.security.views import security, session_end, sessions_end
from rapport.accounts.setup.views import setup, setup_company, setup_sample, setup_wait
from rapport.accounts.signin.views import forgotten, new_password, sign_in, sign_out
from rapport.accounts.signin_log.views import own_signin_log, signin_log
from rapport.accounts.signin_rules.views import signin_rules
from rapport.accounts.single_sign_on.settings_views import provider, provider_delete, provider_new, providers
from rapport.accounts.single_sign_on.views import single_back, single_begin
from rapport.accounts.users.signin_views import user_factors_reset, user_sessions_end
from rapport.accounts.users.team_views import team_delete, team_edit, team_list
from rapport.accounts.users.views import user_edit, user_link, user_list, user_new, user_switch
from rapport.accounts.viewing.views import viewing_start, viewing_stop

urlpatterns = [
    path("sign-in/", sign_in, name="sign_in"),
    path("sign-in/second/", second_factor, name="second_factor"),
    path("sign-in/passkey/begin/", passkey_begin, name="passkey_begin"),
    path("sign-in/passkey/", passkey_finish, name="passkey_finish"),
    path("sign-in/with/<uuid:provider_id>/", single_begin, name="single_begin"),
    path("sign-in/back/", single_back, name="single_back"),
    path("sign-out/", sign_out, name="sign_out"),
    path("password/", forgotten, name="password_forgotten"),
    path("password/<uuid:user_id>/<str:token>/", new_password, name="new_password"),
    path("invitation/<uuid:invitation_id>/<str:token>/", invitation, name="invitation"),
    path(
        "invitation/<uuid:invitation_id>/<str:token>/passkey/begin/",
        invitation_passkey_begin,
        name="invitation_passkey_begin",
    ),
    path(
        "invitation/<uuid:invitation_id>/<str:token>/passkey/", invitation_passkey, name="invitation_passkey"
    ),
    path("settings/invitations/<uuid:invitation_id>/resend/", invitation_resend, name="invitation_resend"),
    path(
        "settings/invitations/<uuid:invitation_id>/withdraw/", invitation_withdraw, name="invitation_withdraw"
    ),
    path("setup/", setup, name="setup"),
    path("setup/company/", setup_company, name="setup_company"),
    path("setup/sample/", setup_sample, name="setup_sample"),
    path("setup/wait/", setup_wait, name="setup_wait"),
    path("preferences/", preferences, name="preferences"),
    path("settings/", settings_home, name="settings"),
    path("settings/profile/", profile, name="profile"),
    path("settings/password/", change_password, name="change_password"),
    path("settings/security/", security, name="security"),
    path("settings/security/confirm/", confirm, name="confirm"),
    path("settings/security/app/", app_new, name="app_new"),
    path("settings/security/codes/", codes_shown, name="codes_shown"),
    path("settings/security/codes/new/", codes_new, name="codes_new"),
    path("settings/security/passkeys/begin/", passkey_new_begin, name="passkey_new_begin"),
    path("settings/security/passkeys/", passkey_new_finish, name="passkey_new_finish"),
    path("settings/security/factors/<uuid:factor_id>/remove/", factor_remove, name="factor_remove"),
    path("settings/security/log/", own_signin_log, name="own_signin_log"),
    path("settings/security/sessions/end/", sessions_end, name="sessions_end"),
    path("settings/security/sessions/<uuid:session_id>/end/", session_end, name="session_end"),
    path("settings/sign-in/", signin_rules, name="signin_rules"),
    path("settings/sign-in/log/", signin_log, name="signin_log"),
    path("settings/providers/", providers, name="providers"),
    path("settings/providers/new/", provider_new, name="provider_new"),
    path("settings/providers/<uuid:provider_id>/", provider, name="provider"),
    path("settings/providers/<uuid:provider_id>/delete/", provider_delete, name="provider_delete"),
    path("settings/company/", company_settings, name="company_settings"),
    path("settings/users/", user_list, name="users"),
    path("settings/users/new/", user_new, name="user_new"),
    path("settings/users/<uuid:user_id>/", user_edit, name="user"),
    path("settings/users/<uuid:user_id>/deactivate/", user_switch, {"active": False}, name="user_deactivate"),
    path("settings/users/<uuid:user_id>/reactivate/", user_switch, {"active": True}, name="user_reactivate"),
    path("settings/users/<uuid:user_id>/link/", user_link, name="user_link"),
    path("settings/users/<uuid:user_id>/factors/reset/", user_factors_reset, name="user_factors_reset"),
    path("settings/users/<uuid:user_id>/sessions/end/", user_sessions_end, name="user_sessions_end"),
    path("settings/users/<uuid:user_id>/view-as/", viewing_start, name="viewing_start"),
    path("settings/view-as/stop/", viewing_stop, name="viewing_stop"),
    path("settings/teams/", team_list, name="teams"),
    path("settings/teams/<uuid:team_id>/", team_edit, name="team"),
    path("settings/teams/<uuid:team_id>/delete/", team_delete, name="team_delete"),
]
