#!/usr/bin/env python3
"""Makes real_vectors.txt, what unit_real.c compares with: python3 real_vectors.py >real_vectors.txt (some minutes).

A line is a function, its arguments and the nearest float, as hexadecimal floats. Needs mpmath. Half of the values are
ordinary, the others are hard: of many random ones those whose results are the nearest to the middle of two floats, and
edges: near 1 and 0, exact results, exact middles, the least and the largest floats."""
import math
import random
import struct

import mpmath
from mpmath import mpf

BITS = 300  # of the oracle
mpmath.mp.prec = BITS
random.seed(1)


def nearest(x):
    """The float nearest to x, of two that are equally near the even one, and how far x is from a middle, in ulps."""
    if x == 0:
        return 0.0, 1
    _, exponent = mpmath.frexp(x)
    place = max(int(exponent) - 53, -1074)
    scaled = mpmath.ldexp(x, -place)
    whole = int(mpmath.floor(scaled))
    rest = scaled - whole
    up = rest > 0.5 or (rest == 0.5 and whole % 2 == 1)
    if mpmath.frexp(mpf(whole + up))[1] + place > 1024:
        return math.inf if x > 0 else -math.inf, 1
    return math.ldexp(whole + up, place), abs(rest - mpf(0.5))


def quantile(p):
    """Newton's iteration for ln of the distribution, in which it converges everywhere."""
    if p > 0.5:
        return -quantile(1 - p)
    if p == 0.5:
        return mpf(0)
    p = mpf(p)
    target = mpmath.log(p)
    x = -mpmath.sqrt(-2 * target) if p < mpf(0.02) else (p - 0.5) * mpf(2.5)
    for _ in range(60):
        below = mpmath.erfc(-x / mpmath.sqrt(2)) / 2
        density = mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)
        step = (mpmath.log(below) - target) * below / density
        x -= step
        if abs(step) < abs(x) * mpf(2) ** (40 - mpmath.mp.prec):
            return x
    raise ValueError(p)


FUNCTIONS = {
    "exp": lambda x: mpmath.exp(mpf(x)),
    "ln": lambda x: mpmath.log(mpf(x)),
    "pow": lambda x, a: mpf(x) ** mpf(a),
    "rest": lambda x, a: -mpmath.expm1(mpf(a) * mpmath.log(mpf(x))),
    "quantile": quantile,
}


def any_float():
    """Above 0, all magnitudes alike."""
    return struct.unpack("<d", struct.pack("<Q", random.randrange(1, 0x7FF << 52)))[0]


def count():
    return float(random.randrange(1, 10 ** random.randrange(1, 16)))


def near_one():
    return 1 + random.uniform(-1, 1) * 2.0 ** random.randrange(-52, -5)


RANDOM = {
    "exp": [
        lambda: (random.uniform(-745.2, 709.8),),
        lambda: (random.uniform(-1, 1) * 2.0 ** random.randrange(-60, 6),),
    ],
    "ln": [lambda: (any_float(),), lambda: (count(),), lambda: (near_one(),)],
    "pow": [
        lambda: (count(), random.randrange(-300, 300) / 100),
        lambda: (random.random(), random.uniform(0, 20)),
        lambda: (any_float(), random.uniform(-1, 1)),
        lambda: (near_one(), random.uniform(-1, 1) * 2.0 ** random.randrange(0, 50)),
    ],
    "rest": [
        lambda: (1 - 10.0 ** -random.randrange(1, 12), count()),
        lambda: (random.random(), random.uniform(0, 40)),
        lambda: (1 - random.randrange(1, 2**52) * 2.0**-53 * 2.0 ** -random.randrange(0, 52), random.uniform(0.1, 9)),
        lambda: (random.random(), random.random() * 2.0 ** -random.randrange(0, 300)),
    ],
    "quantile": [
        lambda: ((2 * random.getrandbits(52) + 1) / 2**53,),
        lambda: (2.0 ** random.uniform(-1074, -1),),
        lambda: (0.5 + random.choice((-1, 1)) * 2.0 ** random.uniform(-53, -1.01),),
    ],
}

