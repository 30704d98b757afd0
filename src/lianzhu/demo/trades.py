"""What the town's firms make: each trade with its words, its nodes of the taxonomy and how many firms follow it.

The counts are chosen so that the chain has what real clusters have: crowded nodes (series-resonance sets, field
instruments), single makers that everybody needs (impulse recorders, rectifier stacks, standard capacitors) and nodes
nobody in town makes (power semiconductors, vacuum interrupters, industrial computers).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trade:
    """One kind of firm: how many there are, what they are called, what they make, how big they tend to be.

    `words` (the middle of the firm's name), `always` and `often` (taxonomy codes) are separated by spaces. Every firm
    of the trade makes `always`; between `picks[0]` and `picks[1]` more come from `often`. `since` is the span of
    founding years, `industry` a class of GB/T 4754-2017, `size` multiplies the sales drawn.
    """

    key: str
    firms: int
    words: str
    always: str
    often: str = ""
    picks: tuple[int, int] = (0, 0)
    size: float = 1.0
    since: tuple[int, int] = (1996, 2021)
    industry: str = "4028"


_SET_NODES = "T04 T07 T07 T08 U06 U07 U08 U09"
_INSTRUMENTS = "T12 T14 T15 T16 T17 T18 T19 T20 T22 T24 T27"

TRADES: tuple[Trade, ...] = (
    Trade("works", 1, "高压设备", "T01 T02 T03 T05 T07 U09 V04", size=9.0, since=(1971, 1971), industry="3829"),
    Trade("sets", 22, "试验设备 高压设备 电气成套", "T03 T01", _SET_NODES, (1, 3), 1.7, (1985, 2019), "3829"),
    Trade("impulse", 3, "冲击试验设备", "T05 U04", "U01 U05 T06 P11", (1, 3), 2.6, (1986, 2006), "3829"),
    Trade("quiet_sets", 2, "无局放设备", "T02 T01", "U11 T10 E07", (1, 2), 2.4, (1992, 2008), "3829"),
    Trade("dividers", 2, "测量技术", "U01", "T07 U10 P10", (1, 2), 1.1, (1990, 2012)),
    Trade("instruments", 17, "电力仪器 测试仪器 仪表", "", _INSTRUMENTS, (4, 7), 1.0, (1994, 2021)),
    Trade("relay", 2, "继保仪器", "T21", "T17 T27", (1, 2), 1.1, (2002, 2015)),
    Trade("discharge", 3, "局放技术", "T10", "T11 U11 P16", (1, 2), 1.3, (1999, 2017)),
    Trade("calibrator", 1, "校准仪器", "U17 U01", size=0.6, since=(2008, 2014)),
    Trade("standards", 1, "标准电容", "U02 T12", size=0.8, since=(1993, 1999)),
    Trade("cable_faults", 3, "电缆测试", "T23", "T08 T07 T09", (1, 1), 0.9, (1998, 2016)),
    Trade("windings", 1, "绕组测试", "T13 T14", size=0.7, since=(2003, 2010)),
    Trade("oil", 2, "油化仪器", "T24", "T12 T19", (1, 1), 0.8, (2000, 2014), "4014"),
    Trade("gas", 1, "气体设备", "T25 T26 U15", size=1.2, since=(2004, 2010), industry="4014"),
    Trade("safety", 3, "安全检测", "T28", "T29 T01 T19", (1, 2), 0.6, (2003, 2020)),
    Trade("vehicles", 1, "特种装备", "T30", size=2.0, since=(2009, 2013), industry="3612"),
    Trade("halls", 1, "系统工程", "T31 V04", size=3.0, since=(2005, 2009), industry="3829"),
    Trade("shields", 1, "屏蔽技术", "U14 U16", size=0.9, since=(2001, 2008), industry="3829"),
    Trade("coils", 4, "线圈 铁心", "P02", "P01 U08 U07", (1, 2), 0.7, (1993, 2015), "3821"),
    Trade("insulation", 4, "绝缘材料 绝缘件", "P04", "P03", (0, 1), 0.7, (1992, 2014), "3834"),
    Trade("rings", 2, "电极制造", "P06", "P11", (0, 1), 0.5, (1999, 2013), "3829"),
    Trade("rectifiers", 1, "硅堆", "P07 U10", size=0.8, since=(1995, 2000), industry="3824"),
    Trade("capacitors", 2, "电容器", "P09", "U11", (0, 1), 1.2, (1994, 2006), "3822"),
    Trade("resistors", 2, "电阻元件", "P10", size=0.4, since=(1998, 2012), industry="3981"),
    Trade("regulators", 2, "调压设备", "P12", "U16", (0, 1), 0.8, (1995, 2007), "3821"),
    Trade("sheet_metal", 5, "钣金 机架", "P13", size=0.5, since=(1998, 2020), industry="3311"),
    Trade("leads", 2, "特种线缆", "P14", size=0.5, since=(2000, 2013), industry="3831"),
    Trade("boards", 1, "电子科技", "P17", size=0.7, since=(2006, 2012), industry="3982"),
    Trade("sensors", 2, "传感", "P16", "T11 N02", (1, 1), 0.7, (2011, 2020), "3983"),
    Trade("recorders", 1, "数字测量", "U03", size=0.9, since=(2003, 2009)),
    Trade("premoulded", 1, "橡胶制件", "P22 E09", size=0.8, since=(2005, 2012), industry="2915"),
    Trade("insulators", 1, "绝缘子", "P05 E01", size=0.9, since=(1999, 2006), industry="3834"),
    Trade("copper", 2, "铜业", "M04", "M03", (0, 1), 1.4, (1997, 2012), "3251"),
    Trade("wire", 2, "电磁线", "M03", size=1.3, since=(1996, 2010), industry="3831"),
    Trade("aluminium", 1, "铝制品", "M05", size=0.8, since=(2003, 2010), industry="3252"),
    Trade("steel", 1, "钢构", "M13 P13", size=1.0, since=(2001, 2008), industry="3311"),
    Trade("resins", 1, "树脂", "M07", size=0.6, since=(2007, 2013), industry="2651"),
    Trade("desks", 3, "测控技术", "U09", "S01 U12", (1, 1), 0.8, (2002, 2016), "4012"),
    Trade("sources", 2, "电源技术", "U06", "U13", (1, 1), 0.9, (2004, 2015), "3824"),
    Trade("reactors", 2, "电抗器", "U07", "U08", (1, 1), 1.0, (1998, 2011), "3821"),
    Trade("modules", 2, "测量模块", "U12", "U13", (0, 1), 0.7, (2008, 2018)),
    Trade("charging", 1, "直流电源", "U05", size=0.6, since=(2004, 2012), industry="3824"),
    Trade("software", 3, "软件", "S01", "S03 S04", (0, 1), 0.5, (2010, 2021), "6513"),
    Trade("switchgear", 2, "开关设备", "E04", "E05 E06", (1, 2), 2.2, (1996, 2012), "3823"),
    Trade("transformers", 2, "变压器", "E03", "E02 E10", (1, 2), 2.4, (1995, 2009), "3821"),
    Trade("arresters", 1, "避雷器", "E08 T22", size=1.1, since=(2000, 2007), industry="3823"),
    Trade("site_tests", 3, "电力服务 电力工程", "V03", "V05", (1, 1), 0.8, (2004, 2021), "4920"),
    Trade("rental", 2, "设备租赁", "V05", "V03", (0, 1), 0.4, (2012, 2022), "7114"),
    Trade("laboratory", 1, "检测技术", "V01 V02", size=1.0, since=(2010, 2014), industry="7452"),
)

VOLTAGES: dict[str, tuple[str, ...]] = {
    "T": ("10kV", "35kV", "110kV", "220kV", "500kV", "750kV", "1000kV"),
    "U": ("35kV", "110kV", "220kV", "500kV"),
    "P": ("10kV", "35kV", "110kV", "220kV"),
    "E": ("10kV", "35kV", "110kV"),
    "N": ("110kV", "220kV"),
}
KILOVOLTS: dict[str, tuple[int, ...]] = {
    # What a firm can test in its own hall, by the biggest thing it makes: node -> kV, small to large maker.
    "T05": (600, 1200, 2400, 3600, 4800),
    "T02": (250, 500, 750, 1000, 1500),
    "T31": (1000, 1500, 2250),
    "T03": (100, 150, 260, 400, 800),
    "T01": (50, 100, 150, 250, 500),
    "T07": (60, 120, 200, 300, 600),
}
