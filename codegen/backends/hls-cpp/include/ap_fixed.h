// ap_fixed<W, I, Q, O> and ap_ufixed for g++: the names and the meaning of the Vitis HLS header of the
// same name. A value is an integer of W bits times 2^(I - W). Results of + - * are exact; assignment and
// construction round as Q says and then treat overflow as O says.
//
// Not here: AP_WRAP_SM, saturated bits for AP_WRAP, division, more than 127 bits in a sum or a comparison.
#ifndef TILEWRIGHT_AP_FIXED_H
#define TILEWRIGHT_AP_FIXED_H

#include "ap_int.h"

#include <cmath>

enum ap_q_mode {
  AP_RND,         // to the nearest, a half towards plus infinity
  AP_RND_ZERO,    // to the nearest, a half towards 0
  AP_RND_MIN_INF, // to the nearest, a half towards minus infinity
  AP_RND_INF,     // to the nearest, a half away from 0
  AP_RND_CONV,    // to the nearest, a half to the even one
  AP_TRN,         // towards minus infinity
  AP_TRN_ZERO     // towards 0
};
enum ap_o_mode {
  AP_SAT,      // the nearest value of the type
  AP_SAT_ZERO, // 0
  AP_SAT_SYM,  // the nearest, and never below minus the largest
  AP_WRAP      // two's complement
};

template <int W, int I, bool S, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP> struct ap_fixed_base;

namespace tilewright {

/// ⌊value / 2^drop⌋ or the integer above it, as Q says. `value` has at most 127 bits.
template <ap_q_mode Q> constexpr int128 rounded(int128 value, int drop) {
  const bool negative = value < 0;
  const int128 floor = drop > 127 ? (negative ? -1 : 0) : value >> drop;
  // The part cut off lies in [0, 2^drop); past 127 bits only its side of the half is known, and needed.
  int side = 0; // below, at or above the half
  bool cut = value != 0;
  if (drop > 127) {
    side = value == 0 ? -1 : negative ? 1 : -1;
  } else {
    const uint128 rest = static_cast<uint128>(value) & ((uint128{1} << drop) - 1);
    const uint128 half = uint128{1} << (drop - 1);
    cut = rest != 0;
    side = rest < half ? -1 : rest == half ? 0 : 1;
  }
  bool up = false;
  switch (Q) {
  case AP_TRN: break;
  case AP_TRN_ZERO: up = negative && cut; break;
  case AP_RND: up = side >= 0; break;
  case AP_RND_ZERO: up = side > 0 || (side == 0 && negative); break;
  case AP_RND_MIN_INF: up = side > 0; break;
  case AP_RND_INF: up = side > 0 || (side == 0 && !negative); break;
  case AP_RND_CONV: up = side > 0 || (side == 0 && (floor & 1) != 0); break;
  }
  return floor + (up ? 1 : 0);
}

/// The W-bit integer nearest to value · 2^-drop under the modes Q and O.
template <int W, bool S, ap_q_mode Q, ap_o_mode O>
constexpr typename machine_int<W, S>::type requantised(int128 value, int drop) {
  static_assert(W <= 127, "an ap_fixed that is assigned to has at most 127 bits");
  const int128 most = static_cast<int128>((uint128{1} << (S ? W - 1 : W)) - 1);
  const int128 least = !S ? 0 : O == AP_SAT_SYM ? -most : -most - 1;
  const int raise = drop < 0 ? -drop : 0;
  const int128 kept = drop > 0 ? rounded<Q>(value, drop) : value;
  const bool above = raise > 127 ? kept > 0 : kept > (most >> raise);
  const bool below = raise > 127 ? kept < 0 : kept < -(-least >> raise);
  if (O != AP_WRAP && (above || below)) {
    const int128 limit = O == AP_SAT_ZERO ? 0 : above ? most : least;
    return static_cast<typename machine_int<W, S>::type>(limit);
  }
  return wrap<W, S>(raise > 127 ? uint128{0} : static_cast<uint128>(kept) << raise);
}

} // namespace tilewright

