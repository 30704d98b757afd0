"""Every write on activities: `planning`, `attending` (the list), `exchange` (the list as a workbook), `concluding`."""
