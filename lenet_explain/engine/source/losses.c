/* What the losses ask of an answer: their value, and their derivatives by it, image by image.
answer: distances (the smallest wins) or logits (the largest wins), (classes, L); p: the shares e^z/Σe^z with z = logits,
or −distances; t: the target, 1 for the right class and 0 else, smoothed where the recipe says so.
    cross-entropy   E = −Σ t·ln p             dE/dz = p − t                    d²E/dz² = p·(1 − p)
    squared error   E = Σ (p − t)²            dE/dz = 2p·((p − t) − Σ(p − t)p) d²E/dz² = 2·(p·(1 − p))²
    of distances    E = y_D                   dE/dy = t                        (Eq. 8)
    map             E = y_D + ln(e^−j + Σe^−y) dE/dy = t − e^−y/(e^−j + Σe^−y)  (Eq. 9, j: how deep the rubbish class lies)
Source: LeCun et al. 1998, section II.C; lenet_explain/training/loss.py. The second derivatives are Gauss–Newton's; where
the answer is distances nobody reads them. */
#include "number.h"

enum { CROSS_ENTROPY = 1, SQUARED, MAP };

typedef struct {
  int loss, distances; /* whether the answer is distances */
  double rubbish, smoothing;
} Asking;

/* One image: z and errors stand L apart. errors: dE/d(answer), or d²E/d(answer)² for power 2, times scale.
Returns E; choice: the class that wins, the first of equals; margin: by how much over the second. */
static double ask(const Asking *how, const real *answer, int classes, int truth, real *errors, int L, real scale,
                  int power, int32 *choice, real *margin) {
  real sign = how->distances ? -1 : 1, best = sign * answer[0], second = -3e38f;
  *choice = 0;
  for (int k = 1; k < classes; k++) {
    real z = sign * answer[k * L];
    if (z > best) second = best, best = z, *choice = k;
    else if (z > second) second = z;
  }
  *margin = best - second;
  real right = sign * answer[truth * L], total = 0;
  if (how->loss == SQUARED && how->distances) {
    for (int k = 0; k < classes; k++) errors[k * L] = k == truth ? scale : 0;
    return answer[truth * L];
  }
  if (how->loss == MAP && -how->rubbish > best) best = (real)-how->rubbish;
  for (int k = 0; k < classes; k++) total += errors[k * L] = exponential_of(sign * answer[k * L] - best);
  if (how->loss == MAP) total += exponential_of((real)-how->rubbish - best);
  double whole = best + logarithm(total), smooth = how->smoothing / classes, value = 0, off = 0;
  for (int k = 0; k < classes; k++) errors[k * L] /= total; /* p */
  if (how->loss == SQUARED)
    for (int k = 0; k < classes; k++) off += (errors[k * L] - (k == truth)) * errors[k * L];
  for (int k = 0; k < classes; k++) {
    real p = errors[k * L], error;
    if (how->loss == SQUARED) {
      real apart = p - (k == truth);
      value += apart * apart;
      error = power == 1 ? 2 * p * (apart - (real)off) : 2 * (p * (1 - p)) * (p * (1 - p));
    } else {
      real target = (real)(smooth + (k == truth) * (1 - how->smoothing));
      value += smooth ? smooth * (whole - sign * answer[k * L]) : 0;
      error = power == 1 ? p - target : p * (1 - p);
    }
    errors[k * L] = (power == 1 ? sign : 1) * error * scale;
  }
  return how->loss == SQUARED ? value : value + (1 - how->smoothing) * (whole - right);
}
