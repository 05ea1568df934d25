/* What the loops have in common. The functions are the same on every machine: nothing but + - * / is used, which
 * IEEE 754 rounds in one way.
 */
#ifndef ELEMENTARY_H
#define ELEMENTARY_H

#include <stdint.h>
#include <string.h>

/* What the compiler makes for processors with wider registers, too; which one runs is decided when the library is loaded.
 * It does the same operations on more numbers at once, so that not a bit differs.
 */
#ifndef WIDE
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif
#endif

static inline double larger(double a, double b) { return a > b ? a : b; }
static inline double smaller(double a, double b) { return a < b ? a : b; }
static inline int64_t at_least(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t at_most(int64_t a, int64_t b) { return a < b ? a : b; }

/* Of ascending values the position of the first that is not less, from `first` to `until`. */
static inline int64_t lower_bound(const int64_t *values, int64_t first, int64_t until, int64_t least) {
    while (first < until) {
        int64_t middle = first + (until - first) / 2;
        if (values[middle] < least) first = middle + 1;
        else until = middle;
    }
    return first;
}

/* Of `size` values of 0 and more the one that `nth` others are before, by halving the range that it is in. */
static inline int64_t nth_smallest(const int64_t *values, int64_t size, int64_t nth) {
    int64_t low = values[0], high = values[0];
    for (int64_t at = 1; at < size; at++) low = at_most(low, values[at]), high = at_least(high, values[at]);
    while (low < high) {
        int64_t middle = low + (high - low) / 2, until = 0;
        for (int64_t at = 0; at < size; at++) until += values[at] <= middle;
        if (until > nth) high = middle;
        else low = middle + 1;
    }
    return low;
}

/* Natural, of a normal number above 0: its exponent's, and of the mantissa twice the inverse hyperbolic tangent of
 * (mantissa - 1) / (mantissa + 1), which is below 0.172, so that twelve terms of its series are enough. No branches.
 */
static inline double logarithm(double x) {
    static const double LN_2 = 0.69314718055994530942;
    uint64_t bits;
    double exponent, mantissa;
    memcpy(&bits, &x, sizeof bits);
    bits += 0x3ff0000000000000u - 0x3fe6a09e00000000u; /* so that the mantissa is between √½ and √2 */
    uint64_t exponent_bits = (bits >> 52) | 0x4330000000000000u; /* added to 2⁵² */
    uint64_t mantissa_bits = (bits & 0x000fffffffffffffu) + 0x3fe6a09e00000000u;
    memcpy(&exponent, &exponent_bits, sizeof exponent);
    memcpy(&mantissa, &mantissa_bits, sizeof mantissa);
    exponent -= 4503599627370496.0 + 1023.0;
    double s = (mantissa - 1.0) / (mantissa + 1.0), z = s * s, zz = z * z;
    double even = 1.0 + zz * (1.0 / 5 + zz * (1.0 / 9 + zz * (1.0 / 13 + zz * (1.0 / 17 + zz * (1.0 / 21)))));
    double odd = 1.0 / 3 + zz * (1.0 / 7 + zz * (1.0 / 11 + zz * (1.0 / 15 + zz * (1.0 / 19 + zz * (1.0 / 23)))));
    return exponent * LN_2 + 2.0 * s * (even + z * odd);
}

/* Of an angle in turns, less than 2⁵¹: of a quarter of a turn at most by its series. No branches. */
static inline double cosine_of_turns(double turns) {
    enum { TERMS = 12 };
    static const double OVER_FACTORIAL[TERMS] = {
        1.0, -1.0 / 2, 1.0 / 24, -1.0 / 720, 1.0 / 40320, -1.0 / 3628800, 1.0 / 479001600, -1.0 / 87178291200.0,
        1.0 / 20922789888000.0, -1.0 / 6402373705728000.0, 1.0 / 2432902008176640000.0, -1.0 / 1124000727777607680000.0,
    };
    static const double TURN = 6.28318530717958647692, ROUNDS = 6755399441055744.0; /* 1.5 * 2⁵²: what is added is rounded */
    double left = turns - ((turns + ROUNDS) - ROUNDS), positive = left < 0.0 ? -left : left;
    double folded = smaller(positive, 0.5 - positive) * TURN, squared = folded * folded, sum = OVER_FACTORIAL[TERMS - 1];
    for (int term = TERMS - 2; term >= 0; term--) sum = OVER_FACTORIAL[term] + squared * sum;
    return positive > 0.25 ? -sum : sum;
}

/* Of 0 and less: 2 to the power of a whole number, times that of what is left, at most ½ log 2 from 0, by its series. */
static inline double exponential(double x) {
    enum { TERMS = 14 };
    static const double OVER_FACTORIAL[TERMS] = {
        1.0,         1.0,           1.0 / 2,       1.0 / 6,        1.0 / 24,        1.0 / 120,        1.0 / 720,
        1.0 / 5040,  1.0 / 40320,   1.0 / 362880,  1.0 / 3628800,  1.0 / 39916800,  1.0 / 479001600,  1.0 / 6227020800,
    };
    static const double LOG2_E = 1.44269504088896340736, LN_2_HIGH = 0x1.62e42fefap-1, LN_2_LOW = 0x1.cf79abc9e3b39p-40;
    if (!(x > -700.0)) return 0.0;
    double whole = (double)(int64_t)(x * LOG2_E - 0.5);
    double left = (x - whole * LN_2_HIGH) - whole * LN_2_LOW;
    double sum = OVER_FACTORIAL[TERMS - 1];
    for (int term = TERMS - 2; term >= 0; term--) sum = OVER_FACTORIAL[term] + left * sum;
    uint64_t bits = (uint64_t)((int64_t)whole + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return power * sum;
}

#endif
