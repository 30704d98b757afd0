"""Template tags of the frame: `dates` (absolute dates with weekday), `fields` (form fields), `charts`."""
