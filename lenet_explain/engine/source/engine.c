/* The engine: a plan at work. Python derives the plan from a network's description (lenet_explain/engine/plan.py); no
network is known here. One plan at a time; a second run is a second copy of the module.

The order of a run: open_plan, start (or put weights), then for each pass begin_pass, and learn until the pass is done.
All memory is taken at the beginning. Whoever calls reads and writes it at the addresses that are given back. */
#include "random.c"
#include "layers.c"
#include "losses.c"

/* ---- memory: taken from the end of the module's own upwards, given back all at once */

#ifdef __wasm__
extern byte __heap_base;
static byte *next_free;
static byte *memory_start(void) { return &__heap_base; }
static int memory_reaches(byte *end) {
  unsigned long needed = (unsigned long)end, there = __builtin_wasm_memory_size(0) * 65536ul;
  return needed <= there || __builtin_wasm_memory_grow(0, (needed - there + 65535) / 65536) != (unsigned long)-1;
}
#else
#include <stdlib.h>
static byte *next_free, *arena;
static const unsigned long arena_size = 1ul << 30;
static byte *memory_start(void) { return arena ? arena : (arena = malloc(arena_size)); }
static int memory_reaches(byte *end) { return end <= arena + arena_size; }
#endif

/* So many bytes of zeros, or 0 where there is no more memory. */
void *EXPORT(take)(unsigned bytes) {
  if (!next_free) next_free = memory_start();
  byte *first = (byte *)(((unsigned long)next_free + 63) / 64 * 64), *end = first + (bytes + 63ul) / 64 * 64;
  if (!memory_reaches(end)) return 0;
  __builtin_memset(first, 0, end - first);
  next_free = end;
  return first;
}
static real *take_reals(int count) { return take((count + WIDE) * sizeof(real)); }

/* Everything that was taken is free again; a plan has to be opened anew. */
void EXPORT(release)(void) { next_free = 0; }

/* ---- the plan and its numbers */

static const Operation *plan;
static const int32 *links;
static const double *constants;
static int operations, learned, all_weights, values_per_image, most_lanes, lowest;
static real *weights, *gradients, *values, *errors, *squares, *squared_weights, *spare, *normal, *first_moment,
    *second_moment, *rates;
static int32 *where;
static Tap *taps;
static Asking asking;

/* Of one image: how many numbers an operation reads, and gives */
static int reads(const Operation *o) { return o->maps * o->height * o->width; }
static int gives(const Operation *o) { return o->after * o->high * o->wide; }
static const Operation *last(void) { return plan + operations - 1; }
static int lanes_for(int images) { return images == 1 ? 1 : (images + WIDE - 1) / WIDE * WIDE; }

/* numbers: what the plan's arrays need per image; learnt, measured: weights; lanes: images worked on at once, at most; distances: whether the
answer is distances, of which the smallest wins. Returns 0 where there is no memory for it. */
int EXPORT(open_plan)(const Operation *given, int count, const int32 *tables, const double *reals, int numbers,
                      int learnt, int measured, int lanes, int distances) {
  plan = given, operations = count, links = tables, constants = reals, values_per_image = numbers;
  learned = learnt, all_weights = learnt + measured, most_lanes = lanes_for(lanes);
  asking.distances = distances;
  int widest = 0, bordered = 0, table = most_lanes, normals = 0, cells = 0;
  lowest = operations;
  for (int i = operations - 1; i >= 0; i--) {
    const Operation *o = plan + i;
    if (o->count) lowest = i;
    widest = at_least(widest, reads(o));
    if (o->kind == CONVOLUTION) {
      bordered = at_least(bordered, o->after * bordered_height(o) * bordered_width(o) + o->count);
      table = at_least(table, o->after * o->maps);
      cells = at_least(cells, at_least(o->maps, o->after) * o->size * o->size);
    }
    if (o->kind == NORMALISATION) normals = at_least(normals, o->measured - learned + 2 * o->maps);
  }
  weights = take_reals(all_weights), gradients = take_reals(all_weights), squared_weights = take_reals(all_weights);
  first_moment = take_reals(learned), second_moment = take_reals(learned), rates = take_reals(learned);
  values = take_reals(numbers * most_lanes), errors = take_reals(numbers * most_lanes);
  squares = take_reals(widest * most_lanes), spare = take_reals(at_least(bordered, most_lanes));
  normal = take_reals(normals), taps = take(cells * sizeof(Tap)), where = take(table * sizeof(int32));
  return where != 0;
}

