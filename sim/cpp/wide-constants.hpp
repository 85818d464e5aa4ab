// Verilator before 5.018 writes a constant of more than 256 bits whose upper words are zero with those zeros behind
// the variable's end, over its neighbour, and leaves the words as they were (its issue 4556). What it emits calls
// these instead.
#pragma once

#include "verilated.h"

namespace tilewright {

/// Words of a constant from bit `lsb` on, the highest one first, and zeros up to bit `bits`.
template <typename... Words>
inline WDataOutP constant_high(int bits, int lsb, WDataOutP base, Words... highest_first) {
  const EData words[] = {static_cast<EData>(highest_first)...};
  constexpr int count = sizeof...(Words);
  WDataOutP const from = base + VL_WORDS_I(lsb);
  for (int i = 0; i < count; ++i) from[i] = words[count - 1 - i];
  for (int i = VL_WORDS_I(lsb) + count; i < VL_WORDS_I(bits); ++i) base[i] = 0;
  return from;
}

}  // namespace tilewright

#define VL_CONSTHI_W_1X(...) tilewright::constant_high(__VA_ARGS__)
#define VL_CONSTHI_W_2X(...) tilewright::constant_high(__VA_ARGS__)
#define VL_CONSTHI_W_3X(...) tilewright::constant_high(__VA_ARGS__)
#define VL_CONSTHI_W_4X(...) tilewright::constant_high(__VA_ARGS__)
#define VL_CONSTHI_W_5X(...) tilewright::constant_high(__VA_ARGS__)
#define VL_CONSTHI_W_6X(...) tilewright::constant_high(__VA_ARGS__)
#define VL_CONSTHI_W_7X(...) tilewright::constant_high(__VA_ARGS__)
#define VL_CONSTHI_W_8X(...) tilewright::constant_high(__VA_ARGS__)
