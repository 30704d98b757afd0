"""What a sheet may hold: templates as data, one mechanism for all of them.

The `enterprises` template is built from the fact dictionary; the others (products, supply links, places, origins,
contacts, controllers) are the tables below. Reading, mapping, checking and the Excel templates know only `Template`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType

from lianzhu.library.facts import Choice, Fact, title_key

PERIOD = "period"


@dataclass(frozen=True)
class Column:
    """One column a template knows. `party` and `part` mark columns that name a firm: which one, by name or code."""

    key: str
    zh: str
    en: str
    type: str = "text"
    unit: str = ""
    aliases: tuple[str, ...] = ()
    required: bool = False
    confidentiality: str = "office"
    period: str = "none"
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    step: int | Decimal | None = None
    choices: tuple[Choice, ...] = ()
    party: str = ""
    part: str = ""
    note: str = ""
    note_en: str = ""

    @property
    def masked(self) -> bool:
        """True when only the firm itself and the statistician may read the values."""
        return self.confidentiality in ("firm", "statistics")


@dataclass(frozen=True)
class Template:
    """A kind of sheet. `identity`: the keys that together tell one row from another."""

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]

    @cached_property
    def by_key(self) -> Mapping[str, Column]:
        """Columns by key, in order."""
        return MappingProxyType({column.key: column for column in self.columns})

    @cached_property
    def titles(self) -> Mapping[str, tuple[str, ...]]:
        """Every title a column is known by, as titles are compared -> the keys of the columns it may mean."""
        found: dict[str, tuple[str, ...]] = {}
        for column in self.columns:
            for title in dict.fromkeys(map(title_key, (column.zh, column.en, column.key, *column.aliases))):
                found[title] = (*found.get(title, ()), column.key)
        return MappingProxyType(found)

    @cached_property
    def parties(self) -> tuple[str, ...]:
        """The firms a row names: ("enterprise",), ("supplier", "buyer") and so on; the first owns the row."""
        return tuple(dict.fromkeys(column.party for column in self.columns if column.party))


def enterprises_template(facts: Mapping[str, Fact]) -> Template:
    """Build the template of the roster itself from the fact dictionary; every fact is a column."""
    columns = [
        Column(
            key=fact.name,
            zh=fact.zh,
            en=fact.en,
            type=fact.type,
            unit=fact.unit,
            aliases=(*fact.aliases, *_ENGLISH.get(fact.name, ())),
            confidentiality=fact.confidentiality,
            period=fact.period,
            minimum=fact.minimum,
            maximum=fact.maximum,
            step=fact.step,
            choices=fact.choices,
            party="enterprise" if fact.name in ("name", "credit_code") else "",
            part={"name": "name", "credit_code": "code"}.get(fact.name, ""),
            note=fact.definition,
            note_en=fact.definition_en,
        )
        for fact in facts.values()
    ]
    return Template("enterprises", "企业台账", "Enterprises", (*columns, _PERIOD_COLUMN), ("enterprise", PERIOD))


def templates(facts: Mapping[str, Fact]) -> dict[str, Template]:
    """Return every template by name; the more particular ones first, so that they win a tie over the roster."""
    found = {template.name: template for template in _OTHERS}
    found["enterprises"] = enterprises_template(facts)
    return found


# Short English titles of exported lists; the dictionary holds the Chinese ones.
_ENGLISH = {
    "name": ("full", "full name", "company", "company name", "enterprise", "firm"),
    "short_name": ("short", "abbreviation"),
    "credit_code": ("code", "uscc"),
}

_PERIOD_COLUMN = Column(
    PERIOD,
    "年度",
    "Period",
    "text",
    aliases=("年份", "期间", "统计年度", "报告期", "所属年度", "所属期", "数据年度", "统计期", "year"),
    confidentiality="public",
    note="2024、2024Q1或2024-03",
    note_en="2024, 2024Q1 or 2024-03",
)


def _firm(party: str, zh: str, en: str, names: tuple[str, ...], *, required: bool = True) -> tuple[Column, Column]:
    """The two columns that name a firm: its name and its code."""
    return (
        Column(party, zh, en, aliases=names, required=required, confidentiality="public", party=party, part="name"),
        Column(
            f"{party}_code",
            f"{zh}统一社会信用代码",
            f"{en}: unified social credit code",
            "code",
            aliases=(
                *(f"{name}{word}" for name in (zh, *names) for word in ("代码", "信用代码", "统一社会信用代码")),
                *(("统一社会信用代码", "信用代码", "社会信用代码", "credit code") if party == "enterprise" else ()),
            ),
            confidentiality="public",
            party=party,
            part="code",
        ),
    )


_ENTERPRISE = _firm(
    "enterprise",
    "企业",
    "Enterprise",
    ("企业名称", "单位名称", "公司名称", "企业全称", "单位", "厂名", "名称", "firm", "firm name"),
)
_NODE = Column(
    "node",
    "链上节点",
    "Chain node",
    aliases=(
        "节点",
        "产业链节点",
        "所属节点",
        "环节",
        "产业链环节",
        "所属环节",
        "节点代码",
        "产品节点",
        "product node",
    ),
    confidentiality="public",
    note="节点代码或名称",
    note_en="Code or name of the node",
)
_SOURCE = Column(
    "source",
    "依据",
    "Source",
    aliases=("来源", "资料来源", "数据来源", "依据材料", "证明材料", "信息来源", "evidence"),
    note="这条信息的出处",
    note_en="Where this was learned",
)


_OTHERS = (
    Template(
        "products",
        "产品目录",
        "Products",
        (
            *_ENTERPRISE,
            Column(
                "product",
                "产品名称",
                "Product",
                aliases=("产品", "主要产品", "主导产品", "产品型号名称", "产品或服务", "product name"),
                required=True,
                confidentiality="public",
            ),
            _NODE,
            Column(
                "voltage_class",
                "电压等级",
                "Voltage class",
                aliases=("电压等级(kV)", "额定电压", "电压级别", "电压"),
                confidentiality="public",
                note="如35kV、110kV",
                note_en="For example 35kV, 110kV",
            ),
            Column(
                "standard",
                "执行标准",
                "Standard",
                aliases=("标准", "产品标准", "标准号", "执行标准号", "采用标准"),
                confidentiality="public",
            ),
            Column(
                "weight",
                "占本企业销售比重",
                "Share of the firm's sales",
                "decimal",
                "%",
                aliases=("销售占比", "占比", "销售比重", "占销售比重", "比重", "产品占比"),
                confidentiality="statistics",
                minimum=0,
                maximum=100,
                step=Decimal("0.01"),
            ),
        ),
        ("enterprise", "product", "node", "voltage_class", "standard"),
    ),
    Template(
        "links",
        "供需关系",
        "Supply links",
        (
            *_firm(
                "supplier",
                "供方",
                "Supplier",
                ("供应商", "供货方", "供应方", "卖方", "上游企业", "供货企业", "供方名称"),
            ),
            *_firm(
                "buyer",
                "需方",
                "Buyer",
                ("采购方", "购货方", "客户", "买方", "下游企业", "采购企业", "需方名称", "购方"),
            ),
            Column(
                "item",
                "供应内容",
                "What is supplied",
                aliases=("产品", "供货内容", "采购内容", "产品名称", "货物", "配套产品", "供应产品", "配套内容"),
            ),
            _NODE,
            Column(
                "weight",
                "年供货额",
                "Yearly supplies",
                "decimal",
                "万元",
                aliases=("供货额", "采购额", "交易额", "年采购额", "金额", "供货金额", "采购金额", "年交易额"),
                confidentiality="statistics",
                minimum=0,
                maximum=100_000_000,
                step=Decimal("0.000001"),
            ),
            Column(
                "evidence_date",
                "依据日期",
                "Date of evidence",
                "date",
                aliases=("核实日期", "证据日期", "确认日期", "登记日期", "调查日期", "核实时间", "日期"),
            ),
            _SOURCE,
        ),
        ("supplier", "buyer", "item", "node"),
    ),
    Template(
        "places",
        "场所与项目",
        "Places and projects",
        (
            *_ENTERPRISE,
            Column(
                "kind",
                "类别",
                "Kind",
                "choice",
                aliases=("场所类别", "类型", "场所类型", "性质"),
                confidentiality="public",
                choices=(
                    Choice("workshop", "车间", "Workshop", ("厂房", "生产车间", "分厂")),
                    Choice("line", "产线", "Production line", ("生产线", "流水线")),
                    Choice("project", "项目", "Project", ("建设项目", "技改项目", "在建项目")),
                    Choice("laboratory", "试验室", "Laboratory", ("实验室", "试验大厅", "检测室", "试验站")),
                ),
            ),
            Column(
                "place",
                "场所名称",
                "Place",
                aliases=("车间名称", "场所", "车间", "产线", "项目名称", "车间产线项目名称", "场所或项目", "项目"),
                required=True,
                confidentiality="public",
            ),
            Column("address", "地点", "Where", aliases=("地址", "位置", "所在地", "坐落"), confidentiality="public"),
            Column(
                "started", "启用日期", "In use since", "date", aliases=("投产日期", "开工日期", "启用时间", "开始日期")
            ),
            Column("note", "说明", "Note", aliases=("备注", "主要用途", "用途", "内容")),
        ),
        ("enterprise", "kind", "place"),
    ),
    Template(
        "origins",
        "企业谱系",
        "Origins",
        (
            *_firm(
                "child",
                "分出企业",
                "Firm that came out",
                ("子企业", "新企业", "裂变企业", "企业", "企业名称", "衍生企业"),
            ),
            *_firm(
                "parent",
                "来源企业",
                "Firm it came from",
                ("母企业", "母体企业", "原企业", "源头企业", "母厂", "原单位"),
            ),
            Column(
                "year",
                "分出年份",
                "Year",
                "integer",
                aliases=("年份", "时间", "分出时间", "裂变年份", "创办年份", "成立年份"),
                confidentiality="public",
                minimum=1900,
                maximum=2100,
                step=1,
            ),
            _SOURCE,
        ),
        ("child", "parent"),
    ),
    Template(
        "contacts",
        "联系人",
        "Contacts",
        (
            *_ENTERPRISE,
            Column("person", "联系人", "Contact", aliases=("姓名", "联系人姓名", "负责人", "对接人"), required=True),
            Column("post", "职务", "Post", aliases=("岗位", "职位", "联系人职务", "职责")),
            Column(
                "phone", "联系电话", "Telephone", "code", aliases=("电话", "手机", "手机号", "手机号码", "联系方式")
            ),
            Column("email", "电子邮箱", "E-mail", aliases=("邮箱", "电子邮件", "email")),
        ),
        ("enterprise", "person"),
    ),
    Template(
        "controllers",
        "实际控制人",
        "Controllers",
        (
            *_ENTERPRISE,
            Column(
                "controller",
                "实际控制人",
                "Controller",
                aliases=("控制人", "实控人", "控股股东", "最终控制人", "所属集团"),
                required=True,
                confidentiality="statistics",
            ),
            Column(
                "share_pct",
                "控制比例",
                "Share held",
                "decimal",
                "%",
                aliases=("持股比例", "股权比例", "控股比例", "出资比例"),
                confidentiality="statistics",
                minimum=0,
                maximum=100,
                step=Decimal("0.0001"),
            ),
            Column("since", "起始日期", "Since", "date", aliases=("起始时间", "自何时", "开始日期")),
            _SOURCE,
        ),
        ("enterprise", "controller"),
    ),
)