real *EXPORT(weights_at)(void) { return weights; }
real *EXPORT(gradients_at)(void) { return gradients; }
real *EXPORT(values_at)(void) { return values; } /* those of the last forward, (numbers, lanes) */
real *EXPORT(errors_at)(void) { return errors; } /* those of the last backward, likewise */
real *EXPORT(rates_at)(void) { return rates; }
int EXPORT(lanes_of)(int images) { return lanes_for(images); }
void EXPORT(use_plain)(int whether) { plain = whether; }
void EXPORT(clear_gradients)(void) { clear(gradients, learned); }

/* The weights before training. kind: 1 within ±reach/fan-in, 2 within ±1/√fan-in, 3 within ±√(6/(fan-in + fan-out)),
4 normal with deviation √(2/fan-in). What is not drawn: coefficients given, scales and variances 1, all else 0. */
void EXPORT(start)(int kind, int seed, double reach, double coefficient) {
  clear(weights, all_weights);
  for (const Operation *o = plan; o <= last(); o++) {
    Stream from = stream(seed, START, o->layer);
    int cells = o->kind == CONVOLUTION ? o->size * o->size : 1, inputs = o->kind == DENSE ? reads(o) : o->maps, at = 0;
    for (int m = 0; (o->kind == CONVOLUTION || o->kind == DENSE) && m < o->after; m++) {
      int fan_in = inputs * cells;
      if (o->kind == CONVOLUTION) {
        fan_in = 0;
        for (int c = 0; c < inputs; c++) fan_in += links[o->links + m * inputs + c] >= 0 ? cells : 0;
      }
      double within = kind == 1   ? reach / fan_in
                      : kind == 2 ? 1 / __builtin_sqrt(fan_in)
                      : kind == 3 ? __builtin_sqrt(6.0 / (fan_in + o->fan_out))
                                  : __builtin_sqrt(2.0 / fan_in);
      for (int i = 0; i < fan_in; i++, at++)
        weights[o->weights + at] =
            (real)(float)(within * (kind == 4 ? normal_of(&from, at) : 2 * uniform(&from, at) - 1));
    }
    for (int m = 0; o->kind == SUBSAMPLING && m < o->maps; m++) weights[o->weights + m] = (real)coefficient;
    for (int m = 0; o->kind == NORMALISATION && m < o->maps; m++)
      weights[o->weights + m] = weights[o->measured + o->maps + m] = 1;
  }
}

/* ---- forward and backward through the plan */

static int lanes, images; /* of the last forward: numbers that lie together, and images among them */

/* From the images at the beginning of `values` to the answer. training: whether normalisation uses the batch's mean. */
void EXPORT(forward)(int count, int training) {
  images = count, lanes = lanes_for(count);
  for (const Operation *o = plan; o <= last(); o++) {
    const real *x = values + o->from * lanes, *w = weights + o->weights, *bias = o->bias < 0 ? 0 : weights + o->bias;
    real *y = values + o->to * lanes;
    switch (o->kind) {
      case PAD: pad(o, x, y, lanes); break;
      case CONVOLUTION: convolve(o, links + o->links, x, w, bias, y, lanes, taps); break;
      case DENSE: dense(o->after, reads(o), x, w, bias, y, lanes); break;
      case SUBSAMPLING: subsample(o, x, w, y, lanes); break;
      case AVERAGE: average(o, x, y, lanes); break;
      case LARGEST: largest(o, x, y, lanes, where); break;
      case NORMALISATION:
        normalise(o, x, w, weights + o->measured, normal + o->measured - learned, y, lanes, count, training);
        break;
      case DISTANCES: distances(o, constants + o->constants, x, y, lanes); break;
      default: activate(o->kind, y, gives(o) * lanes, constants + o->constants);
    }
  }
}

