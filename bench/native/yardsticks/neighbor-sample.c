/* The yardstick of neighbor_sample on a CPU: the specification's draws without replacement, in C as one would write
 * it by hand for speed. Compiled with -DFANOUT=k, k at most 64. Rows of the output are whole beats of 16 ids. */
#include <stdint.h>

#define ROW ((FANOUT + 15) / 16 * 16)
#define ABSENT 0xffffffffu
#define GOLDEN 0x9e3779b1u
/* Seeds whose lists are on their way at once: enough for the latency of memory, few enough for the first cache. */
#define AHEAD 32

static inline uint32_t mix(uint32_t x) {
  uint32_t a = (x ^ (x >> 16)) * 0x7feb352du;
  uint32_t b = (a ^ (a >> 15)) * 0x846ca68bu;
  return b ^ (b >> 16);
}

/* One row of Floyd's algorithm: the places of the draws in a list of more than FANOUT neighbours. */
static inline void draw(uint32_t hash, uint32_t degree, uint32_t *restrict picks) {
  const uint32_t first = degree - FANOUT;
  for (int i = 0; i < FANOUT; i++) {
    const uint32_t random = mix(hash + (first + i) * GOLDEN);
    picks[i] = (uint32_t)(((uint64_t)random * (first + i + 1)) >> 32);
  }
  /* All at once, since it is rare that two are the same. */
  uint32_t same = 0;
  for (int shift = 1; shift < FANOUT; shift++)
    for (int i = shift; i < FANOUT; i++) same |= picks[i] == picks[i - shift];
  if (!same) return;
  for (int i = 1; i < FANOUT; i++) {
    uint32_t clash = 0;
    for (int j = 0; j < i; j++) clash |= picks[j] == picks[i];
    if (clash) picks[i] = first + i;
  }
}

void yardstick_neighbor_sample(const uint32_t *restrict seeds, const uint32_t *restrict extent,
                               const uint32_t *restrict col_idx, uint32_t *restrict samples,
                               uint32_t count, uint32_t key, uint32_t hop) {
  uint32_t places[AHEAD][FANOUT];
  uint32_t degrees[AHEAD];
  const uint32_t offset = key + hop * GOLDEN;
  for (uint32_t i = 0; i < count && i < AHEAD; i++)
    if (seeds[i] != ABSENT) __builtin_prefetch(extent + 2 * (uint64_t)seeds[i]);
  for (uint32_t start = 0; start < count; start += AHEAD) {
    const uint32_t some = count - start < AHEAD ? count - start : AHEAD;
    for (uint32_t i = 0; i < some; i++) {
      const uint32_t node = seeds[start + i];
      if (start + i + AHEAD < count && seeds[start + i + AHEAD] != ABSENT)
        __builtin_prefetch(extent + 2 * (uint64_t)seeds[start + i + AHEAD]);
      degrees[i] = 0;
      if (node == ABSENT) continue;
      const uint32_t begin = extent[2 * (uint64_t)node];
      const uint32_t degree = extent[2 * (uint64_t)node + 1] - begin;
      degrees[i] = degree;
      if (degree <= FANOUT) {
        places[i][0] = begin;
        for (uint32_t at = 0; at < degree; at += 16) __builtin_prefetch(col_idx + begin + at);
        if (degree > 0) __builtin_prefetch(col_idx + begin + degree - 1);
        continue;
      }
      draw(mix(mix(node) + offset), degree, places[i]);
      for (int at = 0; at < FANOUT; at++) {
        places[i][at] += begin;
        __builtin_prefetch(col_idx + places[i][at]);
      }
    }
    for (uint32_t i = 0; i < some; i++) {
      uint32_t *row = samples + (uint64_t)(start + i) * ROW;
      const uint32_t degree = degrees[i];
      if (degree > FANOUT) {
        for (int at = 0; at < FANOUT; at++) row[at] = col_idx[places[i][at]];
        for (int at = FANOUT; at < ROW; at++) row[at] = ABSENT;
      } else {
        for (uint32_t at = 0; at < ROW; at++) row[at] = ABSENT;
        for (uint32_t at = 0; at < degree; at++) row[at] = col_idx[places[i][0] + at];
      }
    }
  }
}
