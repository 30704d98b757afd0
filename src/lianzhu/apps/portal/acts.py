"""Names of recorded acts in words. A room that records a new act adds its line; an unknown act shows its code."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTS: Mapping[str, Promise] = {
    "account.made": _("account made"),
    "audit.broken": _("log verified: broken"),
    "audit.verified": _("log verified: whole"),
    "chain.founded": _("chain founded"),
    "fact.accepted": _("value accepted"),
    "fact.refused": _("value refused"),
    "fact.stated": _("value stated"),
    "fact.withdrawn": _("value withdrawn"),
    "factor.begun": _("second factor begun"),
    "factor.confirmed": _("second factor set up"),
    "factor.given": _("second factor given"),
    "factor.removed": _("second factor removed"),
    "factor.vouched": _("vouched for a lost second factor"),
    "firm.confirmed": _("file confirmed"),
    "firm.secrets_read": _("confidential values read"),
    "grant.given": _("values opened"),
    "grant.revoked": _("values closed again"),
    "import.applied": _("import applied"),
    "import.asked_to_apply": _("import sent to be applied"),
    "import.columns_chosen": _("columns of an import chosen"),
    "import.dropped": _("import dropped"),
    "import.handed_in": _("file handed in"),
    "import.read_again": _("import read again"),
    "import.rows_decided": _("rows of an import decided"),
    "import.undone": _("import undone"),
    "import.unreadable": _("file could not be read"),
    "invitation.withdrawn": _("code withdrawn"),
    "language.chosen": _("language chosen"),
    "password.changed": _("password changed"),
    "password.renewed": _("password renewed with a code"),
    "password.reset": _("password reset"),
    "person.invited": _("person invited"),
    "person.left": _("access ended"),
    "role.assigned": _("role given"),
    "role.ended": _("role ended"),
    "session.begun": _("signed in"),
    "session.ended": _("signed out"),
}