template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O> struct ap_fixed_base {
  static constexpr int width = W;
  static constexpr int iwidth = I;
  static constexpr int fraction = W - I;
  using raw_type = ap_int_base<W, S>;

  raw_type raw;

  ap_fixed_base() = default;
  template <int W2, int I2, bool S2, ap_q_mode Q2, ap_o_mode O2>
  constexpr ap_fixed_base(const ap_fixed_base<W2, I2, S2, Q2, O2> &other)
      : raw(raw_type::exact(tilewright::requantised<W, S, Q, O>(
            static_cast<tilewright::int128>(other.raw.v), (W2 - I2) - (W - I)))) {
    static_assert(W2 + !S2 <= 128, "an ap_fixed that is converted has at most 127 bits");
  }
  template <int W2, bool S2>
  constexpr ap_fixed_base(const ap_int_base<W2, S2> &value)
      : ap_fixed_base(ap_fixed_base<W2, W2, S2>::from_raw(value)) {}
  template <typename T, tilewright::if_native<T> = 0>
  constexpr ap_fixed_base(T value) : ap_fixed_base(tilewright::lifted<T>(value)) {}
  ap_fixed_base(double value) {
    int exponent = 0;
    const double mantissa = std::frexp(value, &exponent);
    // 53 bits of mantissa are exact; an infinity or NaN has no fixed-point value and becomes 0.
    const auto bits = std::isfinite(value) ? static_cast<tilewright::int128>(std::ldexp(mantissa, 53)) : 0;
    raw = raw_type::exact(tilewright::requantised<W, S, Q, O>(bits, 53 - exponent - (W - I)));
  }
  ap_fixed_base(float value) : ap_fixed_base(static_cast<double>(value)) {}

  static constexpr ap_fixed_base from_raw(const raw_type &bits) {
    ap_fixed_base result{};
    result.raw = bits;
    return result;
  }

  double to_double() const { return std::ldexp(static_cast<double>(raw.v), I - W); }
  float to_float() const { return static_cast<float>(to_double()); }
  explicit operator double() const { return to_double(); }
  ap_range_ref<raw_type> range(int high, int low) { return raw.range(high, low); }
  ap_range_ref<const raw_type> range(int high, int low) const { return raw.range(high, low); }
  ap_range_ref<raw_type> range() { return raw.range(W - 1, 0); }
  ap_range_ref<const raw_type> range() const { return raw.range(W - 1, 0); }

  constexpr bool operator!() const { return raw.v == 0; }
  constexpr ap_fixed_base operator+() const { return *this; }
  constexpr auto operator-() const { return ap_fixed_base<1, 1, false>(0) - *this; }
  /// Bits fall off at both ends; the width stays.
  constexpr ap_fixed_base operator<<(int by) const { return from_raw(raw << by); }
  constexpr ap_fixed_base operator>>(int by) const { return from_raw(raw >> by); }
  template <typename T> ap_fixed_base &operator+=(const T &b) { return *this = ap_fixed_base(*this + b); }
  template <typename T> ap_fixed_base &operator-=(const T &b) { return *this = ap_fixed_base(*this - b); }
  template <typename T> ap_fixed_base &operator*=(const T &b) { return *this = ap_fixed_base(*this * b); }
};

template <int W, int I, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP>
struct ap_fixed : ap_fixed_base<W, I, true, Q, O> {
  using base = ap_fixed_base<W, I, true, Q, O>;
  using base::base;
  ap_fixed() = default;
  constexpr ap_fixed(const base &other) : base(other) {}
};

template <int W, int I, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP>
struct ap_ufixed : ap_fixed_base<W, I, false, Q, O> {
  using base = ap_fixed_base<W, I, false, Q, O>;
  using base::base;
  ap_ufixed() = default;
  constexpr ap_ufixed(const base &other) : base(other) {}
};

namespace tilewright {

template <int W1, int I1, bool S1, int W2, int I2, bool S2> struct fixed_grown {
  static constexpr bool s = S1 || S2;
  static constexpr int f = max_of(W1 - I1, W2 - I2);
  static constexpr int common = max_of(I1 + (S2 && !S1), I2 + (S1 && !S2));
  using add = ap_fixed_base<common + 1 + f, common + 1, s>;
  using sub = ap_fixed_base<common + 1 + f, common + 1, true>;
  using mul = ap_fixed_base<W1 + W2, I1 + I2, s>;
  /// Both operands in this type are exact: comparisons happen there.
  using both = ap_fixed_base<common + 1 + f, common + 1, true>;
};

template <typename T> using fixed_lifted =
    ap_fixed_base<native_bits<T>, native_bits<T>, std::is_signed<T>::value>;

} // namespace tilewright

