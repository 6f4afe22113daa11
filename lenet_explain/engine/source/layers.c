/* How each operation answers (forward) and how it learns (backward).

Images lie innermost: x[(c·H + y)·W + x)·L + l] is what image l has in map c, row y, column x. So a weight meets the
same place of L images in neighbouring numbers, and a vector of four needs no shuffling. L is 1, or a multiple of four.
Names: x and y are what an operation reads and gives, dx and dy the loss's derivatives by them, w and dw weights and the
derivatives by those. Shapes, per image:
    x, dx: (maps, height, width)    y, dy: (after, high, wide)
backward adds to dw and overwrites dx; dx is 0 where nobody asks for it.

power is 1 for derivatives. With 2 the same chain runs on squares and gives Gauss–Newton curvatures, d²E/dw² without the
terms in f″: every factor that multiplies a derivative multiplies a curvature squared. Squares of x and w come in already
made; the other factors are squared here. Source: LeCun et al. 1998, Appendix C, Eqs. 19, 23, 25 and 27.

The plain loops say what is meant; where a vectorised form stands beside them, tests hold the two equal. */
#include "number.h"

enum { /* kinds, numbered as plan.py numbers them */
  PAD = 1, CONVOLUTION, DENSE, SUBSAMPLING, AVERAGE, LARGEST, NORMALISATION, DISTANCES, SCALED_TANH, SIGMOID, RELU
};

/* One line of a plan. Where a field does not belong to a kind, it is 0 (bias: −1 for none). */
typedef struct {
  int32 kind, layer;            /* layer: its number in the description */
  int32 maps, height, width;    /* what is read */
  int32 after, high, wide;      /* what is given */
  int32 size, stride, padding;  /* of the window */
  int32 from, to;               /* where x and y stand, in numbers per image */
  int32 weights, count, bias;   /* where the kernels stand, how many numbers they are, and where the bias stands */
  int32 measured;               /* normalisation: where the means stand; the variances follow */
  int32 links;                  /* convolution: its table (after, maps): the number of the link's kernel, or −1 */
  int32 constants;              /* codes (classes, n), or amplitude and slope */
  int32 fan_out;                /* for the start */
} Operation;

static int plain; /* whether only the plain loops are used */

/* ---- convolution: y[m] = bias[m] + Σ over linked c, rows i, columns j of the kernel: w[m,c,i,j] · x[c, y·s+i, x·s+j] */

static void convolve_plain(const Operation *o, const int32 *links, const real *x, const real *w, const real *bias,
                           real *y, int L) {
  int k = o->size, s = o->stride, H = o->height, W = o->width;
  for (int m = 0; m < o->after; m++)
    for (int row = 0; row < o->high; row++)
      for (int column = 0; column < o->wide; column++)
        for (int l = 0; l < L; l++) {
          real sum = bias ? bias[m] : 0;
          for (int c = 0; c < o->maps; c++) {
            int link = links[m * o->maps + c];
            if (link < 0) continue;
            for (int i = 0; i < k; i++)
              for (int j = 0; j < k; j++)
                sum += w[(link * k + i) * k + j] * x[((c * H + row * s + i) * W + column * s + j) * L + l];
          }
          y[((m * o->high + row) * o->wide + column) * L + l] = sum;
        }
}

/* One kernel cell of two maps at once: how far from a place it reads, and its weights (0 where a map has no link). */
typedef struct { int from; real first, second; } Tap;

/* All cells through which maps m and m + 1 read, in one list: a single loop over it keeps the sums in registers. */
static int taps_of(const Operation *o, const int32 *links, const real *w, int m, int L, Tap *taps) {
  int count = 0, cells = o->size * o->size;
  for (int c = 0; c < o->maps; c++) {
    int link = links[m * o->maps + c], other = m + 1 < o->after ? links[(m + 1) * o->maps + c] : -1;
    if (link < 0 && other < 0) continue;
    for (int i = 0; i < cells; i++) {
      int from = ((c * o->height + i / o->size) * o->width + i % o->size) * L;
      taps[count++] = (Tap){from, link < 0 ? 0 : w[link * cells + i], other < 0 ? 0 : w[other * cells + i]};
    }
  }
  return count;
}

/* `vectors` vectors of a run of places, for two maps at once. at: where each vector reads and writes. */
INLINE void convolve_tile(const Tap *taps, int count, const real *x, const real *bias, real *y0, real *y1,
                          const int at[4], const int vectors, const int both) {
  vec s[2][4];
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) s[0][v] = all(bias[0]), s[1][v] = all(bias[1]);
#pragma clang loop unroll(disable)
  for (const Tap *tap = taps; tap < taps + count; tap++) {
    const real *here = x + tap->from;
    vec a = all(tap->first), b = both ? all(tap->second) : all(0);
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      vec read = load(here + at[v]);
      s[0][v] += a * read;
      if (both) s[1][v] += b * read;
    }
  }
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) {
    store(y0 + at[v], s[0][v]);
    if (both) store(y1 + at[v], s[1][v]);
  }
}

