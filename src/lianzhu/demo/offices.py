"""The four offices that know the firms: statistics, registration, taxes, science. One function per workbook."""

from datetime import date
from decimal import Decimal
from random import Random

from lianzhu.demo.figures import YEARS
from lianzhu.demo.mess import amount_cell, date_cell, firm_name, full_width
from lianzhu.demo.names import wrong_check
from lianzhu.demo.pages import Cell, Draft, Mention, Page
from lianzhu.demo.records import Firm, Town

_LARGE = Decimal(2000)  # 万元: the line between 规上 and 规下
WRONG_CHECKS = 3
_TAX_DIFFERENCES = 6


def _value(firm: Firm, fact: str, period: str = "") -> Cell:
    value = firm.fact(fact, period)
    if isinstance(value, bool):
        return "是" if value else "否"
    return value


def statistics(town: Town, random: Random) -> Draft:
    """The yearly roster of the statistics office: two sheets, three years side by side under merged headers.

    Holds a firm written twice, blank rows, a total, three codes with a slip and two guesses instead of figures.
    """
    years = [f"{year}年" for year in YEARS]
    headers = [("", "序号"), ("", "企业名称"), ("", "统一社会信用代码"), ("", "行业代码"), ("", "主导产品")]
    for title in ("从业人员（人）", "营业收入（万元）", "资产总额（万元）"):
        headers += [(title, year) for year in years]
    headers.append(("", "备注"))
    coded = [firm.name for firm in town.firms[40:] if firm.code and not firm.code.isdigit()]
    slips = set(random.sample(coded, WRONG_CHECKS))
    pages = []
    for name, large in (("规上企业", True), ("规下企业", False)):
        firms = [firm for firm in town.firms if (firm.amount("revenue") >= _LARGE) is large]
        page = Page(name, f"{town.name}高压电气企业年度台账（{name}）", headers)
        for number, firm in enumerate(firms, start=1):
            page.rows.append(_statistics_row(number, firm, firm.name in slips))
            if number % 25 == 0:
                page.rows.append(())
        if not large:
            page.rows.append(page.rows[6])  # the same firm once more, as happens when lists are put together
            _guess(page, 11, 7, "约40")
            _guess(page, 30, 10, "不详")  # said plainly, so it counts as blank
            page.refused = 2
        total = sum((firm.amount("revenue") for firm in firms), Decimal(0))
        page.rows.append(("合计", *[None] * 9, total))
        page.footer = ("填报人：赵某己    审核人：钱某己    填报日期：2026年3月12日", "说明：人数为年末数。")
        pages.append(page)
    return Draft("01_镇统计办_企业台账.xlsx", "enterprises", "镇统计办企业台账", date(2026, 3, 12), True, pages)


def _statistics_row(number: int, firm: Firm, slip: bool) -> list[Cell]:
    code = wrong_check(firm.code) if slip else firm.code
    row: list[Cell] = [number, Mention(firm.name, firm.name), code or None]
    row += [_value(firm, "industry_code"), _value(firm, "main_product")]
    return row + [_value(firm, fact, year) for fact in ("staff", "revenue", "total_assets") for year in YEARS]


def _guess(page: Page, row: int, column: int, text: str) -> None:
    page.rows[row] = [*page.rows[row][:column], text, *page.rows[row][column + 1 :]]


def registration(town: Town, random: Random) -> Draft:
    """The market supervision office's extract: dates in every spelling, capital in 元 on one sheet, 万元 on another.

    Codes partly in full-width signs; two codes of digits only were typed as numbers and are damaged in the file.
    """
    pages = []
    for name, unit, early in (("2008年及以前设立", "元", True), ("2009年以后设立", "万元", False)):
        titles = (
            "企业名称",
            "统一社会信用代码",
            "法定代表人",
            "住所",
            "成立日期",
            f"注册资本（{unit}）",
            "登记状态",
            "企业类型",
        )
        page = Page(name, f"{town.name}经营主体登记信息摘录", [("", title) for title in titles])
        for firm in town.firms:
            day, capital = firm.facts[("registered_date", "")], firm.facts[("registered_capital", "")]
            if isinstance(day, date) and isinstance(capital, Decimal) and (day.year <= 2008) is early:
                page.rows.append(
                    [
                        Mention(firm.name, firm.name),
                        _code_cell(firm.code, random),
                        _value(firm, "legal_representative"),
                        _value(firm, "address"),
                        date_cell(day, random),
                        capital * 10000 if early else _capital(capital, random),
                        "存续" if random.random() < 0.8 else "在业",
                        "个人独资企业" if firm.name.endswith("厂") else "有限责任公司",
                    ]
                )
        page.refused = sum(isinstance(row[1], int) for row in page.rows)
        page.footer = ("制表：示例镇市场监督管理分局", "日期：2026年2月6日")
        pages.append(page)
    return Draft("02_市监分局_登记信息.xlsx", "enterprises", "市监分局登记信息", date(2026, 2, 6), False, pages)


def _code_cell(code: str, random: Random) -> Cell:
    if not code:
        return random.choice((None, "无", "办理中"))
    if code.isdigit():
        return int(code)
    kind = random.random()
    if kind < 0.06:
        return full_width(code)
    return code.lower() if kind < 0.09 else f"{code[:8]} {code[8:]}" if kind < 0.12 else code


