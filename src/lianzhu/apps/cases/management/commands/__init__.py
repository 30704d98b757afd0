"""`rebuild_cases`: proves that every derived column follows from the log, and mends those that do not."""
