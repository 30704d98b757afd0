"""The figures of each firm for three years: skewed as in a real cluster, and consistent with each other.

Money is in 万元 with two decimals, so that the tax office can send the same figure in whole 元.
"""

from datetime import date
from decimal import Decimal
from random import Random

from lianzhu.demo.genealogy import Seedling
from lianzhu.demo.records import Value
from lianzhu.demo.trades import KILOVOLTS

YEARS = ("2023", "2024", "2025")
TOTAL_SALES_2025 = Decimal("214860")  # 万元: the town's "over two billion yuan"
_CERTIFIED_PCT = 3.4
_RESEARCH = {  # R&D as per cent of sales: low, high
    "parts": (0.6, 2.8),
    "sets": (2.6, 6.0),
    "knowledge": (4.5, 10.5),
}
_KNOWLEDGE = {
    "instruments",
    "relay",
    "discharge",
    "calibrator",
    "recorders",
    "software",
    "modules",
    "sensors",
    "boards",
}
_PARTS = {"coils", "insulation", "rings", "sheet_metal", "leads", "copper", "wire", "aluminium", "steel", "resins"}
_PARTS |= {"resistors", "premoulded", "insulators", "rental", "site_tests"}


def money(value: float) -> Decimal:
    """Return 万元 rounded to two decimals."""
    return Decimal(round(value * 100)) / 100


def sales_2025(firms: list[Seedling], random: Random) -> list[Decimal]:
    """Return each firm's sales of 2025: lognormal, older firms larger, adding up to the town's total."""
    raw = [firm.trade.size * random.lognormvariate(0.0, 0.9) * (0.5 + min(2025 - firm.year, 40) / 25) for firm in firms]
    scale = float(TOTAL_SALES_2025) / sum(raw)
    sales = [money(value * scale) for value in raw]
    sales[0] += TOTAL_SALES_2025 - sum(sales)
    return sales


def yearly(firm: Seedling, sales: Decimal, random: Random) -> dict[tuple[str, str], Value]:
    """Return the yearly facts of one firm: sales, R&D, people, assets, taxes."""
    growth = [random.gauss(0.03, 0.11), random.gauss(0.05, 0.12)]
    last = float(sales)
    before = last / (1 + max(growth[1], -0.4))
    by_year = {"2025": last, "2024": before, "2023": before / (1 + max(growth[0], -0.4))}
    kind = "knowledge" if firm.trade.key in _KNOWLEDGE else "parts" if firm.trade.key in _PARTS else "sets"
    research = random.uniform(*_RESEARCH[kind])
    output, technical = random.uniform(48, 118), random.uniform(0.07, 0.22) + (0.12 if kind == "knowledge" else 0)
    assets, debts, tax = random.uniform(0.7, 1.6), random.uniform(0.25, 0.68), random.uniform(0.028, 0.066)
    margin, novel = random.uniform(-0.03, 0.13), random.uniform(0.45, 0.9)
    facts: dict[tuple[str, str], Value] = {}
    for year in YEARS:
        income = by_year[year]
        staff = max(3, round(income / output * random.uniform(0.95, 1.05)))
        tech = min(staff, max(1, round(staff * technical)))
        rd = money(income * research / 100 * random.uniform(0.85, 1.15))
        facts[("revenue", year)] = money(income) if year != "2025" else sales
        facts[("rd", year)] = rd
        facts[("rd_domestic", year)] = rd
        facts[("total_income", year)] = money(income * random.uniform(1.0, 1.02))
        facts[("rd_staff", year)] = max(0, round(tech * 0.7))
        facts[("staff", year)] = staff
        facts[("tech_staff", year)] = tech
        facts[("total_assets", year)] = total = money(income * assets * random.uniform(0.95, 1.05))
        facts[("liabilities", year)] = money(float(total) * debts)
        facts[("tax_paid", year)] = money(income * tax * random.uniform(0.9, 1.1))
        facts[("profit_total", year)] = money(income * (margin + random.uniform(-0.01, 0.01)))
        if kind != "parts":
            facts[("hightech_revenue", year)] = money(income * novel * random.uniform(0.95, 1.0))
    return facts


