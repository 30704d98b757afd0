"""Second floor: people at work. Django, one app per domain, storeys fixed by the import contracts.

Every app has the same rooms (models, permissions, queries, actions, jobs, forms, views, charts), made only when there
is content. Start reading in `enterprises`.
"""