/* n numbers of a row; with a stride of 1 that is a whole row of all images, else one place of all images. */
INLINE void convolve_run(const Tap *taps, int count, const real *x, const real *bias, real *y0, real *y1, int n,
                         const int both) {
  int i = 0;
  for (; i + 4 * WIDE <= n; i += 4 * WIDE) {
    const int at[4] = {0, WIDE, 2 * WIDE, 3 * WIDE};
    convolve_tile(taps, count, x + i, bias, y0 + i, y1 + i, at, 4, both);
  }
  if (i == n) return;
  int at[4]; /* the last vector may meet places that are done: they are worked out once more */
  for (int v = 0; v < 4; v++) at[v] = at_most(i + v * WIDE, n - WIDE);
  switch ((n - i + WIDE - 1) / WIDE) {
    case 4: convolve_tile(taps, count, x, bias, y0, y1, at, 4, both); break;
    case 3: convolve_tile(taps, count, x, bias, y0, y1, at, 3, both); break;
    case 2: convolve_tile(taps, count, x, bias, y0, y1, at, 2, both); break;
    default: convolve_tile(taps, count, x, bias, y0, y1, at, 1, both);
  }
}

#define MOST_MAPS 1024 /* that a layer may read or give; plan.py checks it */

/* taps: room for as many as an input map has cells in one kernel, for each input map */
static void convolve(const Operation *o, const int32 *links, const real *x, const real *w, const real *bias, real *y,
                     int L, Tap *taps) {
  int s = o->stride, runs = s == 1 ? 1 : o->wide, n = o->wide * L / runs, places = o->high * o->wide * L;
  if (plain || n % WIDE && (n < WIDE || L > 1)) { convolve_plain(o, links, x, w, bias, y, L); return; }
  for (int m = 0; m < o->after; m += 2) {
    int both = m + 1 < o->after, count = taps_of(o, links, w, m, L, taps);
    real shifts[2] = {bias ? bias[m] : 0, bias && both ? bias[m + 1] : 0};
    for (int row = 0; row < o->high; row++)
      for (int run = 0; run < runs; run++) {
        const real *from = x + (row * s * o->width + run * s) * L;
        real *y0 = y + m * places + row * o->wide * L + run * n, *y1 = y0 + places;
        if (both) convolve_run(taps, count, from, shifts, y0, y1, n, 1);
        else convolve_run(taps, count, from, shifts, y0, y1, n, 0);
      }
  }
}

/* dw[m,c,i,j] += Σ over places and images: dy[m] · x[c, y·s+i, x·s+j] */
static void convolution_dw_plain(const Operation *o, const int32 *links, const real *x, const real *dy, real *dw,
                                 int L) {
  int k = o->size, s = o->stride, H = o->height, W = o->width;
  for (int m = 0; m < o->after; m++)
    for (int c = 0; c < o->maps; c++) {
      int link = links[m * o->maps + c];
      if (link < 0) continue;
      for (int i = 0; i < k; i++)
        for (int j = 0; j < k; j++) {
          real sum = 0;
          for (int row = 0; row < o->high; row++)
            for (int column = 0; column < o->wide; column++)
              for (int l = 0; l < L; l++)
                sum += dy[((m * o->high + row) * o->wide + column) * L + l] *
                       x[((c * H + row * s + i) * W + column * s + j) * L + l];
          dw[(link * k + i) * k + j] += sum;
        }
    }
}

/* `columns` neighbouring columns of a kernel's row, for two maps at once. rows: how far a row of x and of dy is. */
INLINE void dw_tile(const Operation *o, const real *x, const real *dy0, const real *dy1, real *dw0, real *dw1, int row_x,
                    int row_y, int runs, int n, int L, const int columns, const int both) {
  vec s[2][5];
#pragma clang loop unroll(full)
  for (int j = 0; j < columns; j++) s[0][j] = s[1][j] = all(0);
  for (int row = 0; row < o->high; row++)
    for (int run = 0; run < runs; run++) {
      const real *from = x + row * row_x + run * o->stride * L, *d0 = dy0 + row * row_y + run * n;
      const real *d1 = dy1 + row * row_y + run * n;
      for (int i = 0; i < n; i += WIDE) {
        vec a = load(d0 + i), b = both ? load(d1 + i) : all(0);
#pragma clang loop unroll(full)
        for (int j = 0; j < columns; j++) {
          vec read = load(from + i + j * L);
          s[0][j] += a * read;
          if (both) s[1][j] += b * read;
        }
      }
    }
#pragma clang loop unroll(full)
  for (int j = 0; j < columns; j++) {
    dw0[j] += sum_of(s[0][j]);
    if (both) dw1[j] += sum_of(s[1][j]);
  }
}

/* As convolution_dw_plain. dy: rows of row_y numbers, map after map at a distance of map_y; 0 beyond each run's n. */
static void convolution_dw(const Operation *o, const int32 *links, const real *x, const real *dy, real *dw, int row_y,
                           int map_y, int L) {
  int s = o->stride, k = o->size, runs = s == 1 ? 1 : o->wide, n = o->wide * L / runs, row_x = s * o->width * L;
  for (int m = 0; m < o->after; m += 2)
    for (int c = 0; c < o->maps; c++) {
      int first = links[m * o->maps + c], second = m + 1 < o->after ? links[(m + 1) * o->maps + c] : -1;
      if (first < 0 && second < 0) continue;
      int both = first >= 0 && second >= 0, one = first >= 0 ? first : second;
      const real *d0 = dy + (first >= 0 ? m : m + 1) * map_y, *d1 = both ? d0 + map_y : d0;
      for (int i = 0; i < k; i++)
        for (int j = 0; j < k;) {
          const real *from = x + ((c * o->height + i) * o->width + j) * L;
          real *dw0 = dw + (one * k + i) * k + j, *dw1 = both ? dw + (second * k + i) * k + j : dw0;
          if (k - j >= 5 && both) dw_tile(o, from, d0, d1, dw0, dw1, row_x, row_y, runs, n, L, 5, 1), j += 5;
          else if (k - j >= 5) dw_tile(o, from, d0, d1, dw0, dw1, row_x, row_y, runs, n, L, 5, 0), j += 5;
          else if (k - j >= 3 && both) dw_tile(o, from, d0, d1, dw0, dw1, row_x, row_y, runs, n, L, 3, 1), j += 3;
          else if (k - j >= 3) dw_tile(o, from, d0, d1, dw0, dw1, row_x, row_y, runs, n, L, 3, 0), j += 3;
          else if (both) dw_tile(o, from, d0, d1, dw0, dw1, row_x, row_y, runs, n, L, 1, 1), j += 1;
          else dw_tile(o, from, d0, d1, dw0, dw1, row_x, row_y, runs, n, L, 1, 0), j += 1;
        }
    }
}

