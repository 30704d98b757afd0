"""A year of the fictional town's work, told through the product's own acts up to the day the demo is built.

Owns: who sits where (`seats`, `posts`), the town's rules (`rules`), difficulties from call to call-back (`cases`,
`courses`), meetings and lectures (`gatherings`), new tracks and the board (`tracks`, `board`); much of what people say
stands in the YAML files beside. `calendar.py` tells the time: every date is counted back from the day of the build, so
the demo never ages. Start reading in `year.py`.
"""
