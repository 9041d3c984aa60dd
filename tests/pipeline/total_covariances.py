#!/usr/bin/env python3
"""Makes total_covariances.txt, in rationals: python3 total_covariances.py >total_covariances.txt

A line has float or double, a number of records n, the sums of two columns and of their products (hexadecimal), an
exponent, and the covariance times 2^exponent as the nearest float."""
import random
import struct
from fractions import Fraction

random.seed(4)


def single(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def spelled(x):
    """As total_put spells a dyadic rational."""
    if x == 0:
        return "0x0p+0"
    top, power = abs(x.numerator), x.denominator.bit_length() - 1
    zeros = (top & -top).bit_length() - 1
    return f"{'-' if x < 0 else ''}0x{top >> zeros:x}p{zeros - power:+d}"


def show(form, pairs, times, exponent):
    n = len(pairs) * times
    a = sum(Fraction(x) for x, _ in pairs) * times
    b = sum(Fraction(y) for _, y in pairs) * times
    products = sum(Fraction(x) * Fraction(y) for x, y in pairs) * times
    covariance = (products / n - a / n * b / n) * Fraction(2) ** exponent
    try:
        rounded = float(covariance).hex()
    except OverflowError:
        rounded = "inf" if covariance > 0 else "-inf"
    print(form, n, spelled(a), spelled(b), spelled(products), exponent, rounded)


def number(form, low, high):
    x = random.choice([-1, 1]) * (1 + random.random()) * 2.0 ** random.randint(low, high)
    return single(x) if form == "float" else x


for form, sizes in [("float", [(0, 0), (-3, 3), (-149, 126), (100, 126), (-149, -140)]),
                    ("double", [(0, 0), (-3, 3), (-1074, 1020), (1000, 1020), (-1074, -1050)])]:
    for low, high in sizes:
        for count in range(1, 7):
            for times in 1, 3, 2 ** 40 + 1:
                pairs = [(number(form, low, high), number(form, low, high)) for _ in range(count)]
                show(form, pairs, times, random.choice([0, -2, 7]) if -1000 < low and high < 900 else random.choice([0, -1990, 2100]))
                show(form, [(x, x) for x, _ in pairs], times, 0)
    # Far from 0, where all but the last digits cancel; half-way between two floats; 0.
    show(form, [(2.0 ** 20 + x, 2.0 ** 21 - x) for x in (0, 0.5, 1, 1.125, 4)], 1, 0)
    for a, b in (1 << 23 | 1, 1 << 23 | 1), ((1 << 24) - 1, (1 << 23) + 3):
        show(form, [(a, b), (-a, -b)], 1, 0)
        show(form, [(a, -b), (-a, b), (a, -b), (-a, b)], 5, -1080)
    show(form, [(5.0, 7.0)] * 3, 1, 0)
for a, b in ((1 << 27) + 1, (1 << 26) + 1), ((1 << 27) + 1, (1 << 26) + 3), ((1 << 30) - 1, (1 << 24) - 3):
    show("double", [(a, b), (-a, -b)], 1, 0)
    show("double", [(a, -b), (-a, b)], 3, 4)
    show("double", [(a + 9, b), (-a + 9, -b)], 1, 0)