TINY, HUGE = 5e-324, 1.7976931348623157e308
EXP_BOUNDS = (709.782712893384, 709.7827128933841, -708.3964185322641, -744.4400719213812, -745.1332191019411)
EDGES = {
    "exp": [(x,) for x in (0.0, -0.0, 1.0, -1.0, 709.79, 1e9, HUGE, -745.1332191019412, -745.14, -1e9, -HUGE)]
    + [(x,) for x in EXP_BOUNDS + (TINY, -TINY)]
    + [(s * math.ldexp(m, -e),) for e in range(50, 60) for s in (1, -1) for m in (1.0, 1 + 2**-52, 1.5, 2 - 2**-52)]
    + [(n * math.log(2) / 128,) for n in range(-300, 300, 7)],
    "ln": [(x,) for x in (1.0, TINY, HUGE, 2.0, 0.5, math.e, 2.0**-1022, 2.225073858507201e-308)]
    + [(1 + n * 2.0**-52,) for n in range(-30, 30)]
    + [(1 + n / 128,) for n in range(128)]
    + [((1 + n / 128) * (1 - 2**-53),) for n in range(129)],
    "pow": [
        (float(n), a)
        for n in (1, 2, 3, 4, 9, 10, 25, 625, 2**27 - 1, 2**27 + 1, 94906267, 2**53)
        for a in (0.0, -0.0, 0.5, 0.25, 1.0, 2.0, 3.0, -0.5, -1.0, -2.0, 0.3, 0.7)
    ]
    + [
        (1 + s * 2.0**-e, a)
        for e in (52, 51, 40, 30)
        for s in (1, -0.5)
        for a in (0.5, 0.25, 2.0, -0.5, 1e15, -1e15)
    ]
    + [(2.0, a) for a in (1024.0, 1023.9999999999999, -1074.0, -1074.5, -1074.9, -1075.0, -1022.5)]
    + [(0.5, 1e300), (0.5, -1e300), (HUGE, 1.0), (HUGE, 1.0000000000000002), (TINY, 1.0), (TINY, 0.5)]
    + [(3 * TINY, 1.0), (1.0, 1e300), (1.0, -HUGE), (HUGE, TINY), (9007199254740993 / 2**53, 2.0)],
    "rest": [(0.9999, float(n)) for n in (0, 1, 2, 10, 100, 1000, 10**6, 10**9)]
    + [(1 - 2**-53, a) for a in (0.0, 0.5, 1.0, 2.0, 2.5, 3.0, 1e-300, 1e16, 1e18)]
    + [(0.5, a) for a in (1.0, 53.0, 54.0, 1e6, TINY)]
    + [(TINY, 1.0), (0.999999999999, 3.0)]
    + [(math.exp(-(2.0**-7)), 1 + n * 2.0**-52) for n in range(-8, 8)],
    "quantile": [(p,) for p in (0.5, 0.25, 0.75, 0.025, 0.975, TINY, 2 * TINY, 2.0**-1022, 1 - 2**-53, 2.0**-53)]
    + [(0.5 - 2.0**-e,) for e in range(3, 55)]
    + [(math.exp(-(n / 8) * 2.0**e),) for e in range(0, 10) for n in range(8, 16) if n / 8 * 2**e < 745],
}
EASY, HARD = 300, 200
CANDIDATES = {"exp": 60000, "ln": 60000, "pow": 60000, "rest": 40000, "quantile": 6000}


def put(name, arguments):
    result, _ = nearest(FUNCTIONS[name](*arguments))
    print(name, *(x.hex() for x in arguments), result.hex())


for name, function in FUNCTIONS.items():
    for arguments in EDGES[name]:
        put(name, arguments)
    draws = RANDOM[name]
    for i in range(EASY):
        put(name, draws[i % len(draws)]())
    hardest = []
    mpmath.mp.prec = 120
    for i in range(CANDIDATES[name]):
        arguments = draws[i % len(draws)]()
        result, middle = nearest(function(*arguments))
        if 2.0**-1022 < abs(result) < math.inf:
            hardest.append((middle, arguments))
    mpmath.mp.prec = BITS
    for _, arguments in sorted(hardest)[:HARD]:
        put(name, arguments)