/* dx[c, y·s+i, x·s+j] += w[m,c,i,j] · dy[m, y, x] */
static void convolution_dx_plain(const Operation *o, const int32 *links, const real *w, const real *dy, real *dx,
                                 int L) {
  int k = o->size, s = o->stride, H = o->height, W = o->width;
  for (int i = 0; i < o->maps * H * W * L; i++) dx[i] = 0;
  for (int m = 0; m < o->after; m++)
    for (int c = 0; c < o->maps; c++) {
      int link = links[m * o->maps + c];
      if (link < 0) continue;
      for (int row = 0; row < o->high; row++)
        for (int column = 0; column < o->wide; column++)
          for (int i = 0; i < k; i++)
            for (int j = 0; j < k; j++)
              for (int l = 0; l < L; l++)
                dx[((c * H + row * s + i) * W + column * s + j) * L + l] +=
                    w[(link * k + i) * k + j] * dy[((m * o->high + row) * o->wide + column) * L + l];
    }
}

typedef struct { int top, left, rows, columns, from; } Readers; /* kernel cells that read a place, and where in y */

/* Cell (i, j) reads place (row, column) for y's (row − i)/s, (column − j)/s where both are whole and within y. */
INLINE Readers readers_of(const Operation *o, int row, int column) {
  int s = o->stride, top = at_least(row - (o->high - 1) * s, row % s);
  int left = at_least(column - (o->wide - 1) * s, column % s);
  int rows = at_most(o->size - 1, row) - top, columns = at_most(o->size - 1, column) - left;
  rows = rows < 0 ? 0 : rows / s + 1, columns = columns < 0 ? 0 : columns / s + 1;
  return (Readers){top, left, rows, columns, (row - top) / s * o->wide + (column - left) / s};
}

/* The kernels of input maps c and c + 1, cell by cell for every output map; 0 where there is no link. */
static void pairs_of(const Operation *o, const int32 *links, const real *w, int c, Tap *pairs) {
  int cells = o->size * o->size;
  for (int m = 0; m < o->after; m++) {
    int link = links[m * o->maps + c], other = c + 1 < o->maps ? links[m * o->maps + c + 1] : -1;
    for (int i = 0; i < cells; i++)
      *pairs++ = (Tap){0, link < 0 ? 0 : w[link * cells + i], other < 0 ? 0 : w[other * cells + i]};
  }
}

/* One place of two input maps, `vectors` vectors of images: every kernel cell through which it was read. */
INLINE void dx_tile(const Operation *o, const Tap *pairs, const real *dy, real *dx0, real *dx1, const Readers *by, int L,
                    const int vectors, const int both) {
  vec s[2][4];
  int k = o->size, stride = o->stride, row = o->wide * L, places = o->high * o->wide * L;
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) s[0][v] = s[1][v] = all(0);
  dy += by->from * L, pairs += by->top * k + by->left;
#pragma clang loop unroll(disable)
  for (int m = 0; m < o->after; m++, dy += places, pairs += k * k)
#pragma clang loop unroll(disable)
    for (int i = 0; i < by->rows; i++) {
      const real *from = dy - i * row;
      const Tap *pair = pairs + i * stride * k;
#pragma clang loop unroll(disable)
      for (int j = 0; j < by->columns; j++, pair += stride, from -= L) {
        vec a = all(pair->first), b = both ? all(pair->second) : all(0);
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
          vec read = load(from + v * WIDE);
          s[0][v] += a * read;
          if (both) s[1][v] += b * read;
        }
      }
    }
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) {
    store(dx0 + v * WIDE, s[0][v]);
    if (both) store(dx1 + v * WIDE, s[1][v]);
  }
}

/* As convolution_dx_plain, place by place of dx, for several images. */
static void convolution_dx(const Operation *o, const int32 *links, const real *w, const real *dy, real *dx, int L,
                           Tap *pairs) {
  int places = o->height * o->width * L;
  for (int c = 0; c < o->maps; c += 2) {
    int both = c + 1 < o->maps;
    pairs_of(o, links, w, c, pairs);
    for (int row = 0; row < o->height; row++)
      for (int column = 0; column < o->width; column++) {
        Readers by = readers_of(o, row, column);
        for (int l = 0; l < L;) {
          real *dx0 = dx + c * places + (row * o->width + column) * L + l, *dx1 = dx0 + places;
          if (L - l >= 4 * WIDE) {
            if (both) dx_tile(o, pairs, dy + l, dx0, dx1, &by, L, 4, 1);
            else dx_tile(o, pairs, dy + l, dx0, dx1, &by, L, 4, 0);
            l += 4 * WIDE;
          } else {
            if (both) dx_tile(o, pairs, dy + l, dx0, dx1, &by, L, 1, 1);
            else dx_tile(o, pairs, dy + l, dx0, dx1, &by, L, 1, 0);
            l += WIDE;
          }
        }
      }
  }
}

