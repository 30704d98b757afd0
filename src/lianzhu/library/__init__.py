"""Ground floor: dated facts of the outside world, as data. No logic but loading and checking.

Imports nothing of Lianzhu. Start reading in `facts.yaml`, the dictionary every form, template, import and rule uses.
"""
