"""Every write of the app: `packages` (verdicts of a day, answers to questions), `claims` (followed to the money)."""