def _capital(capital: Decimal, random: Random) -> Cell:
    return f"{capital}万元" if random.random() < 0.06 else capital


_TAX_FIGURES = ("revenue", "tax_paid", "total_assets", "liabilities", "profit_total", "total_income")


def taxes(town: Town, random: Random) -> Draft:
    """The tax office's list, one row per firm and year, in 元. Confidential; a few figures differ from the roster's."""
    titles = (
        "纳税人名称",
        "纳税人识别号",
        "年度",
        "应税销售收入（元）",
        "入库税收（元）",
        "资产总计（元）",
        "负债合计（元）",
        "利润总额（元）",
        "收入总额（元）",
        "纳税信用等级",
        "纳税人类型",
    )
    page = Page("规模情况", "纳税人规模情况表（单位：元）", [("", title) for title in titles])
    different = set(random.sample([firm.name for firm in town.firms], _TAX_DIFFERENCES))
    for firm in town.firms:
        for year in YEARS:
            row: list[Cell] = [firm_name(firm, random, loose=0.1 if firm.code else 0.0), firm.code or None, f"{year}年"]
            for fact in _TAX_FIGURES:
                value = firm.amount(fact, year) * 10000
                if fact == "revenue" and year == "2024" and firm.name in different:
                    value = (value * Decimal("0.93")).quantize(Decimal(1))
                row.append(amount_cell(value.quantize(Decimal("0.01")), random))
            row += [f"{_value(firm, 'tax_credit_grade')}级", _taxpayer(firm)]
            page.rows.append(row)
    page.rows.append(page.rows[17])
    page.refused = 1
    page.footer = ("填报单位：示例镇税务分局（内部资料，注意保密）", "填报人：褚某己")
    return Draft("03_税务分局_规模情况.xlsx", "enterprises", "税务分局规模情况", date(2026, 6, 10), True, [page])


def _taxpayer(firm: Firm) -> str:
    return "一般纳税人" if firm.facts[("vat_taxpayer", "")] == "general" else "小规模纳税人"


_CERTIFICATES = (
    ("高企认定日期", "hnte_valid_from"),
    ("高企有效期至", "hnte_valid_until"),
    ("科技型中小企业认定日期", "techsme_valid_from"),
    ("科技型中小企业有效期至", "techsme_valid_until"),
    ("创新型中小企业有效期起", "innov_sme_valid_from"),
    ("创新型中小企业有效期至", "innov_sme_valid_until"),
    ("专精特新有效期起", "zjtx_valid_from"),
    ("专精特新有效期至", "zjtx_valid_until"),
    ("小巨人有效期起", "giant_valid_from"),
    ("小巨人有效期至", "giant_valid_until"),
    ("CNAS有效期至", "cnas_valid_until"),
    ("CNAS编号", "cnas_number"),
    ("ISO9001有效期至", "iso9001_valid_until"),
    ("最高试验电压（kV）", "max_test_voltage"),
    ("最高冲击电压（kV）", "max_impulse_voltage"),
)
_COUNTS = (
    ("有效发明专利（件）", "patents_invention"),
    ("实用新型（件）", "patents_utility"),
    ("软件著作权（件）", "software_copyrights"),
    ("拥有核心知识产权", "owns_core_ip"),
    ("属国家重点支持的高新技术领域", "in_key_hightech_field"),
    ("近一年重大违法", "major_violation_12m"),
)
_BY_YEAR = (
    ("研发费用（万元）", "rd"),
    ("境内研发费用（万元）", "rd_domestic"),
    ("科技人员（人）", "tech_staff"),
    ("研发人员（人）", "rd_staff"),
    ("高新技术产品收入（万元）", "hightech_revenue"),
)


def science(town: Town, random: Random) -> Draft:
    """The science office's list: firms by the names people use, R&D by year, patents, certificates with their dates."""
    headers = [("", "序号"), ("", "单位名称")]
    headers += [(title, f"{year}年") for title, _ in _BY_YEAR for year in YEARS]
    headers += [("", title) for title, _ in _COUNTS]
    headers += [("资质与能力", title) for title, _ in _CERTIFICATES]
    page = Page("研发与资质", f"{town.name}企业研发投入与资质情况", headers)
    firms = [firm for firm in town.firms if random.random() < 0.9 or ("hnte_valid_until", "") in firm.facts]
    for number, firm in enumerate(firms, start=1):
        row: list[Cell] = [number, firm_name(firm, random, loose=0.3)]
        row += [_value(firm, fact, year) for _, fact in _BY_YEAR for year in YEARS]
        row += [_value(firm, fact) for _, fact in _COUNTS]
        for _, fact in _CERTIFICATES:
            value = _value(firm, fact)
            row.append(date_cell(value, random) if isinstance(value, date) else value)
        page.rows.append(row)
    _guess(page, 20, 2, "#待核")
    page.refused = 1
    page.footer = ("审核：蒋某己    填表：沈某己    2026年4月20日",)
    return Draft("04_科技办_研发与资质.xlsx", "enterprises", "科技办研发与资质", date(2026, 4, 20), True, [page])
