"""The shapes of what is typed in, by page: `board` (cases, sources), `tracks`."""