/* One image, stride 1: dy with a border of zeros, wide enough for every kernel cell, and for a vector past a row. */
static int border_after(const Operation *o) { return at_least(o->size - 1, WIDE - 1); }
static int bordered_width(const Operation *o) { return o->wide + o->size - 1 + border_after(o); }
static int bordered_height(const Operation *o) { return o->high + 2 * (o->size - 1); }

static void with_border(const Operation *o, const real *dy, real *bordered) {
  int k = o->size, width = bordered_width(o), height = bordered_height(o);
  for (int i = 0; i < o->after * height * width; i++) bordered[i] = 0;
  for (int m = 0; m < o->after; m++)
    for (int row = 0; row < o->high; row++)
      for (int column = 0; column < o->wide; column++)
        bordered[(m * height + row + k - 1) * width + column + k - 1] = dy[(m * o->high + row) * o->wide + column];
}

/* One image: dx is a convolution too, of dy in its border, with the kernels turned by half a turn and the table turned
over. turned, table: room for as many numbers as there are kernel cells and links. */
static void convolution_dx_of_one(const Operation *o, const int32 *links, const real *w, const real *bordered, real *dx,
                                  real *turned, int32 *table, Tap *taps) {
  int cells = o->size * o->size;
  for (int i = 0; i < o->count; i++) turned[i] = w[i / cells * cells + cells - 1 - i % cells];
  for (int m = 0; m < o->after; m++)
    for (int c = 0; c < o->maps; c++) table[c * o->after + m] = links[m * o->maps + c];
  Operation back = *o;
  back.maps = o->after, back.height = bordered_height(o), back.width = bordered_width(o);
  back.after = o->maps, back.high = o->height, back.wide = o->width;
  convolve(&back, table, bordered, turned, 0, dx, 1, taps);
}

/* db[m] += Σ over places and images: dy[m] */
static void bias_backward(const real *dy, real *db, int maps, int places) {
  for (int m = 0; m < maps; m++) {
    const real *from = dy + m * places;
    vec sums = all(0);
    int i = 0;
    for (; i + WIDE <= places; i += WIDE) sums += load(from + i);
    real sum = sum_of(sums);
    for (; i < places; i++) sum += from[i];
    db[m] += sum;
  }
}

/* spare: room for a bordered dy and turned kernels; table: for a table turned over; taps: for dx. dx, db: 0 where not asked for. */
static void convolution_backward(const Operation *o, const int32 *links, const real *x, const real *w, const real *dy,
                                 real *dx, real *dw, real *db, int L, real *spare, int32 *table, Tap *taps) {
  if (db) bias_backward(dy, db, o->after, o->high * o->wide * L);
  if (plain || L == 1 && (o->stride > 1 || o->wide < WIDE)) {
    convolution_dw_plain(o, links, x, dy, dw, L);
    if (dx) convolution_dx_plain(o, links, w, dy, dx, L);
  } else if (L > 1) {
    convolution_dw(o, links, x, dy, dw, o->wide * L, o->high * o->wide * L, L);
    if (dx) convolution_dx(o, links, w, dy, dx, L, taps);
  } else {
    int row = bordered_width(o), map = bordered_height(o) * row, edge = o->size - 1;
    with_border(o, dy, spare);
    convolution_dw(o, links, x, spare + edge * row + edge, dw, row, map, 1);
    if (dx) convolution_dx_of_one(o, links, w, spare, dx, spare + o->after * map, table, taps);
  }
}

/* ---- dense: y[m] = bias[m] + Σ over i: w[m,i] · x[i];   x: (n, L), y: (after, L), w: (after, n) */

static void dense_plain(int after, int n, const real *x, const real *w, const real *bias, real *y, int L) {
  for (int m = 0; m < after; m++)
    for (int l = 0; l < L; l++) {
      real sum = bias ? bias[m] : 0;
      for (int i = 0; i < n; i++) sum += w[m * n + i] * x[i * L + l];
      y[m * L + l] = sum;
    }
}

INLINE void dense_tile(int n, const real *x, const real *w0, const real *w1, const real *bias, real *y0, real *y1, int L,
                       const int vectors, const int both) {
  vec s[2][4];
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) s[0][v] = all(bias[0]), s[1][v] = all(bias[1]);
  for (int i = 0; i < n; i++) {
    vec a = all(w0[i]), b = both ? all(w1[i]) : all(0);
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      vec read = load(x + i * L + v * WIDE);
      s[0][v] += a * read;
      if (both) s[1][v] += b * read;
    }
  }
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) {
    store(y0 + v * WIDE, s[0][v]);
    if (both) store(y1 + v * WIDE, s[1][v]);
  }
}

INLINE real product(const real *a, const real *b, int n) { /* Σ a[i]·b[i] */
  vec s[4] = {all(0), all(0), all(0), all(0)};
  int i = 0;
  for (; i + 4 * WIDE <= n; i += 4 * WIDE)
#pragma clang loop unroll(full)
    for (int v = 0; v < 4; v++) s[v] += load(a + i + v * WIDE) * load(b + i + v * WIDE);
  for (; i + WIDE <= n; i += WIDE) s[0] += load(a + i) * load(b + i);
  real sum = sum_of((s[0] + s[1]) + (s[2] + s[3]));
  for (; i < n; i++) sum += a[i] * b[i];
  return sum;
}