def _add_years(day: date, years: int) -> date:
    """Return the last day of a certificate that starts on `day`, which is never 29 February."""
    return date.fromordinal(day.replace(year=day.year + years).toordinal() - 1)


def _certificate(facts: dict[tuple[str, str], Value], name: str, first: date, years: int) -> None:
    facts[(f"{name}_valid_from", "")] = first
    facts[(f"{name}_valid_until", "")] = _add_years(first, years)


def standing(firm: Seedling, facts: dict[tuple[str, str], Value], random: Random) -> None:
    """Add patents, certificates (some run out), accreditations and the biggest test voltage to `facts`."""
    sales, rd = float(str(facts[("revenue", "2025")])), float(str(facts[("rd", "2025")]))
    share = 100 * rd / sales
    facts[("patents_invention", "")] = inventions = min(38, int(random.expovariate(1 / (0.4 + rd / 70))))
    facts[("patents_utility", "")] = int(inventions * 1.7 + random.expovariate(1 / (1 + rd / 40)))
    facts[("owns_core_ip", "")] = bool(inventions or facts[("patents_utility", "")])
    facts[("in_key_hightech_field", "")] = share > 2
    facts[("major_violation_12m", "")] = False
    if firm.trade.key in _KNOWLEDGE:
        facts[("software_copyrights", "")] = int(random.expovariate(1 / 6))
    if share > _CERTIFIED_PCT and sales > 500 and random.random() < 0.62:
        _certificate(facts, "hnte", date(random.choice((2022, 2023, 2024, 2025)), 11, random.randint(2, 28)), 3)
    if share > 3 and sales < 20000 and random.random() < 0.55:
        year = random.choice((2025, 2026, 2026))
        facts[("techsme_valid_from", "")] = date(year, random.randint(4, 7), random.randint(1, 28))
        facts[("techsme_valid_until", "")] = date(year, 12, 31)
    if share > 3 and sales > 800 and random.random() < 0.6:
        _certificate(facts, "innov_sme", date(random.choice((2023, 2024, 2025)), 6, random.randint(1, 28)), 3)
        if sales > 1500 and random.random() < 0.6:
            _certificate(facts, "zjtx", date(random.choice((2023, 2024)), 9, random.randint(1, 28)), 3)
            if sales > 3500 and random.random() < 0.4:
                _certificate(facts, "giant", date(random.choice((2023, 2024)), 7, 15), 3)
    if random.random() < 0.66:
        until = date(random.choice((2026, 2026, 2027, 2028)), random.randint(1, 12), random.randint(1, 28))
        facts[("iso9001_valid_until", "")] = until
    if firm.trade.key == "laboratory" or (firm.trade.size > 2 and random.random() < 0.5):
        facts[("cnas_valid_until", "")] = date(random.choice((2026, 2028, 2030)), random.randint(1, 12), 30 - 3)
        facts[("cnas_number", "")] = f"L000{random.randint(10, 99)}"


def test_voltage(nodes: tuple[str, ...], sales: Decimal, facts: dict[tuple[str, str], Value]) -> None:
    """Add the biggest power-frequency and impulse voltage (kV) that the firm's own hall can make, larger firms more."""
    place = sum(sales > step for step in (900, 1800, 3500, 8000))
    power = [KILOVOLTS[node][min(place, len(KILOVOLTS[node]) - 1)] for node in nodes if node in KILOVOLTS]
    if "T05" in nodes:
        facts[("max_impulse_voltage", "")] = Decimal(KILOVOLTS["T05"][place])
        power = [value for value in power if value <= 2250]
    if power:
        facts[("max_test_voltage", "")] = Decimal(max(power))
