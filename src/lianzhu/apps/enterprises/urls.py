"""Addresses of the app, under /firms/."""

from django.urls import path
from django.views.generic import RedirectView

from lianzhu.apps.enterprises.views import firms, genealogy, imports, speaking

app_name = "enterprises"
urlpatterns = [
    path("imports/", imports.batches, name="imports"),
    path("imports/template/<slug:kind>/", imports.template, name="import_template"),
    path("imports/<int:pk>/", imports.batch, name="import"),
    path("imports/<int:pk>/progress/", imports.progress, name="import_progress"),
    path("imports/<int:pk>/columns/", imports.choose_columns, name="import_columns"),
    path("imports/<int:pk>/decide/", imports.decide, name="import_decide"),
    path("imports/<int:pk>/apply/", imports.apply, name="import_apply"),
    path("imports/<int:pk>/undo/", imports.undo, name="import_undo"),
    path("imports/<int:pk>/drop/", imports.drop, name="import_drop"),
    path("imports/<int:pk>/refused/", imports.refused_workbook, name="import_refused"),
    path("imports/<int:pk>/original/", imports.original, name="import_original"),
    path("", firms.firms, name="firms"),
    path("export/", firms.export_firms, name="export_firms"),
    # The map shows findings, which stand above firms: it lives under /chain/, and pages down here lead to it.
    path("map/", RedirectView.as_view(url="/chain/map/", query_string=True), name="map"),
    path("map/<slug:code>/", RedirectView.as_view(url="/chain/map/%(code)s/", query_string=True), name="map_node"),
    path("genealogy/", genealogy.genealogy, name="genealogy"),
    path("<int:pk>/", firms.firm_facts, name="firm"),
    path("<int:pk>/products/", firms.firm_products, name="firm_products"),
    path("<int:pk>/links/", firms.firm_links, name="firm_links"),
    path("<int:pk>/people/", firms.firm_people, name="firm_people"),
    path("<int:pk>/history/", firms.firm_history, name="firm_history"),
    path("<int:pk>/state/<slug:name>/", speaking.state_fact, name="state_fact"),
    path("<int:pk>/merge/", speaking.merge, name="merge"),
    path("<int:pk>/split/", speaking.split, name="split"),
    path("<int:pk>/confirm/", speaking.confirm_file, name="confirm_file"),
    path("<int:pk>/grants/", speaking.grants, name="grants"),
    path("grants/<int:pk>/revoke/", speaking.revoke_grant, name="revoke_grant"),
    path("facts/<int:pk>/accept/", speaking.accept_fact, name="accept_fact"),
    path("facts/<int:pk>/refuse/", speaking.refuse_fact, name="refuse_fact"),
    path("facts/<int:pk>/withdraw/", speaking.withdraw_fact, name="withdraw_fact"),
]
