/* The yardsticks of mean_aggregate on a CPU: the specification's mean of rows of 64 int16, in C as one would write
 * it by hand for speed, and what bounds it, reading the rows and nothing else. Compiled with -DFANOUT=k, a multiple
 * of 16. Vector types and sums by name: plain loops over an array of sums are several times slower under GCC. */
#include <stdint.h>
#include <string.h>

#define ABSENT 0xffffffffu
#define LANES 64
/* Ids whose rows are on their way at once, in rows of ids. */
#define AHEAD 2

typedef int16_t i16x16 __attribute__((vector_size(32)));
typedef int16_t i16x8 __attribute__((vector_size(16)));
typedef int32_t i32x8 __attribute__((vector_size(32)));

static inline const int16_t *row_of(const int16_t *features, uint32_t id) {
  return features + (uint64_t)id * LANES;
}

static inline void fetch(const int16_t *features, const uint32_t *ids) {
  for (int i = 0; i < FANOUT; i++) {
    const int16_t *row = row_of(features, ids[i] == ABSENT ? 0 : ids[i]);
    __builtin_prefetch(row);
    __builtin_prefetch(row + 32);
  }
}

/* Rows may lie at any address. */
static inline i16x16 sixteen(const int16_t *from) {
  i16x16 some;
  memcpy(&some, from, sizeof some);
  return some;
}

static inline i32x8 eight(const int16_t *from) {
  i16x8 some;
  memcpy(&some, from, sizeof some);
  return __builtin_convertvector(some, i32x8);
}

void yardstick_gather_rows(const uint32_t *restrict ids, const int16_t *restrict features,
                           int16_t *restrict out, uint32_t rows) {
  for (uint32_t row = 0; row < rows && row < AHEAD; row++) fetch(features, ids + (uint64_t)row * FANOUT);
  for (uint32_t row = 0; row < rows; row++) {
    const uint32_t *mine = ids + (uint64_t)row * FANOUT;
    if (row + AHEAD < rows) fetch(features, mine + AHEAD * FANOUT);
    i16x16 a = {0}, b = {0}, c = {0}, d = {0};
    for (int i = 0; i < FANOUT; i++) {
      if (mine[i] == ABSENT) continue;
      const int16_t *from = row_of(features, mine[i]);
      a ^= sixteen(from);
      b ^= sixteen(from + 16);
      c ^= sixteen(from + 32);
      d ^= sixteen(from + 48);
    }
    const i16x16 all[] = {a, b, c, d};
    memcpy(out + (uint64_t)row * LANES, all, sizeof all);
  }
}

void yardstick_mean_aggregate(const uint32_t *restrict ids, const int16_t *restrict features,
                              int16_t *restrict means, uint32_t rows) {
  double factors[FANOUT + 1] = {0};
  for (uint32_t n = 1; n <= FANOUT; n++) {
    uint32_t log2 = 0;
    while ((1u << log2) < n) log2++;
    const uint64_t one = (uint64_t)1 << (16 + log2);
    factors[n] = (double)((2 * one + n) / (2 * n)) / (double)one;
  }
  for (uint32_t row = 0; row < rows && row < AHEAD; row++) fetch(features, ids + (uint64_t)row * FANOUT);
  for (uint32_t row = 0; row < rows; row++) {
    const uint32_t *mine = ids + (uint64_t)row * FANOUT;
    if (row + AHEAD < rows) fetch(features, mine + AHEAD * FANOUT);
    i32x8 a = {0}, b = {0}, c = {0}, d = {0}, e = {0}, f = {0}, g = {0}, h = {0};
    uint32_t n = 0;
    for (int i = 0; i < FANOUT; i++) {
      if (mine[i] == ABSENT) continue;
      const int16_t *from = row_of(features, mine[i]);
      n++;
      a += eight(from);
      b += eight(from + 8);
      c += eight(from + 16);
      d += eight(from + 24);
      e += eight(from + 32);
      f += eight(from + 40);
      g += eight(from + 48);
      h += eight(from + 56);
    }
    const i32x8 all[] = {a, b, c, d, e, f, g, h};
    int32_t sums[LANES];
    memcpy(sums, all, sizeof sums);
    /* Exact: a sum of 22 bits times a factor of 17 and what is added fit into the 53 bits of a double. A
     * conversion drops the fraction, which is the floor of what is not negative. */
    const double factor = factors[n];
    int16_t *out = means + (uint64_t)row * LANES;
    for (int lane = 0; lane < LANES; lane++)
      out[lane] = (int16_t)((int32_t)(sums[lane] * factor + 65536.5) - 65536);
  }
}
