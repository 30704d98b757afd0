"""Addresses of the app."""

from django.urls import path

from lianzhu.apps.portal.api import api
from lianzhu.apps.portal.views import accounts, audit, errors, home, people, session

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("search/", home.search, name="search"),
    path("help/", home.keyboard, name="help"),
    path("api/", api.urls),
    path("audit/", audit.audit, name="audit"),
    path("audit/verify/", audit.verify_audit, name="verify_audit"),
    path("healthz", errors.healthz, name="healthz"),
    path("account/sign-in/", session.SignInPage.as_view(), name="login"),
    path("account/sign-out/", session.sign_out, name="logout"),
    path("account/language/", session.choose_language, name="language"),
    path("account/join/", accounts.join, name="join"),
    path("account/password/", accounts.password, name="password"),
    path("account/second-factor/", session.second_factor, name="second_factor"),
    path("account/second-factor/set-up/", accounts.second_factor_setup, name="second_factor_setup"),
    path("account/people/", people.people, name="people"),
    path("account/people/invite/", people.invite, name="invite"),
    path("account/people/<int:pk>/", people.person, name="person"),
    path("account/people/<int:pk>/role/", people.give_role, name="give_role"),
    path("account/people/<int:pk>/reset/", people.reset, name="reset"),
    path("account/people/<int:pk>/lost-factor/", people.lost_factor, name="lost_factor"),
    path("account/people/<int:pk>/leave/", people.leave, name="leave"),
    path("account/people/roles/<int:pk>/end/", people.end_role, name="end_role"),
    path("account/people/invitations/<int:pk>/withdraw/", people.withdraw, name="withdraw"),
]
