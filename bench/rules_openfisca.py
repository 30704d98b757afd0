"""The peer of bench/rules.py: the same ten policies in OpenFisca-Core, two-valued, without blanks.

Run by the interpreter that has OpenFisca-Core; prints rows x rules per second and CPU-seconds. The rules are written
as vectorised formulas, as its users write them; nothing of OpenFisca is used elsewhere.
"""

import sys
import time

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import YEAR
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

COUNT = int(sys.argv[1])
Firm = build_entity(key="firm", plural="firms", label="firm", is_person=True)
FLAGS = (
    "owns_core_ip",
    "in_key_hightech_field",
    "major_violation_12m",
    "independent_legal_person",
    "abnormal_list",
    "incident_3y",
    "new_product",
    "zjtx_valid",
    "giant_valid",
    "resident",
    "accounts",
    "negative_list",
    "prohibited",
    "vat_small",
    "small_low_profit",
    "individual",
    "hnte_valid",
    "manufacturing",
    "vat_general",
    "on_list",
    "small_micro",
    "contracts",
    "arrears",
    "is_enterprise",
    "below_ratio",
    "sme",
    "buyer_state",
    "buyer_large",
)
NUMBERS = (
    "months",
    "tech_staff",
    "staff",
    "rev_last_year",
    "rd_3y",
    "sales_3y",
    "rd_3y_domestic",
    "hightech_rev",
    "total_income",
    "score",
    "years_in_field",
    "rank",
    "main_rev_avg",
    "rd_eligible",
    "taxable",
    "staff_q",
    "assets_q",
    "mfg_sales",
    "total_sales",
    "hires",
    "prior_loans",
    "taxable_last",
)


def formula_of(function):
    """A variable's formula from a function of a getter."""

    def formula(firm, period):
        return function(lambda name: firm(name, period))

    return formula


RULES = {
    "hnte": lambda v: (
        (v("months") >= 12)
        * v("owns_core_ip")
        * v("in_key_hightech_field")
        * (v("tech_staff") >= 0.1 * v("staff"))
        * (
            (v("rd_3y") >= 0.05 * v("sales_3y"))
            + (v("rev_last_year") > 5000) * (v("rev_last_year") <= 20000) * (v("rd_3y") >= 0.04 * v("sales_3y"))
            + (v("rev_last_year") > 20000) * (v("rd_3y") >= 0.03 * v("sales_3y"))
        )
        * (v("rd_3y_domestic") >= 0.6 * v("rd_3y"))
        * (v("hightech_rev") >= 0.6 * v("total_income"))
        * (v("score") > 70)
        * ~v("major_violation_12m")
    ),
    "champion": lambda v: (
        v("independent_legal_person")
        * ~v("abnormal_list")
        * ~v("incident_3y")
        * ((v("years_in_field") >= 10) + v("new_product") * (v("years_in_field") >= 5))
        * (v("rank") <= 3)
        * ((v("main_rev_avg") >= 40000) + (v("zjtx_valid") + v("giant_valid")) * (v("main_rev_avg") >= 20000))
    ),
    "rd100": lambda v: v("resident") * v("accounts") * ~v("negative_list") * (v("rd_eligible") > 0),
    "small": lambda v: ~v("prohibited") * (v("taxable") <= 300) * (v("staff_q") <= 300) * (v("assets_q") <= 5000),
    "fees": lambda v: v("vat_small") + v("small_low_profit") + v("individual"),
    "advmfg5": lambda v: (
        v("hnte_valid")
        * v("manufacturing")
        * v("vat_general")
        * v("on_list")
        * (v("mfg_sales") > 0.5 * v("total_sales"))
    ),
    "startup": lambda v: (
        v("small_micro")
        * (
            (v("staff") <= 100) * (v("hires") >= 0.1 * v("staff"))
            + (v("staff") > 100) * (v("hires") >= 0.05 * v("staff"))
        )
        * v("contracts")
        * ~v("arrears")
        * (v("prior_loans") < 3)
    ),
    "patentfee": lambda v: v("taxable_last") < 100,
    "levy": lambda v: v("is_enterprise") * ((v("staff") <= 30) + v("below_ratio")),
    "pay": lambda v: v("sme") * (v("buyer_state") + v("buyer_large")),
}


def system():
    """A tax-benefit system with the inputs and the ten rules as yearly variables of a firm."""
    made = TaxBenefitSystem([Firm])
    shape = {"entity": Firm, "definition_period": YEAR}
    for name in FLAGS:
        made.add_variable(type(name, (Variable,), {**shape, "value_type": bool}))
    for name in NUMBERS:
        made.add_variable(type(name, (Variable,), {**shape, "value_type": float}))
    for name, rule in RULES.items():
        made.add_variable(type(name, (Variable,), {**shape, "value_type": bool, "formula": formula_of(rule)}))
    return made


def main():
    """Time the ten rules over fresh simulations; print the best rate and its CPU-seconds."""
    luck = np.random.default_rng(7)
    made = system()
    flags = {name: luck.random(COUNT) < 0.7 for name in FLAGS}
    numbers = {name: luck.lognormal(5, 2, COUNT).astype(np.float32) for name in NUMBERS}
    found = []
    for _ in range(5):
        simulation = SimulationBuilder().build_default_simulation(made, COUNT)
        for name, values in (flags | numbers).items():
            simulation.set_input(name, "2026", values)
        start, spent = time.perf_counter(), time.process_time()
        for name in RULES:
            simulation.calculate(name, "2026")
        found.append((time.perf_counter() - start, time.process_time() - spent))
    wall, cpu = min(found)
    print(f"{COUNT * len(RULES) / wall:.6g} {cpu:.4f}")


if __name__ == "__main__":
    main()
