"""Invented names, numbers and addresses that nobody in the real world can carry.

Firms are named after the sixty stem-and-branch pairs and the lunar mansions, with the invented place 示例市 in front.
People carry the names of legal textbooks (赵某甲). Codes have a right check digit but the impossible district 000000.
"""

from random import Random

from lianzhu.engine.roster.codes import ALPHABET, check_character

PLACE = "示例市"
TOWN = "示例镇"
FICTIONAL = "虚构演示数据：企业、人员、金额和日期均为虚构，不对应任何真实单位"

_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_MANSIONS = (
    "角木 亢金 氐土 房日 心月 尾火 箕水 斗木 牛金 女土 虚日 危月 "
    "室火 壁水 奎木 娄金 胃土 昴日 毕月 参水 井木 柳土 星日 翼火"
)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章"


def brands() -> list[str]:
    """Return the invented brand names in their traditional order: sixty pairs, then the lunar mansions.

    >>> brands()[:3], len(brands())
    (['甲子', '乙丑', '丙寅'], 84)
    """
    return [_STEMS[n % 10] + _BRANCHES[n % 12] for n in range(60)] + _MANSIONS.split()


def person(number: int) -> str:
    """Return the `number`-th textbook person; the first 400 are all different.

    >>> person(0), person(1), person(40)
    ('赵某甲', '钱某甲', '赵某乙')
    """
    return f"{_SURNAMES[number % len(_SURNAMES)]}某{_STEMS[number // len(_SURNAMES) % 10]}"


def telephone(number: int) -> str:
    """Return a telephone number of an area that does not exist.

    >>> telephone(7)
    '000-00000007'
    """
    return f"000-{number:08d}"


def credit_code(random: Random, *, digits_only: bool = False) -> str:
    """Return an 18-sign social credit code of the impossible district 000000 with a right check sign.

    `digits_only` gives one of those that a spreadsheet takes for a number and damages.
    """
    while True:
        signs = "0123456789" if digits_only else ALPHABET
        first = "91000000" + ("" if digits_only else "MA") + "".join(random.choice(signs) for _ in range(7))
        first += "".join(random.choice("0123456789") for _ in range(17 - len(first)))
        if not digits_only or check_character(first).isdigit():
            return first + check_character(first)


def wrong_check(code: str) -> str:
    """Return the code with a check sign that cannot be right: a slip of the pen, to be warned about."""
    place = ALPHABET.index(code[-1])
    return code[:-1] + ALPHABET[(place + 1) % len(ALPHABET)]