static void dense(int after, int n, const real *x, const real *w, const real *bias, real *y, int L) {
  if (plain) { dense_plain(after, n, x, w, bias, y, L); return; }
  if (L == 1) {
    for (int m = 0; m < after; m++) y[m] = (bias ? bias[m] : 0) + product(w + m * n, x, n);
    return;
  }
  for (int m = 0; m < after; m += 2) {
    int both = m + 1 < after;
    real shifts[2] = {bias ? bias[m] : 0, bias && both ? bias[m + 1] : 0};
    const real *w0 = w + m * n, *w1 = w0 + n;
    for (int l = 0; l < L;) {
      real *y0 = y + m * L + l, *y1 = y0 + L;
      if (L - l >= 4 * WIDE) {
        if (both) dense_tile(n, x + l, w0, w1, shifts, y0, y1, L, 4, 1);
        else dense_tile(n, x + l, w0, w1, shifts, y0, y1, L, 4, 0);
        l += 4 * WIDE;
      } else {
        if (both) dense_tile(n, x + l, w0, w1, shifts, y0, y1, L, 1, 1);
        else dense_tile(n, x + l, w0, w1, shifts, y0, y1, L, 1, 0);
        l += WIDE;
      }
    }
  }
}

/* dw[m,i] += Σ over images: dy[m]·x[i];   dx[i] = Σ over m: w[m,i]·dy[m] */
static void dense_backward_plain(int after, int n, const real *x, const real *w, const real *dy, real *dx, real *dw,
                                 int L) {
  for (int m = 0; m < after; m++)
    for (int i = 0; i < n; i++) {
      real sum = 0;
      for (int l = 0; l < L; l++) sum += dy[m * L + l] * x[i * L + l];
      dw[m * n + i] += sum;
    }
  for (int i = 0; dx && i < n; i++)
    for (int l = 0; l < L; l++) {
      real sum = 0;
      for (int m = 0; m < after; m++) sum += w[m * n + i] * dy[m * L + l];
      dx[i * L + l] = sum;
    }
}

/* Several images: a product of four inputs with two units is eight sums over images, added up four at a time. */
static void dense_dw(int after, int n, const real *x, const real *dy, real *dw, int L) {
  for (int m = 0; m < after; m += 2) {
    int both = m + 1 < after, i = 0;
    const real *d0 = dy + m * L, *d1 = both ? d0 + L : d0;
    real *dw0 = dw + m * n, *dw1 = both ? dw0 + n : dw0;
    for (; i + 4 <= n; i += 4) {
      vec s[2][4];
#pragma clang loop unroll(full)
      for (int v = 0; v < 4; v++) s[0][v] = s[1][v] = all(0);
      for (int l = 0; l < L; l += WIDE) {
        vec a = load(d0 + l), b = load(d1 + l);
#pragma clang loop unroll(full)
        for (int v = 0; v < 4; v++) {
          vec read = load(x + (i + v) * L + l);
          s[0][v] += a * read, s[1][v] += b * read;
        }
      }
      store(dw0 + i, load(dw0 + i) + sums_of(s[0][0], s[0][1], s[0][2], s[0][3]));
      if (both) store(dw1 + i, load(dw1 + i) + sums_of(s[1][0], s[1][1], s[1][2], s[1][3]));
    }
    for (; i < n; i++) {
      dw0[i] += product(d0, x + i * L, L);
      if (both) dw1[i] += product(d1, x + i * L, L);
    }
  }
}

INLINE void dense_dx_tile(int after, int n, const real *w, const real *dy, real *dx, int L, const int vectors,
                          const int both) {
  vec s[2][4];
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) s[0][v] = s[1][v] = all(0);
  for (int m = 0; m < after; m++) {
    vec a = all(w[m * n]), b = both ? all(w[m * n + 1]) : all(0);
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      vec read = load(dy + m * L + v * WIDE);
      s[0][v] += a * read;
      if (both) s[1][v] += b * read;
    }
  }
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) {
    store(dx + v * WIDE, s[0][v]);
    if (both) store(dx + L + v * WIDE, s[1][v]);
  }
}

static void dense_dx(int after, int n, const real *w, const real *dy, real *dx, int L) {
  for (int i = 0; i < n; i += 2) {
    int both = i + 1 < n;
    for (int l = 0; l < L;) {
      if (L - l >= 4 * WIDE) {
        if (both) dense_dx_tile(after, n, w + i, dy + l, dx + i * L + l, L, 4, 1);
        else dense_dx_tile(after, n, w + i, dy + l, dx + i * L + l, L, 4, 0);
        l += 4 * WIDE;
      } else {
        if (both) dense_dx_tile(after, n, w + i, dy + l, dx + i * L + l, L, 1, 1);
        else dense_dx_tile(after, n, w + i, dy + l, dx + i * L + l, L, 1, 0);
        l += WIDE;
      }
    }
  }
}

/* One image: dw grows by a row times a number, and dx is a sum of rows. */
static void dense_backward_of_one(int after, int n, const real *x, const real *w, const real *dy, real *dx, real *dw) {
  for (int i = 0; dx && i < n; i++) dx[i] = 0;
  for (int m = 0; m < after; m++) {
    real d = dy[m], *row = dw + m * n;
    const real *weights = w + m * n;
    if (d == 0) continue; /* most units of a network with ReLU */
    for (int i = 0; i < n; i++) row[i] += d * x[i];
    if (dx)
      for (int i = 0; i < n; i++) dx[i] += d * weights[i];
  }
}

