/* One generator for the start, the order and the distortions. A number depends on its place alone, not on what was drawn
before: (seed, purpose, which) name a stream and `at` a number in it, so a run can go on from any step.
Philox 4×64, 10 rounds, as NumPy has it (numpy.random.Philox); lenet_explain/engine/draws.py draws the same bits.
Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. */
#include "number.h"

enum { START = 1, ORDER = 2, DISTORTION = 3 }; /* purposes */

typedef struct { uint64 key[2], block[4], drawn; } Stream; /* drawn: number of the block that is held, from 1 */

static uint64 high_half(uint64 a, uint64 b) { /* of the 128 bits of a·b */
  uint64 a0 = (unsigned)a, a1 = a >> 32, b0 = (unsigned)b, b1 = b >> 32;
  uint64 middle = a1 * b0 + (a0 * b0 >> 32), other = a0 * b1 + (unsigned)middle;
  return a1 * b1 + (middle >> 32) + (other >> 32);
}

static void philox(const uint64 key[2], uint64 counter, uint64 c[4]) {
  const uint64 m0 = 0xD2E7470EE14C6C93ull, m1 = 0xCA5A826395121157ull;
  uint64 k0 = key[0], k1 = key[1];
  c[0] = counter, c[1] = c[2] = c[3] = 0;
  for (int round = 0; round < 10; round++) {
    uint64 next[4] = {high_half(m1, c[2]) ^ c[1] ^ k0, m1 * c[2], high_half(m0, c[0]) ^ c[3] ^ k1, m0 * c[0]};
    for (int i = 0; i < 4; i++) c[i] = next[i];
    k0 += 0x9E3779B97F4A7C15ull, k1 += 0xBB67AE8584CAA73Bull;
  }
}

static Stream stream(int seed, int purpose, int which) {
  return (Stream){{(uint64)seed, (uint64)purpose << 32 | (unsigned)which}, {0}, 0};
}

static uint64 word(Stream *from, uint64 at) {
  uint64 block = at / 4 + 1;
  if (from->drawn != block) philox(from->key, block, from->block), from->drawn = block;
  return from->block[at % 4];
}

/* Between 0 and 1, neither included: 2^52 numbers equally far apart. */
static double uniform(Stream *from, uint64 at) { return ((double)(word(from, at) >> 12) + 0.5) * 0x1p-52; }

/* Mean 0, deviation 1, of two draws. Source: Box and Muller 1958. */
static double normal_of(Stream *from, uint64 at) {
  double turn = 6.283185307179586 * (uniform(from, 2 * at + 1) - 0.5);
  return __builtin_sqrt(-2 * logarithm(uniform(from, 2 * at))) * cosine(turn);
}

/* A random order of 0 to count − 1: sorted by a random key, byte by byte from the lowest (radix sort, stable).
keys, spare: room for 2·count uint64. */
static void random_order(int seed, int pass, int count, int32 *order, uint64 *keys, int32 *spare) {
  Stream from = stream(seed, ORDER, pass);
  for (int i = 0; i < count; i++) keys[i] = word(&from, i), order[i] = i;
  int32 *source = order, *sorted = spare;
  for (int shift = 0; shift < 64; shift += 8) {
    int first[257] = {0};
    for (int i = 0; i < count; i++) first[(keys[i] >> shift & 255) + 1]++;
    for (int value = 0; value < 256; value++) first[value + 1] += first[value];
    for (int i = 0; i < count; i++) sorted[first[keys[source[i]] >> shift & 255]++] = source[i];
    int32 *swap = source;
    source = sorted, sorted = swap;
  } /* after eight bytes the result stands in `order` again */
}

/* How far digits are moved and bent; fields as training/distortions.py explains them (Ranges). */
typedef struct { double shift, scale[2], squeeze[2], shear, turn, pivot, share; } Ranges;

static double between(const double limits[2], double unit) {
  return 1 + (unit < 0 ? 1 - limits[0] : limits[1] - 1) * unit;
}

/* One digit in a field of side × side pixels, moved by draws 8·at to 8·at + 6 of the stream: six ways, and whether at all.
image: (own, own), 0 for paper and 255 for ink; moved: (side, side). Where does each point come from? The inverse of
turn · stretch · shear says it, and the four pixels around that place are mixed linearly; outside lies paper.
Source: LeCun et al. 1998, section III.B; lenet_explain/training/distortions.py. */
static void distort(const Ranges *how, Stream *from, uint64 at, const byte *image, int own, byte *moved, int side) {
  double unit[6];
  int bent = uniform(from, 8 * at + 6) < how->share;
  for (int i = 0; i < 6; i++) unit[i] = bent ? 2 * uniform(from, 8 * at + i) - 1 : 0;
  double scale = between(how->scale, unit[0]), squeeze = between(how->squeeze, unit[1]);
  double slant = how->shear * unit[2], angle = how->turn * 0.017453292519943295 * unit[3];
  double wide = scale * squeeze, high = scale / squeeze, s = sine(angle), c = cosine(angle);
  double a = c * wide, b = a * slant - s * high, d = s * wide, e = d * slant + c * high;
  double right = how->shift * unit[4] - b * how->pivot, down = how->shift * unit[5] + how->pivot - e * how->pivot;
  double area = a * e - b * d, ia = e / area, ib = -b / area, id = -d / area, ie = a / area;
  double middle = (side - 1) / 2.0, centre = (own - 1) / 2.0;
  for (int y = 0; y < side; y++)
    for (int x = 0; x < side; x++) {
      double px = x - middle - right, py = y - middle - down;
      double u = ia * px + ib * py + centre, v = id * px + ie * py + centre;
      double left = __builtin_floor(u), top = __builtin_floor(v), fu = u - left, fv = v - top, value = 0;
      if (left >= -1 && left < own && top >= -1 && top < own) {
        int i = (int)left, j = (int)top, under = j + 1 < own, beside = i + 1 < own;
        const byte *here = image + j * own + i;
        double nw = i >= 0 && j >= 0 ? here[0] : 0, ne = beside && j >= 0 ? here[1] : 0;
        double sw = i >= 0 && under ? here[own] : 0, se = beside && under ? here[own + 1] : 0;
        value = (nw * (1 - fu) + ne * fu) * (1 - fv) + (sw * (1 - fu) + se * fu) * fv;
      }
      moved[y * side + x] = (byte)__builtin_rint(value);
    }
}
