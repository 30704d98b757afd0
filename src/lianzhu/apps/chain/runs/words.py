"""Sentences of the findings: what is said, the evidence, how sure and why, and what would prove it wrong.

Each is an English template, translated when shown. Fields stand in the snapshot's evidence; `node` and `firm` come from
the finding itself. Neutral throughout: what is and what is not here, never what a firm should do.
"""

from django.utils.translation import gettext_noop

# ── strengthen ────────────────────────────────────────────────────────────────────────────────────────────────────
SINGLE = gettext_noop("{node}: one independent maker here; products made here that need it: {n}")
SINGLE_ALONE = gettext_noop("{node}: one independent maker here")
SINGLE_TOLD = gettext_noop("Products on record show one maker. Needed by: {dependants}.")
SINGLE_ALONE_TOLD = gettext_noop("Products on record show one maker. Nothing made here needs it by bill of material.")
SINGLE_WRONG = gettext_noop("A second maker here is not on record, or users have a second source elsewhere.")
TWO = gettext_noop("{node}: two independent makers here; products made here that need it: {n}")
TWO_ALONE = gettext_noop("{node}: two independent makers here")
TWO_TOLD = gettext_noop("Products on record show two makers: when one is lost, nobody has a choice.")
TWO_WRONG = gettext_noop("A third maker here is not on record.")
ELSEWHERE = gettext_noop("{node}: made here, but mostly bought elsewhere")
ELSEWHERE_TOLD = gettext_noop("More than half of the purchases on record come from outside, counted by links.")
ELSEWHERE_WRONG = gettext_noop("Purchases from makers here are not on record, or what is bought is of another kind.")
OLD = gettext_noop("{node}: everything known about its makers is older than two years")
OLD_TOLD = gettext_noop("The newest product on record is of {newest}.")
OLD_WRONG = gettext_noop("A newer catalogue or certificate of one of the makers.")
FRAGILE = gettext_noop("{node}: when one maker fails, {index_band} of the model chain stands still")
FRAGILE_TOLD = gettext_noop(
    "Index {index} %, from who makes what and the bills of material alone; {band} makers here. Needed by: {dependants}."
)
FRAGILE_WRONG = gettext_noop("Stock, a substitute or a source elsewhere carries its users over the failure.")
CROWDED = gettext_noop("{node}: {band} independent makers, {alike} of them offer nearly the same")
CROWDED_TOLD = gettext_noop(
    "Voltage classes and standards in public catalogues: {alike} makers have a near twin of another owner."
)
CROWDED_WRONG = gettext_noop("The products differ in what catalogues do not say.")
SOLE = gettext_noop("{firm} is the only source on record of {node} for {n} buyers")
SOLE_TOLD = gettext_noop("Supply links on record: these buyers need it and name no second source.")
SOLE_WRONG = gettext_noop("A second supplier of one of these buyers is not on record.")
CUT = gettext_noop("Without {firm}, {n} firms lose touch with the rest of the chain")
CUT_TOLD = gettext_noop("Supply links on record among firms here: the only way to these firms leads over this one.")
CUT_WRONG = gettext_noop("A link that goes round this firm is not on record.")

# ── fill ──────────────────────────────────────────────────────────────────────────────────────────────────────────
MISSING = gettext_noop("{node}: nobody here makes it; products made here that need it: {n}")
MISSING_TOLD = gettext_noop("No product on record. Needed by: {dependants}.")
MISSING_MEASURED = gettext_noop(
    "No product on record. Needed by: {dependants}. National input per 100 yuan of output: {coefficient} yuan"
    " (China 2007, 135 sectors)."
)
MISSING_WRONG = gettext_noop("A maker here is not on record, or another input replaces it.")
OUTSIDE = gettext_noop("{node}: bought by firms here, made by nobody here; products made here that need it: {n}")
OUTSIDE_ALONE = gettext_noop("{node}: bought by firms here, made by nobody here")
OUTSIDE_TOLD = gettext_noop("Purchases from outside on record, none from here. Needed by: {dependants}.")
OUTSIDE_ALONE_TOLD = gettext_noop("Purchases from outside on record, none from here.")
OUTSIDE_WRONG = gettext_noop("A maker here is not on record; or it is bulk goods that are better bought.")

# ── how sure, and why ─────────────────────────────────────────────────────────────────────────────────────────────
FRESH = gettext_noop("products on record, none older than a year")
AGING = gettext_noop("the newest product on record is more than a year old")
STALE = gettext_noop("the newest product on record is more than two years old")
CONTROLLED = gettext_noop("rests on who controls whom and on supply links")
JUDGED = gettext_noop("shares of the bills of material are a research judgement")
CATALOGUE = gettext_noop("read from catalogues, which leave things out")
MEASURED = gettext_noop("need measured nationally; that nobody makes it is only that nothing is on record")
FELT = gettext_noop("only that nothing is on record")
LINKS = gettext_noop("supply links on record are not complete")
BOUGHT = gettext_noop("purchases on record; that nobody makes it is only that nothing is on record")
RUN = gettext_noop("computed from volumes as entered")

# ── of the whole chain, and for one firm ──────────────────────────────────────────────────────────────────────────
INDEX = gettext_noop("When one maker fails, {mean} % of the model chain stands still on average; at most {highest} %")
INDEX_TOLD = gettext_noop("From who makes what and the bills of material alone; {n} nodes with makers.")
INDEX_WRONG = gettext_noop("Makers are missing on record, or the bills of material are wrong.")
PLACES = {
    "lowest quarter": gettext_noop("{firm}: weight in the chain among the other firms: lowest quarter"),
    "second quarter": gettext_noop("{firm}: weight in the chain among the other firms: second quarter"),
    "third quarter": gettext_noop("{firm}: weight in the chain among the other firms: third quarter"),
    "highest quarter": gettext_noop("{firm}: weight in the chain among the other firms: highest quarter"),
}
PLACE_TOLD = gettext_noop("How much of the chain's sales would stand still without the firm, as a quarter.")
PLACE_WRONG = gettext_noop("Supply links or their volumes are missing on record.")