static void dense_backward(int after, int n, const real *x, const real *w, const real *dy, real *dx, real *dw, real *db,
                           int L) {
  if (db) bias_backward(dy, db, after, L);
  if (plain) { dense_backward_plain(after, n, x, w, dy, dx, dw, L); return; }
  if (L == 1) { dense_backward_of_one(after, n, x, w, dy, dx, dw); return; }
  dense_dw(after, n, x, dy, dw, L);
  if (dx) dense_dx(after, n, w, dy, dx, L);
}

/* ---- padding: a frame of zeros around each map */

static void pad(const Operation *o, const real *x, real *y, int L) {
  for (int i = 0; i < o->after * o->high * o->wide * L; i++) y[i] = 0;
  for (int c = 0; c < o->maps; c++)
    for (int row = 0; row < o->height; row++) {
      const real *from = x + (c * o->height + row) * o->width * L;
      real *to = y + ((c * o->high + row + o->padding) * o->wide + o->padding) * L;
      for (int i = 0; i < o->width * L; i++) to[i] = from[i];
    }
}

static void pad_backward(const Operation *o, const real *dy, real *dx, int L) {
  for (int c = 0; c < o->maps; c++)
    for (int row = 0; row < o->height; row++) {
      const real *from = dy + ((c * o->high + row + o->padding) * o->wide + o->padding) * L;
      real *to = dx + (c * o->height + row) * o->width * L;
      for (int i = 0; i < o->width * L; i++) to[i] = from[i];
    }
}

/* ---- windows on one map: subsampling, average and largest. A window that reaches past the edge ends there. */

/* sums[l] = Σ of the window's values, for each image */
static void window_sum(const Operation *o, const real *map, int row, int column, real *sums, int L) {
  int bottom = at_most((row * o->stride) + o->size, o->height), right = at_most(column * o->stride + o->size, o->width);
  for (int l = 0; l < L; l++) sums[l] = 0;
  if (L == 1) { /* one image: no loop over images, which would cost more than the sum */
    real sum = 0;
    for (int i = row * o->stride; i < bottom; i++)
      for (int j = column * o->stride; j < right; j++) sum += map[i * o->width + j];
    sums[0] = sum;
    return;
  }
  for (int i = row * o->stride; i < bottom; i++)
    for (int j = column * o->stride; j < right; j++) {
      const real *from = map + (i * o->width + j) * L;
      for (int l = 0; l < L; l++) sums[l] += from[l];
    }
}

/* Every value of the window grows by factor · dy, for each image */
static void window_spread(const Operation *o, real *map, int row, int column, const real *dy, real factor, int L) {
  int bottom = at_most((row * o->stride) + o->size, o->height), right = at_most(column * o->stride + o->size, o->width);
  real only = factor * dy[0];
  for (int i = row * o->stride; L == 1 && i < bottom; i++)
    for (int j = column * o->stride; j < right; j++) map[i * o->width + j] += only;
  if (L == 1) return;
  for (int i = row * o->stride; i < bottom; i++)
    for (int j = column * o->stride; j < right; j++) {
      real *to = map + (i * o->width + j) * L;
      for (int l = 0; l < L; l++) to[l] += factor * dy[l];
    }
}

static int window_cells(const Operation *o, int row, int column) {
  int high = at_most(o->size, o->height - row * o->stride), wide = at_most(o->size, o->width - column * o->stride);
  return high * wide;
}

static void clear(real *numbers, int count) {
  for (int i = 0; i < count; i++) numbers[i] = 0;
}

/* y = the mean of each window */
static void average(const Operation *o, const real *x, real *y, int L) {
  for (int m = 0; m < o->maps; m++)
    for (int row = 0; row < o->high; row++)
      for (int column = 0; column < o->wide; column++) {
        real *to = y + ((m * o->high + row) * o->wide + column) * L, part = (real)1 / window_cells(o, row, column);
        window_sum(o, x + m * o->height * o->width * L, row, column, to, L);
        for (int l = 0; l < L; l++) to[l] *= part;
      }
}

static void average_backward(const Operation *o, const real *dy, real *dx, int L, int power) {
  clear(dx, o->maps * o->height * o->width * L);
  for (int m = 0; m < o->maps; m++)
    for (int row = 0; row < o->high; row++)
      for (int column = 0; column < o->wide; column++) {
        real part = (real)1 / window_cells(o, row, column);
        const real *from = dy + ((m * o->high + row) * o->wide + column) * L;
        window_spread(o, dx + m * o->height * o->width * L, row, column, from, power == 1 ? part : part * part, L);
      }
}

/* y = coefficient[m] · sum of the window + bias[m]. Source: LeCun et al. 1998, II.B, "S2".
w: the coefficients (maps), then the biases (maps) */
static void subsample(const Operation *o, const real *x, const real *w, real *y, int L) {
  for (int m = 0; m < o->maps; m++)
    for (int row = 0; row < o->high; row++)
      for (int column = 0; column < o->wide; column++) {
        real *to = y + ((m * o->high + row) * o->wide + column) * L;
        window_sum(o, x + m * o->height * o->width * L, row, column, to, L);
        for (int l = 0; l < L; l++) to[l] = to[l] * w[m] + w[o->maps + m];
      }
}

