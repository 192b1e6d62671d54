"""When a stated figure and an observed one agree: tolerance, bounds, units and outcomes."""

from __future__ import annotations

from decimal import Decimal

from counterflow.brief.schema import Claim
from counterflow.evidence.checking.figures import DAYS_PER_MONTH, Figure
from counterflow.evidence.schema import Outcome

# A trailing zero may be a digit or a place-holder ("1,600"), so a stated count is read as rounded to its last
# digit that is not zero, but never more coarsely than this share of it; "about" doubles that.
ROUND_SHARE = 0.05
A_POINT = 1.0  # percentage points
HALF_OF_FIVE = 2.5  # percentage points: "about 90%" is rounded to the nearest five
# "doubled" is said of anything that a reader would round to 2.0: a whole factor is good to a tenth. Half a unit of its
# last digit would let a rise of 50% pass as a doubling; for ten and more the tenth would be finer than anybody speaks.
WHOLE_FACTOR, LARGE_FACTOR = 0.1, 10.0
# Share by which a settled count differs between editions: Border Patrol's total of FY2025 is 237,538 in the final
# release and 237,569 as the sum of its months.
EDITIONS = 31 / 237_538
MINUS = "\u2212"
TON = "a ton is 2,000 lb or 1,000 kg, and the claim does not say which"
# Pounds per unit of weight. "ton" is not here: see TON.
POUNDS = {"lb": 1.0, "tonne": 2204.6226218, "kg": 2.2046226218, "g": 0.0022046226218, "oz": 0.0625}
DAYS_IN = {"day": 1.0, "week": 7.0, "month": DAYS_PER_MONTH, "year": 365.25}
OTHER_UNITS = {"percent", "usd", "pills", "mg", "share", "ton", "mile"}  # not numbers of the thing counted


def rounding(value: float, unit: str | None = None) -> float:
    """Half a unit of the last digit of a stated number that is not zero, at most 5% of it for a whole number.

    A percentage is never read as rounder than to the next whole point on either side.

    >>> rounding(93.0), rounding(93.5), rounding(1600.0), rounding(300.0), rounding(90.0, "percent")
    (0.5, 0.05, 50.0, 15.0, 1.0)
    """
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    half = 0.5 * 10.0 ** int(exponent)
    share = ROUND_SHARE * abs(value)
    return half if half <= 0.5 else max(0.5, min(half, share, A_POINT if unit == "percent" else share))


def rounding_of(claim: Claim) -> float:
    """By how much the stated number of a claim may have been rounded, in its unit; a factor by a tenth where whole."""
    value = abs(claim.value or 0.0)
    if claim.claim_type != "change_factor":
        return rounding(value, claim.unit)
    return min(rounding(value), WHOLE_FACTOR if value < LARGE_FACTOR else ROUND_SHARE * value)


def tolerance(claim: Claim, revision: float) -> float:
    """How far an observed figure may lie from the stated one and still agree, in the claim's unit.

    The rounding of the stated figure and, on top of it, `revision`, by how much the observed one is typically changed
    later. The greater of the two would not do: what was rounded was the figure of its day, so a fall of 93.497% that
    was rightly told as 93% would be refuted by a revision to 93.501%. For "about", at least a tenth of the stated
    figure, of a percentage at most half of five points; for every count at least what two editions of one table
    differ by.
    """
    value = claim.value if claim.value is not None else 0.0
    about = 2 * ROUND_SHARE * abs(value) if claim.bound == "~" else 0.0  # "nearly doubled": from 1.8 on
    if claim.unit == "percent":
        about = min(about, HALF_OF_FIVE)
    editions = EDITIONS * abs(value) if claim.unit != "percent" else 0.0
    return max(rounding_of(claim) + revision, about, editions)


def agrees(claim: Claim, observed: float, revision: float) -> Outcome:
    """Whether the observed size is the stated one, or on the stated side of it.

    "over 300" is not rounded: there only `revision` is allowed for.
    """
    if claim.value is None:
        return "not comparable"
    low, high = claim.value, claim.value_high if claim.value_high is not None else claim.value
    allowed = tolerance(claim, revision)
    fits = {
        ">": observed > low - revision,
        ">=": observed >= low - revision,
        "<": observed < high + revision,
        "<=": observed <= high + revision,
    }.get(claim.bound, low - allowed <= observed <= high + allowed)
    return "holds" if fits else "does not hold"


def in_unit_of(claim: Claim, value: float, unit: str) -> float | None:
    """An observed value in the claim's unit; None where the two cannot be compared.

    `unit` is the unit of the figure, e.g. "lb (gross weight)" or "encounters".
    """
    stated, own = (claim.unit or "").lower(), unit.split(" ")[0].lower()
    if own in POUNDS:
        return value * POUNDS[own] / POUNDS[stated] if stated in POUNDS else None
    if stated in POUNDS or (stated in OTHER_UNITS and stated != own):
        return None
    return value


def other_unit(claim: Claim) -> str:
    """Why the claim's unit keeps it from being compared."""
    if claim.unit == "ton":
        return TON
    return f"the claim counts in another unit ({claim.unit})"


def as_rate(figure: Figure, claim: Claim) -> float:
    """A figure as the claim states it: per day, week, month or year, or as the total of its period."""
    if figure.kind != "flow" or claim.rate is None:
        return figure.value
    return figure.per_day * DAYS_IN[claim.rate]


def rate_words(figure: Figure, claim: Claim) -> str:
    """The words of the rate that `as_rate` gives, e.g. " a day"; "" for a total or a stock."""
    return f" a {claim.rate}" if figure.kind == "flow" and claim.rate else ""


def like_with_like(period: Figure, baseline: Figure, claim: Claim) -> tuple[float, float, str]:
    """Both figures on one footing, with its words: totals of like periods, else daily averages."""
    return footing(period, baseline.value, baseline.days, claim)


def footing(period: Figure, value: float, days: int, claim: Claim) -> tuple[float, float, str]:
    """A figure and a baseline of `value` over `days` days on one footing, with its words: "", " a day", " a week"."""
    if period.kind != "flow":
        return period.value, value, ""
    if claim.rate is None and abs(period.days - days) <= 3 and period.days >= 28:
        return period.value, value, ""
    if claim.rate in ("week", "month", "year"):
        per = DAYS_IN[claim.rate]
        return period.per_day * per, value / days * per, f" a {claim.rate}"
    return period.per_day, value / days, " a day"


def spell_number(value: float) -> str:
    """A number for people: "1,837", "750", "82.1", "0.54", "−1,084"."""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}".replace("-", MINUS)
    return (f"{value:,.1f}" if abs(value) >= 1 else f"{value:.2g}").replace("-", MINUS)


def signed(value: float, form: str = "+.1f") -> str:
    """A number with its sign, for people: "+6.7", "−92.8"."""
    return format(value, form).replace("-", MINUS)