/* From dE/d(answer) at the end of `errors` back to operation `until`; adds to the gradients. onward: whether the errors
of what the lowest layer with weights reads, down to the pixels, are wanted too. power: 2 for curvatures. */
void EXPORT(backward)(int training, int power, int onward, int until) {
  int L = lanes;
  if (power == 2)
    for (int i = 0; i < learned; i++) squared_weights[i] = weights[i] * weights[i];
  for (int i = operations - 1; i >= until && (onward || i >= lowest); i--) {
    const Operation *o = plan + i;
    const real *x = values + o->from * L, *y = values + o->to * L, *w = weights + o->weights, *linear = w;
    real *dy = errors + o->to * L, *dx = onward || i > lowest ? errors + o->from * L : 0;
    real *dw = gradients + o->weights, *db = o->bias < 0 ? 0 : gradients + o->bias;
    if (power == 2 && (o->kind == CONVOLUTION || o->kind == DENSE)) {
      for (int n = 0; n < reads(o) * L; n++) squares[n] = x[n] * x[n];
      x = squares, linear = squared_weights + o->weights;
    }
    switch (o->kind) {
      case PAD: if (dx) pad_backward(o, dy, dx, L); break;
      case CONVOLUTION: convolution_backward(o, links + o->links, x, linear, dy, dx, dw, db, L, spare, where, taps); break;
      case DENSE: dense_backward(o->after, reads(o), x, linear, dy, dx, dw, db, L); break;
      case SUBSAMPLING: subsample_backward(o, x, w, dy, dx, dw, L, power, spare); break;
      case AVERAGE: if (dx) average_backward(o, dy, dx, L, power); break;
      case LARGEST: if (dx) largest_backward(o, x, dy, dx, L, spare, where); break;
      case NORMALISATION:
        normalise_backward(o, x, w, normal + o->measured - learned, dy, dx, dw, L, images, training, power);
        break;
      case DISTANCES: if (dx) distances_backward(o, constants + o->constants, x, dy, dx, L, images, power); break;
      default: activate_backward(o->kind, y, dy, gives(o) * L, constants + o->constants, power);
    }
  }
}

/* ---- a run: data, recipe, steps */

typedef struct { const byte *images, *labels; int count, side; } Digits;
static Digits digits[3]; /* to learn from, to be tested on, and a sample of the latter */
static real pixel[256];  /* what the network reads for each byte */
static int input_side, field, optimiser, seed, distorts;
static double power1 = 1, power2 = 1; /* β₁ᵗ and β₂ᵗ of Adam after t steps */
static double decay, momentum;
static Ranges ranges;
static int32 *order, *answers, *truth;
static real *margins;
static byte *moved;
static double tally_loss;
static int tally_right;

enum { SGD = 1, MOMENTUM, ADAM, SECOND_ORDER };

/* which: 0 to learn from, 1 to be tested on, 2 for a sample of those. images: (count, side, side) bytes, 0 for paper; labels: (count) */
void EXPORT(put_digits)(int which, const byte *pictures, const byte *labels, int count, int side) {
  digits[which] = (Digits){pictures, labels, count, side};
}

/* Room for a run on the digits that were put. reading: side of what the network reads; 0 where memory lacks. */
int EXPORT(open_run)(double background, double ink, int reading) {
  input_side = reading, power1 = power2 = 1;
  for (int value = 0; value < 256; value++) pixel[value] = (real)(float)(background + (ink - background) * value / 255);
  int most = at_least(digits[0].count, digits[1].count);
  order = take(digits[0].count * sizeof(int32)), answers = take(most * sizeof(int32));
  truth = take(most_lanes * sizeof(int32)), margins = take_reals(most);
  moved = take(most_lanes * reading * reading);
  return moved != 0;
}
double *EXPORT(ranges_at)(void) { return (double *)&ranges; }
int32 *EXPORT(order_at)(void) { return order; }
int32 *EXPORT(answers_at)(void) { return answers; }
real *EXPORT(margins_at)(void) { return margins; }
byte *EXPORT(moved_at)(void) { return moved; }
double EXPORT(loss_told)(void) { return tally_loss; }
int EXPORT(right_told)(void) { return tally_right; }

/* deep: j of Eq. 9; distorting: whether, in a field of so many pixels a side, by the numbers at ranges_at */
void EXPORT(set_recipe)(int optimising, int loss, double deep, double smoothing, double decaying, double inertia,
                        int seeding, int distorting, int distorted_side) {
  optimiser = optimising, decay = decaying, momentum = inertia, seed = seeding;
  distorts = distorting, field = distorted_side;
  asking = (Asking){loss, asking.distances, deep, smoothing};
}

/* A random order for the pass; there is one for each pass, and 0 is as good as any. Returns 0 where memory lacks. */
int EXPORT(begin_pass)(int pass) {
  byte *before = next_free;
  int count = digits[0].count;
  uint64 *keys = take(count * sizeof(uint64));
  int32 *other = take(count * sizeof(int32));
  if (other) random_order(seed, pass, count, order, keys, other);
  next_free = before; /* the keys are needed no longer */
  return other != 0;
}

