#!/usr/bin/env python3
"""Makes total_vectors.txt, what unit_total.c compares with: python3 total_vectors.py >total_vectors.txt

A line is "float" or "wide", the sum as C writes it, the sum of squares, the mean and the population deviation as floats,
how often the numbers are to be added, and the numbers. All is computed in rationals and integers of any size; nothing
but the standard library is needed."""
import math
import random
import struct
from fractions import Fraction

random.seed(2)


def spelled(x):
    """A dyadic rational as an odd integer in hexadecimal times a power of two."""
    if x == 0:
        return "0x0p+0"
    exponent = -(x.denominator.bit_length() - 1)
    whole = abs(x.numerator)
    zeros = (whole & -whole).bit_length() - 1
    return f"{'-' if x < 0 else ''}{hex(whole >> zeros)}p{exponent + zeros:+d}"


def root(x):
    """sqrt(x) of a rational as the nearest float."""
    if x == 0:
        return 0.0
    shift = 2 * (1300 - min(0, (x.numerator.bit_length() - x.denominator.bit_length()) // 2))
    whole = (x.numerator << shift) // x.denominator
    near = Fraction(math.isqrt(whole), 1 << (shift // 2))
    if near * near != x:
        near += Fraction(1, 1 << (shift // 2 + 1))
    return float(near)


def single(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def show(wide, numbers, times):
    exact = [Fraction(x) for x in numbers]
    n = len(numbers) * times
    total, squares = sum(exact) * times, sum(x * x for x in exact) * times
    mean = total / n
    print("wide" if wide else "float", spelled(total), spelled(squares), float(mean).hex(),
          root(squares / n - mean * mean).hex(), times, *[x.hex() for x in numbers])


def bits(wide):
    """Any finite float."""
    while True:
        x = (struct.unpack("<d", struct.pack("<Q", random.getrandbits(64)))[0] if wide else
             struct.unpack("<f", struct.pack("<I", random.getrandbits(32)))[0])
        if math.isfinite(x):
            return x


greatest = {True: math.ldexp(2 - 2.0**-52, 1023), False: math.ldexp(2 - 2.0**-23, 127)}
least = {True: 5e-324, False: math.ldexp(1, -149)}
for wide in (False, True):
    cast = (lambda x: x) if wide else single
    for numbers in ([0.0], [-0.0, 0.0], [1.0], [-1.5], [greatest[wide]] * 3, [-greatest[wide]] * 2, [least[wide]] * 3,
                    [greatest[wide], -greatest[wide]], [greatest[wide], least[wide], -greatest[wide]],
                    [-least[wide], greatest[wide]], [1.0, 1.0, 1.0], [1.0, 2.0], [3.0, 4.0, 5.0, 6.0],
                    [-least[wide], least[wide]]):
        for times in (1, 7, 1000000):
            show(wide, numbers, times)
    for _ in range(150):
        scale = 10.0 ** random.randint(-30, 30)
        mean = random.choice([0, 1, 1e3, 1e6]) * scale
        show(wide, [cast(random.gauss(mean, scale)) for _ in range(random.randint(1, 12))], random.choice([1, 1, 3]))
    for _ in range(150):
        show(wide, [bits(wide) for _ in range(random.randint(1, 6))], random.choice([1, 1, 5]))
    for _ in range(50):
        show(wide, [float(random.randint(-3, 3)) for _ in range(random.randint(2, 9))], 1)
