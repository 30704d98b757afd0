"""Addresses of the app, under /chain/."""

from django.urls import path

from lianzhu.apps.chain.views import board, changes, map

app_name = "chain"
urlpatterns = [
    # board, map, what changed:
    path("", board.board, name="board"),
    path("run/", board.run, name="run"),
    path("run/progress/", board.run_progress, name="run_progress"),
    path("findings/<int:pk>/", board.finding, name="finding"),
    path("nodes/<slug:code>/source/", board.second_source, name="second_source"),
    path("sources/<int:pk>/end/", board.end_source, name="end_source"),
    path("changes/", changes.changes, name="changes"),
    path("map/", map.chain_map, name="map"),
    path("map/export/", map.export_map, name="export_map"),
    path("map/<slug:code>/", map.map_node, name="map_node"),
]