#define TILEWRIGHT_FIXED_LIFT(RESULT, OPERATOR)                                                     \
  template <int W1, int I1, bool S1, ap_q_mode Q1, ap_o_mode O1, typename T, tilewright::if_native<T> = 0> \
  constexpr RESULT operator OPERATOR(const ap_fixed_base<W1, I1, S1, Q1, O1> &a, T b) {             \
    return a OPERATOR tilewright::fixed_lifted<T>(b);                                               \
  }                                                                                                 \
  template <int W1, int I1, bool S1, ap_q_mode Q1, ap_o_mode O1, typename T, tilewright::if_native<T> = 0> \
  constexpr RESULT operator OPERATOR(T a, const ap_fixed_base<W1, I1, S1, Q1, O1> &b) {             \
    return tilewright::fixed_lifted<T>(a) OPERATOR b;                                               \
  }                                                                                                 \
  template <int W1, int I1, bool S1, ap_q_mode Q1, ap_o_mode O1, int W2, bool S2>                   \
  constexpr RESULT operator OPERATOR(const ap_fixed_base<W1, I1, S1, Q1, O1> &a,                    \
                                     const ap_int_base<W2, S2> &b) {                                \
    return a OPERATOR ap_fixed_base<W2, W2, S2>(b);                                                 \
  }                                                                                                 \
  template <int W1, bool S1, int W2, int I2, bool S2, ap_q_mode Q2, ap_o_mode O2>                   \
  constexpr RESULT operator OPERATOR(const ap_int_base<W1, S1> &a,                                  \
                                     const ap_fixed_base<W2, I2, S2, Q2, O2> &b) {                  \
    return ap_fixed_base<W1, W1, S1>(a) OPERATOR b;                                                 \
  }

#define TILEWRIGHT_FIXED_SUM(OPERATOR, KIND)                                                        \
  template <int W1, int I1, bool S1, ap_q_mode Q1, ap_o_mode O1, int W2, int I2, bool S2,           \
            ap_q_mode Q2, ap_o_mode O2>                                                             \
  constexpr typename tilewright::fixed_grown<W1, I1, S1, W2, I2, S2>::KIND operator OPERATOR(       \
      const ap_fixed_base<W1, I1, S1, Q1, O1> &a, const ap_fixed_base<W2, I2, S2, Q2, O2> &b) {     \
    using result = typename tilewright::fixed_grown<W1, I1, S1, W2, I2, S2>::KIND;                  \
    using wide = ap_fixed_base<result::width, result::iwidth, true>;                                \
    const tilewright::int128 exact = static_cast<tilewright::int128>(wide(a).raw.v)                 \
        OPERATOR static_cast<tilewright::int128>(wide(b).raw.v);                                    \
    return result::from_raw(result::raw_type::exact(                                                \
        static_cast<typename result::raw_type::value_type>(exact)));                                \
  }                                                                                                 \
  TILEWRIGHT_FIXED_LIFT(auto, OPERATOR)

TILEWRIGHT_FIXED_SUM(+, add)
TILEWRIGHT_FIXED_SUM(-, sub)
#undef TILEWRIGHT_FIXED_SUM

template <int W1, int I1, bool S1, ap_q_mode Q1, ap_o_mode O1, int W2, int I2, bool S2, ap_q_mode Q2, ap_o_mode O2>
constexpr typename tilewright::fixed_grown<W1, I1, S1, W2, I2, S2>::mul
operator*(const ap_fixed_base<W1, I1, S1, Q1, O1> &a, const ap_fixed_base<W2, I2, S2, Q2, O2> &b) {
  return tilewright::fixed_grown<W1, I1, S1, W2, I2, S2>::mul::from_raw(a.raw * b.raw);
}
TILEWRIGHT_FIXED_LIFT(auto, *)

#define TILEWRIGHT_FIXED_COMPARISON(OPERATOR)                                                       \
  template <int W1, int I1, bool S1, ap_q_mode Q1, ap_o_mode O1, int W2, int I2, bool S2,           \
            ap_q_mode Q2, ap_o_mode O2>                                                             \
  constexpr bool operator OPERATOR(const ap_fixed_base<W1, I1, S1, Q1, O1> &a,                      \
                                   const ap_fixed_base<W2, I2, S2, Q2, O2> &b) {                    \
    using both = typename tilewright::fixed_grown<W1, I1, S1, W2, I2, S2>::both;                    \
    return both(a).raw OPERATOR both(b).raw;                                                        \
  }                                                                                                 \
  TILEWRIGHT_FIXED_LIFT(bool, OPERATOR)

TILEWRIGHT_FIXED_COMPARISON(==)
TILEWRIGHT_FIXED_COMPARISON(!=)
TILEWRIGHT_FIXED_COMPARISON(<)
TILEWRIGHT_FIXED_COMPARISON(<=)
TILEWRIGHT_FIXED_COMPARISON(>)
TILEWRIGHT_FIXED_COMPARISON(>=)
#undef TILEWRIGHT_FIXED_COMPARISON
#undef TILEWRIGHT_FIXED_LIFT

#endif
