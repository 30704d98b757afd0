"""Pages of the organisation: `tree` (reading), `writing`, `coverage`, `missions`, `exchange`."""