/* So many digits, from place `first` on, to the beginning of `values`: framed by paper, empty lanes being paper too.
pass: whose order and distortions are meant, or −1 for the digits as they lie. */
static void read_digits(int which, int first, int count, int pass) {
  const Digits *from = digits + which;
  int L = lanes_for(count), own = from->side, square = own * own;
  const byte *rows[MOST_MAPS];
  Stream random = stream(seed, DISTORTION, pass);
  for (int i = 0; i < count; i++) {
    int at = pass < 0 ? first + i : order[first + i];
    truth[i] = from->labels[at], rows[i] = from->images + at * square;
    if (pass >= 0 && distorts) {
      distort(&ranges, &random, first + i, rows[i], own, moved + i * field * field, field);
      rows[i] = moved + i * field * field;
    }
  }
  if (pass >= 0 && distorts) own = field;
  int border = (input_side - own) / 2;
  for (int y = 0; y < input_side; y++)
    for (int x = 0; x < input_side; x++) {
      real *to = values + (y * input_side + x) * L;
      int row = y - border, column = x - border, inside = row >= 0 && row < own && column >= 0 && column < own;
      for (int i = 0; i < L; i++) to[i] = pixel[inside && i < count ? rows[i][row * own + column] : 0];
    }
}

/* The loss of the digits that were read: adds to the tallies, tells the answers from place `first` on, and leaves
scale · dE/d(answer), or its second derivative for power 2. */
static void ask_all(int count, int first, double scale, int power) {
  const real *answer = values + last()->to * lanes;
  real *asked = errors + last()->to * lanes;
  int classes = gives(last());
  clear(asked, classes * lanes);
  for (int i = 0; i < count; i++) {
    tally_loss += ask(&asking, answer + i, classes, truth[i], asked + i, lanes, (real)scale, power, answers + first + i,
                      margins + first + i);
    tally_right += answers[first + i] == truth[i];
  }
}

static int normalises(void) {
  for (const Operation *o = plan; o <= last(); o++)
    if (o->kind == NORMALISATION) return 1;
  return 0;
}

#define TOGETHER 32 /* images at once: their numbers stay in a processor's cache */

/* The mean gradient of `count` digits of the pass, from place `first` on. Where a layer normalises over the batch, all
of it goes through at once. */
static void find_gradients(int pass, int first, int count) {
  int most = normalises() ? count : at_most(TOGETHER, most_lanes);
  clear(gradients, learned);
  tally_loss = 0, tally_right = 0;
  for (int done = 0; done < count; done += most) {
    int some = at_most(most, count - done);
    read_digits(0, first + done, some, pass);
    forward(some, 1);
    ask_all(some, 0, 1.0 / count, 1);
    backward(1, 1, 0, 0);
  }
}

INLINE vec roots(vec v) { return (vec){root(v[0]), root(v[1]), root(v[2]), root(v[3])}; }

/* Every weight, by its gradient. SGD: w −= rate·g. Momentum: v ← momentum·v + g, w −= rate·v (Sutskever et al. 2013, as
PyTorch has it). Adam: m ← β₁m + (1 − β₁)g, s ← β₂s + (1 − β₂)g², w −= rate·m̂/(√ŝ + ε) with m̂ = m/(1 − β₁ᵗ) and
ŝ = s/(1 − β₂ᵗ) (Kingma and Ba 2015). Second order: w −= rates·g, each weight its own (Eq. 21).
What has more than one number a map shrinks beforehand by rate·decay (Loshchilov and Hutter 2019). */
static void descend(double rate) {
  for (const Operation *o = plan; decay && o <= last(); o++)
    if (o->kind == CONVOLUTION || o->kind == DENSE)
      for (int i = 0; i < o->count; i++) weights[o->weights + i] *= (real)(1 - rate * decay);
  const double beta1 = 0.9, beta2 = 0.999;
  power1 *= beta1, power2 *= beta2;
  double by_root = __builtin_sqrt(1 - power2);
  vec step = all((real)rate), inertia = all((real)momentum);
  if (optimiser == ADAM) step = all((real)(rate / (1 - power1)));
  for (int i = 0; i < learned; i += WIDE) { /* the arrays are taken with room for whole vectors */
    vec g = load(gradients + i), w = load(weights + i), move;
    if (optimiser == SGD) move = step * g;
    else if (optimiser == SECOND_ORDER) move = load(rates + i) * g;
    else if (optimiser == MOMENTUM) {
      vec v = inertia * load(first_moment + i) + g;
      store(first_moment + i, v), move = step * v;
    } else {
      vec m = all((real)beta1) * load(first_moment + i) + all((real)(1 - beta1)) * g;
      vec s = all((real)beta2) * load(second_moment + i) + all((real)(1 - beta2)) * g * g;
      store(first_moment + i, m), store(second_moment + i, s);
      move = step * m / (roots(s) / all((real)by_root) + all((real)1e-8));
    }
    vec after = w - move;
    if (i + WIDE <= learned) store(weights + i, after);
    else /* beyond stand the measured numbers, which are not learnt */
      for (int rest = 0; i + rest < learned; rest++) weights[i + rest] = after[rest];
  }
}

