"""Pages: `firm` (a firm's own policies), `office` (verdicts, counts, the shelf), `claims` (followed to the money)."""
