"""Every write: `room` (on, off, keepers) and `records` (stages, reading, withdrawal, erasure)."""