/* One step on `count` digits of the pass; its mean loss. The weights stay as they are where that is no number. */
double EXPORT(learn)(int pass, int first, int count, double rate) {
  find_gradients(pass, first, count);
  double loss = tally_loss / count;
  if (loss - loss == 0) descend(rate); /* neither infinite nor NaN */
  return loss;
}

/* Rates for every weight from the mean curvature of the pass's first `count` digits: rate/(mu + h), Eq. 21. */
void EXPORT(find_rates)(int pass, int count, double rate, double mu) {
  clear(gradients, learned);
  for (int done = 0; done < count;) {
    int some = at_most(at_most(TOGETHER, most_lanes), count - done);
    read_digits(0, done, some, pass);
    forward(some, 0);
    ask_all(some, 0, 1, 2);
    backward(0, 2, 0, 0);
    done += some;
  }
  for (int i = 0; i < learned; i++) rates[i] = (real)rate / ((real)mu + gradients[i] / count);
}

/* The rate of a step, counted from 0, of a run of `steps`: from a 25th up to the whole for three tenths of the run, then
down to a 10,000th of the first, along half waves of a cosine. Source: Smith and Topin 2018, as PyTorch has it. */
double EXPORT(one_cycle)(double rate, int step, int steps) {
  double rising = 0.3 * (steps + 1) - 1, low = rate / 25, share = step / rising, from = low, to = rate;
  if (step > rising) share = (step - rising) / (steps - rising), from = rate, to = low / 1e4;
  return to + (from - to) / 2 * (1 + cosine(3.141592653589793 * share));
}

/* Tests so many digits of a set, as they lie, from place `first` on. */
void EXPORT(evaluate)(int which, int first, int count) {
  tally_loss = 0, tally_right = 0;
  for (int done = 0; done < count;) {
    int some = at_most(at_most(TOGETHER, most_lanes), count - done);
    read_digits(which, first + done, some, -1);
    forward(some, 0);
    ask_all(some, first + done, 0, 1);
    done += some;
  }
}

/* The loss of images that the caller put into `values` and whose forward is done; labels by the caller too. */
double EXPORT(ask_for)(const byte *labels, int count, double scale, int power) {
  tally_loss = 0, tally_right = 0;
  for (int i = 0; i < count; i++) truth[i] = labels[i];
  ask_all(count, 0, scale, power);
  return tally_loss;
}

/* Root mean square of the gradient of what operation `at` has learned. */
double EXPORT(gradient_size)(int at) {
  const Operation *o = plan + at;
  double sum = 0;
  int biases = o->bias < 0 ? 0 : o->after, others = o->kind == SUBSAMPLING || o->kind == NORMALISATION ? o->maps : 0;
  for (int i = 0; i < o->count + others; i++) sum += (double)gradients[o->weights + i] * gradients[o->weights + i];
  for (int i = 0; i < biases; i++) sum += (double)gradients[o->bias + i] * gradients[o->bias + i];
  return __builtin_sqrt(sum / (o->count + others + biases));
}

/* For tests: numbers of a stream, and digits as they are moved. */
void EXPORT(draw)(int seeding, int purpose, int which, int first, int count, uint64 *to) {
  Stream from = stream(seeding, purpose, which);
  for (int i = 0; i < count; i++) to[i] = word(&from, first + i);
}
void EXPORT(move_digits)(int pass, int first, int count) { read_digits(0, first, count, pass); }

/* For benchmarks: so many rounds of twelve vectors' multiply-add, what no kernel here can beat. Returns their sum. */
real EXPORT(peak)(int rounds) {
  vec s[12], a = all((real)0.999), b = all((real)1e-3);
  for (int v = 0; v < 12; v++) s[v] = all((real)v);
  for (int i = 0; i < rounds; i++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < 12; v++) s[v] = s[v] * a + b;
  }
  vec sum = s[0];
  for (int v = 1; v < 12; v++) sum += s[v];
  return sum_of(sum);
}