/* The curvature of a coefficient is that of the weight of one input, the sum: sum² · d²E/da², as in EBLearn, the
authors' later library. x here is never squared beforehand. sums: room for L numbers */
static void subsample_backward(const Operation *o, const real *x, const real *w, const real *dy, real *dx, real *dw,
                               int L, int power, real *sums) {
  if (dx) clear(dx, o->maps * o->height * o->width * L);
  for (int m = 0; m < o->maps; m++) {
    real by_coefficient = 0, coefficient = power == 1 ? w[m] : w[m] * w[m];
    for (int row = 0; row < o->high; row++)
      for (int column = 0; column < o->wide; column++) {
        const real *from = dy + ((m * o->high + row) * o->wide + column) * L;
        window_sum(o, x + m * o->height * o->width * L, row, column, sums, L);
        if (power == 2)
          for (int l = 0; l < L; l++) sums[l] *= sums[l];
        by_coefficient += product(sums, from, L);
        if (dx) window_spread(o, dx + m * o->height * o->width * L, row, column, from, coefficient, L);
      }
    dw[m] += by_coefficient;
  }
  bias_backward(dy, dw + o->maps, o->maps, o->high * o->wide * L);
}

/* y = the largest value of each window; of equal ones the first counts. best, where: room for L numbers each */
static void find_largest(const Operation *o, const real *map, int row, int column, real *best, int32 *where, int L) {
  int bottom = at_most((row * o->stride) + o->size, o->height), right = at_most(column * o->stride + o->size, o->width);
  int first = row * o->stride * o->width + column * o->stride;
  for (int l = 0; l < L; l++) best[l] = map[first * L + l], where[l] = first;
  for (int i = row * o->stride; i < bottom; i++)
    for (int j = column * o->stride; j < right; j++) {
      const real *from = map + (i * o->width + j) * L;
      for (int l = 0; l < L; l++) {
        int larger = from[l] > best[l];
        best[l] = larger ? from[l] : best[l], where[l] = larger ? i * o->width + j : where[l];
      }
    }
}

static void largest(const Operation *o, const real *x, real *y, int L, int32 *where) {
  for (int m = 0; m < o->maps; m++)
    for (int row = 0; row < o->high; row++)
      for (int column = 0; column < o->wide; column++)
        find_largest(o, x + m * o->height * o->width * L, row, column,
                     y + ((m * o->high + row) * o->wide + column) * L, where, L);
}

static void largest_backward(const Operation *o, const real *x, const real *dy, real *dx, int L, real *best,
                             int32 *where) {
  clear(dx, o->maps * o->height * o->width * L);
  for (int m = 0; m < o->maps; m++)
    for (int row = 0; row < o->high; row++)
      for (int column = 0; column < o->wide; column++) {
        const real *from = dy + ((m * o->high + row) * o->wide + column) * L;
        real *map = dx + m * o->height * o->width * L;
        find_largest(o, x + m * o->height * o->width * L, row, column, best, where, L);
        for (int l = 0; l < L; l++) map[where[l] * L + l] += from[l];
      }
}

/* ---- batch normalisation: y = scale · (x − mean)/√(variance + ε) + shift, mean and variance over places and images.
Source: Ioffe and Szegedy 2015. w: scales (maps), then shifts (maps). measured: running means (maps), then running
variances (maps), a tenth of each batch's taken in; evaluation uses those. of: this batch's means and 1/√(variance + ε) */

#define EPSILON 1e-5
#define TAKEN_IN 0.1

/* Σ over places and the first `count` images: (x − less) · (with − away), in double precision */
static double sum_over(const real *x, real less, const real *with, real away, int places, int count, int L) {
  double sum = 0;
  for (int p = 0; p < places; p++) {
    const real *a = x + p * L, *b = with + p * L;
    vec sums = all(0);
    int l = 0;
    for (; l + WIDE <= count; l += WIDE) sums += (load(a + l) - all(less)) * (load(b + l) - all(away));
    real part = sum_of(sums);
    for (; l < count; l++) part += (a[l] - less) * (b[l] - away);
    sum += part;
  }
  return sum;
}

static double sum_of_all(const real *x, int places, int count, int L) {
  double sum = 0;
  for (int p = 0; p < places; p++) {
    vec sums = all(0);
    int l = 0;
    for (; l + WIDE <= count; l += WIDE) sums += load(x + p * L + l);
    real part = sum_of(sums);
    for (; l < count; l++) part += x[p * L + l];
    sum += part;
  }
  return sum;
}

static void normalise(const Operation *o, const real *x, const real *w, real *measured, real *of, real *y, int L,
                      int count, int training) {
  int places = o->height * o->width;
  double n = (double)places * count;
  for (int m = 0; m < o->maps; m++) {
    const real *map = x + m * places * L;
    double mean = measured[m], variance = measured[o->maps + m];
    if (training) {
      mean = sum_of_all(map, places, count, L) / n;
      variance = sum_over(map, (real)mean, map, (real)mean, places, count, L) / n;
      measured[m] = (real)((1 - TAKEN_IN) * measured[m] + TAKEN_IN * mean);
      measured[o->maps + m] = (real)((1 - TAKEN_IN) * measured[o->maps + m] + TAKEN_IN * variance * n / (n - 1));
    }
    of[m] = (real)mean, of[o->maps + m] = (real)(1 / __builtin_sqrt(variance + EPSILON));
    real factor = w[m] * of[o->maps + m], less = of[m], shift = w[o->maps + m], *to = y + m * places * L;
    for (int i = 0; i < places * L; i++) to[i] = factor * (map[i] - less) + shift;
  }
}

