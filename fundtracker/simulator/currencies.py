"""Stripe's currencies: decimals, smallest charges, and made-up but plausible rates to the euro."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

SETTLEMENT = "eur"

LARGEST_CHARGE = 99_999_999
LARGEST_BY_CURRENCY = {"idr": 999_999_999_999}


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency by its lower-case code.

    Charges are multiples of `step` and at least `minimum`, both in minor units; `rate` is what one
    major unit is worth in euros.
    """

    code: str
    exponent: int
    step: int
    minimum: int
    rate: Decimal

    @property
    def largest(self) -> int:
        """The largest charge, in minor units."""
        return LARGEST_BY_CURRENCY.get(self.code, LARGEST_CHARGE)

    def written(self, minor: int) -> str:
        """Return an amount for people, "EUR 25.00"."""
        return f"{self.code.upper()} {Decimal(minor).scaleb(-self.exponent):,.{self.exponent}f}"

    def settled(self, minor: int) -> int:
        """Return what an amount brings, in cents of the settlement currency."""
        cents = Decimal(minor).scaleb(2 - self.exponent) * self.rate
        return int(cents.to_integral_value(ROUND_HALF_EVEN))


WHOLE = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
WHOLE_ONLY = "isk ugx"
THREE_DECIMALS = "bhd jod kwd omr tnd"
MINIMUMS = {
    30: "gbp",
    50: "usd eur aud brl cad chf inr nzd sgd zar ars cop idr ils php rub jpy krw",
    200: "aed myr pln ron",
    250: "dkk",
    300: "nok sek",
    400: "hkd",
    1000: "mxn thb",
    1500: "czk",
    17500: "huf",
}
RATES = """
aed .25 afn .013 all .0102 amd .0024 ang .51 aoa .001 ars .0006 aud .56 awg .51 azn .54 bam .5113
bbd .46 bdt .0075 bgn .5113 bhd 2.44 bif .00031 bmd .92 bnd .71 bob .133 brl .16 bsd .92 bwp .068
byn .28 bzd .46 cad .65 cdf .00038 chf 1.05 clp .00098 cny .128 cop .00022 crc .0018 cve .00907
czk .04 djf .0052 dkk .134 dop .0152 dzd .0069 egp .019 etb .0065 eur 1 fjd .41 fkp 1.15 gbp 1.15
gel .34 gip 1.15 gmd .013 gnf .000107 gtq .12 gyd .0044 hkd .118 hnl .035 htg .007 huf .0025
idr .000056 ils .26 inr .0104 isk .0067 jmd .0058 jod 1.3 jpy .0061 kes .0071 kgs .0106
khr .00023 kmf .00203 krw .00066 kwd 3 kyd 1.1 kzt .0018 lak .0000425 lbp .0000103 lkr .0031
lrd .0046 lsl .051 mad .093 mdl .052 mga .0002 mkd .0163 mmk .00044 mnt .00026 mop .115 mur .02
mvr .06 mwk .00053 mxn .047 myr .21 mzn .0145 nad .051 ngn .0006 nio .025 nok .085 npr .0065
nzd .52 omr 2.39 pab .92 pen .25 pgk .23 php .016 pkr .0033 pln .235 pyg .000119 qar .25 ron .2
rsd .0085 rub .0103 rwf .00065 sar .245 sbd .11 scr .065 sek .091 sgd .7 shp 1.15 sle .04
sos .0016 srd .025 std .00004 szl .051 thb .027 tjs .086 tnd .3 top .39 try .022 ttd .136 twd .0285
tzs .00035 uah .022 ugx .00025 usd .92 uyu .022 uzs .000074 vnd .000036 vuv .0077 wst .33
xaf .001524 xcd .34 xcg .51 xof .001524 xpf .00838 yer .0038 zar .051 zmw .034
"""


def _exponent(code: str) -> int:
    return 0 if code in WHOLE else 3 if code in THREE_DECIMALS else 2


def _step(code: str) -> int:
    return 100 if code in WHOLE_ONLY else 10 if code in THREE_DECIMALS else 1


_MINIMUM = {code: least for least, codes in MINIMUMS.items() for code in codes.split()}
CURRENCIES = {
    code: Currency(
        code,
        _exponent(code),
        _step(code),
        _MINIMUM.get(code, _step(code)),
        Decimal(rate),
    )
    for code, rate in re.findall(r"(\w+) (\S+)", RATES)
}
