"""Addresses of the app, under /chain/."""

from django.urls import path

from lianzhu.apps.chain.views import board, changes, map, place, thin, tracks, what_if

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
    # new tracks, what-if, own place, thin nodes:
    path("tracks/", tracks.tracks, name="tracks"),
    path("tracks/new/", tracks.take_up_own, name="take_up_own"),
    path("tracks/<str:code>/", tracks.track, name="track"),
    path("tracks/<str:code>/take-up/", tracks.take_up, name="take_up"),
    path("tracks/<str:code>/evidence/", tracks.note_evidence, name="note_evidence"),
    path("tracks/<str:code>/gate/", tracks.pass_gate, name="pass_gate"),
    path("tracks/<str:code>/prolong/", tracks.prolong, name="prolong"),
    path("tracks/<str:code>/stop/", tracks.stop, name="stop"),
    path("tracks/<str:code>/case/", tracks.make_case, name="track_case"),
    path("what-if/", what_if.what_if, name="what_if"),
    path("place/", place.place, name="place"),
    path("thin/", thin.thin, name="thin"),
    path("thin/export/", thin.export_thin, name="export_thin"),
]