/* With x̂ = (x − mean)/√(variance + ε) over n places and images:
dscale = Σ dy·x̂,  dshift = Σ dy,  dx = scale/√(…) · (dy − Σ dy/n − x̂ · Σ dy·x̂/n); in evaluation mean and variance are
constants and the two sums are left out of dx. Lanes beyond `count` hold no image, and get 0. */
static void normalise_backward(const Operation *o, const real *x, const real *w, const real *of, const real *dy,
                               real *dx, real *dw, int L, int count, int training, int power) {
  int places = o->height * o->width;
  double n = (double)places * count;
  for (int m = 0; m < o->maps; m++) {
    const real *map = x + m * places * L, *from = dy + m * places * L;
    real mean = of[m], sharp = of[o->maps + m], factor = w[m] * sharp;
    double sum = sum_of_all(from, places, count, L), with_x = 0;
    if (power == 1) with_x = sum_over(map, mean, from, 0, places, count, L) * sharp;
    for (int p = 0; power == 2 && p < places; p++)
      for (int l = 0; l < count; l++) {
        real normal = (map[p * L + l] - mean) * sharp;
        with_x += normal * normal * from[p * L + l];
      }
    dw[m] += (real)with_x, dw[o->maps + m] += (real)sum;
    if (!dx) continue;
    real *to = dx + m * places * L, less = training ? (real)(sum / n) : 0, tilt = training ? (real)(with_x / n) : 0;
    if (power == 2) factor = factor * factor, less = tilt = 0;
    for (int i = 0; i < places * L; i++) to[i] = factor * (from[i] - less - (map[i] - mean) * sharp * tilt);
    for (int p = 0; p < places; p++)
      for (int l = count; l < L; l++) to[p * L + l] = 0;
  }
}

/* ---- distances: y[k] = Σ over i: (x[i] − code[k,i])². Source: LeCun et al. 1998, Eq. 7 */

static void distances(const Operation *o, const double *codes, const real *x, real *y, int L) {
  clear(y, o->after * L);
  for (int k = 0; k < o->after; k++)
    for (int i = 0; i < o->maps; i++) {
      real code = (real)codes[k * o->maps + i];
      for (int l = 0; l < L; l++) {
        real apart = x[i * L + l] - code;
        y[k * L + l] += apart * apart;
      }
    }
}

/* dx[i] = Σ over k: dy[k] · 2(x[i] − code[k,i]). The curvature is that of one distance, 2, whatever is asked (Eq. 8). */
static void distances_backward(const Operation *o, const double *codes, const real *x, const real *dy, real *dx, int L,
                               int count, int power) {
  for (int i = 0; i < o->maps; i++) {
    real *to = dx + i * L;
    for (int l = 0; l < L; l++) to[l] = power == 2 && l < count ? 2 : 0;
    for (int k = 0; power == 1 && k < o->after; k++) {
      real code = (real)codes[k * o->maps + i];
      for (int l = 0; l < L; l++) to[l] += dy[k * L + l] * 2 * (x[i * L + l] - code);
    }
  }
}

/* ---- activations, in place: y = f(a) takes the place of a, and dE/da that of dE/dy; f′ is read off f's own value */

/* A·tanh(S·a), Eq. 6; constants: A, S */
INLINE vec activated(int kind, vec a, const double *constants) {
  if (kind == SCALED_TANH) return all((real)constants[0]) * tangent(all((real)constants[1]) * a);
  if (kind == SIGMOID) return logistic(a);
  return choose(a > all(0), a, all(0));
}

/* (A·tanh)′ = A·S − S/A·f²,  sigmoid′ = f·(1 − f),  ReLU′ = 1 where f > 0 */
INLINE vec slope(int kind, vec f, const double *constants) {
  if (kind == SCALED_TANH)
    return all((real)(constants[0] * constants[1])) - all((real)(constants[1] / constants[0])) * f * f;
  if (kind == SIGMOID) return f * (all(1) - f);
  return choose(f > all(0), all(1), all(0));
}

INLINE vec some(const real *from, int count) { /* the first `count` of four numbers, then zeros */
  vec v = all(0);
  for (int i = 0; i < count; i++) v[i] = from[i];
  return v;
}

INLINE void activate_as(int kind, real *y, int n, const double *constants) {
  int i = 0;
  for (; i + WIDE <= n; i += WIDE) store(y + i, activated(kind, load(y + i), constants));
  vec last = activated(kind, some(y + i, n - i), constants);
  for (int rest = 0; i + rest < n; rest++) y[i + rest] = last[rest];
}
static void activate(int kind, real *y, int n, const double *constants) {
  if (kind == SCALED_TANH) activate_as(SCALED_TANH, y, n, constants);
  else if (kind == SIGMOID) activate_as(SIGMOID, y, n, constants);
  else activate_as(RELU, y, n, constants);
}

INLINE void activate_backward_as(int kind, const real *y, real *dy, int n, const double *constants, int power) {
  int i = 0;
  for (; i + WIDE <= n; i += WIDE) {
    vec f = slope(kind, load(y + i), constants);
    store(dy + i, load(dy + i) * (power == 1 ? f : f * f));
  }
  vec f = slope(kind, some(y + i, n - i), constants);
  for (int rest = 0; i + rest < n; rest++) dy[i + rest] *= power == 1 ? f[rest] : f[rest] * f[rest];
}
static void activate_backward(int kind, const real *y, real *dy, int n, const double *constants, int power) {
  if (kind == SCALED_TANH) activate_backward_as(SCALED_TANH, y, dy, n, constants, power);
  else if (kind == SIGMOID) activate_backward_as(SIGMOID, y, dy, n, constants, power);
  else activate_backward_as(RELU, y, dy, n, constants, power);
}
