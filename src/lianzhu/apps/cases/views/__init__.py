"""HTTP of the app: `pool` (lists, bulk, export), `course` (one case and its acts), `entering` (raise, call, complain),
`rules` (limits, calendar, answers, channels), `numbers` (metrics and the monthly brief).
"""
