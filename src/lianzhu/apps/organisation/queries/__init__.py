"""Reads of the organisation: who works for which body (`membership`), the tree and a body (`tree`), coverage.

What other apps need stands here; the pages import the modules.
"""

from lianzhu.apps.organisation.queries.membership import bodies_a_user_works_for, bodies_of, members_of

__all__ = ["bodies_a_user_works_for", "bodies_of", "members_of"]
