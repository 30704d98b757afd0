"""Every write of the app: accounts, facts, grants, imports. Each act is one function with the same five beats."""
