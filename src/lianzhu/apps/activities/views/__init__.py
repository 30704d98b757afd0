"""Pages of activities: `reading`, `writing`, `sheets` (the list as a workbook)."""
