/* Numbers, four at a time, and the few functions that a compiler without a library does not bring along.

REAL is float in the browser; tests compile the same source with -DREAL_IS_DOUBLE, to hold it to double precision.
A vector is four neighbouring numbers: 128 bits of float, one register of WebAssembly's SIMD. No operation here is fused
or reordered by the compiler (-ffp-contract=off, no -ffast-math), so every device computes the same bits. */
#pragma once

#define INLINE static inline __attribute__((always_inline))
#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(#name))) name
#else
#define EXPORT(name) __attribute__((visibility("default"))) name
#endif

typedef unsigned char byte;
typedef int int32;
typedef unsigned long long uint64;

#ifdef REAL_IS_DOUBLE
typedef double real;
typedef long long whole; /* as wide as a real */
#define LN2_HIGH 0x1.62e42fee00000p-1
#define LN2_LOW 0x1.a39ef35793c76p-33
#define ROUNDING 0x1.8p52    /* added and taken away again, it rounds to a whole number */
#define MANTISSA 52
#define ONE 0x3ff0000000000000ll /* the bits of 1.0 */
#define LARGEST_POWER 708.0
#define EXP_TERMS 14
#else
typedef float real;
typedef int whole;
#define LN2_HIGH 0x1.62e4p-1f
#define LN2_LOW 0x1.7f7d1cp-20f
#define ROUNDING 0x1.8p23f
#define MANTISSA 23
#define ONE 0x3f800000
#define LARGEST_POWER 87.0f
#define EXP_TERMS 7
#endif

#define WIDE 4 /* numbers in a vector */
typedef real vec __attribute__((vector_size(WIDE * sizeof(real)), aligned(sizeof(real))));
typedef whole mask __attribute__((vector_size(WIDE * sizeof(real)), aligned(sizeof(real))));

INLINE vec load(const real *from) { return *(const vec *)from; }
INLINE void store(real *to, vec values) { *(vec *)to = values; }
INLINE vec all(real value) { return (vec){value, value, value, value}; }
INLINE real sum_of(vec v) { return (v[0] + v[1]) + (v[2] + v[3]); }
INLINE vec choose(mask where, vec yes, vec no) { return (vec)((where & (mask)yes) | (~where & (mask)no)); }
INLINE int at_most(int a, int b) { return a < b ? a : b; }
INLINE int at_least(int a, int b) { return a > b ? a : b; }

/* Four sums at once: result[i] is the sum of the i-th vector's numbers. */
INLINE vec sums_of(vec a, vec b, vec c, vec d) {
  vec ab = __builtin_shufflevector(a, b, 0, 1, 4, 5) + __builtin_shufflevector(a, b, 2, 3, 6, 7);
  vec cd = __builtin_shufflevector(c, d, 0, 1, 4, 5) + __builtin_shufflevector(c, d, 2, 3, 6, 7);
  return __builtin_shufflevector(ab, cd, 0, 2, 4, 6) + __builtin_shufflevector(ab, cd, 1, 3, 5, 7);
}

INLINE real root(real x) {
#ifdef REAL_IS_DOUBLE
  return __builtin_sqrt(x);
#else
  return __builtin_sqrtf(x);
#endif
}

/* e^x = 2^n · e^r with n = round(x/ln 2) and |r| ≤ ln 2/2, e^r by its series; x is taken within ±LARGEST_POWER. */
INLINE vec exponential(vec x) {
  x = choose(x > all(LARGEST_POWER), all(LARGEST_POWER), x);
  x = choose(x < all(-LARGEST_POWER), all(-LARGEST_POWER), x);
  vec shifted = x * all((real)1.4426950408889634) + all(ROUNDING);
  vec n = shifted - all(ROUNDING);
  vec r = x - n * all(LN2_HIGH) - n * all(LN2_LOW);
  vec series = all(1);
#pragma clang loop unroll(full)
  for (int term = EXP_TERMS; term > 0; term--) series = all(1) + series * r * all((real)(1.0 / term));
  mask power = ((mask)shifted << MANTISSA) + ONE; /* the bits of 2^n: n stands in the lowest bits of `shifted` */
  return series * (vec)power;
}
INLINE real exponential_of(real x) { return exponential(all(x))[0]; }

/* tanh x = 1 − 2/(e^2x + 1) */
INLINE vec tangent(vec x) { return all(1) - all(2) / (exponential(x + x) + all(1)); }
INLINE vec logistic(vec x) { return all(1) / (all(1) + exponential(-x)); }

/* In double precision, with a fixed order of operations: NumPy does the same and finds the same bits (draws.py). */

/* ln x for x > 0: x = m·2^e with √½ ≤ m < √2, and ln m = 2·artanh((m − 1)/(m + 1)) by its series. */
INLINE double logarithm(double x) {
  union { double number; uint64 bits; } of = {x};
  int exponent = (int)(of.bits >> 52) - 1022;
  of.bits = (of.bits & 0xfffffffffffffull) | 0x3fe0000000000000ull; /* m from ½ to 1 */
  double m = of.number;
  if (m < 0.70710678118654752) { m = m * 2; exponent = exponent - 1; }
  double s = (m - 1) / (m + 1), square = s * s, series = 0;
  for (int n = 23; n > 0; n -= 2) series = series * square + 1.0 / n;
  return exponent * 0.69314718055994531 + 2 * s * series;
}

/* sin x for |x| ≤ π/2, by its series. */
INLINE double sine(double x) {
  double square = x * x, series = 1;
  for (int n = 22; n > 0; n -= 2) series = 1 - series * square / (n * (n + 1));
  return x * series;
}
/* cos x = 1 − 2·sin²(x/2), for |x| ≤ π */
INLINE double cosine(double x) { double half = sine(x / 2); return 1 - 2 * half * half; }
