// ap_int<W> and ap_uint<W> for g++: the names and the arithmetic of the Vitis HLS header of the same
// name, for machines without Vitis. Results of + - * & | ^ grow so that they are exact; assignment and
// construction wrap (two's complement); shifts keep the width of their left operand.
//
// Stricter than Vitis on purpose: comparing an ap_int with an ap_uint does not compile, since the
// answer follows C's conversions there; arithmetic results over 128 bits do not compile either. Wider
// integers (beats of a memory port) carry bits only.
#ifndef TILEWRIGHT_AP_INT_H
#define TILEWRIGHT_AP_INT_H

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "ap_int.h of tilewright needs a little-endian machine"
#endif

namespace tilewright {

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

constexpr int max_of(int a, int b) { return a > b ? a : b; }
constexpr int min_of(int a, int b) { return a < b ? a : b; }

/// The smallest machine integer of at least `Bits` bits, up to 128.
template <int Bits, bool Signed> struct machine_int {
  static_assert(Bits >= 1 && Bits <= 128, "an arithmetic result has more than 128 bits");
  static constexpr int bits = Bits <= 8 ? 8 : Bits <= 16 ? 16 : Bits <= 32 ? 32 : Bits <= 64 ? 64 : 128;
  using u = std::conditional_t<
      bits == 8, uint8_t,
      std::conditional_t<
          bits == 16, uint16_t,
          std::conditional_t<bits == 32, uint32_t, std::conditional_t<bits == 64, uint64_t, uint128>>>>;
  using s = std::conditional_t<
      bits == 8, int8_t,
      std::conditional_t<
          bits == 16, int16_t,
          std::conditional_t<bits == 32, int32_t, std::conditional_t<bits == 64, int64_t, int128>>>>;
  using type = std::conditional_t<Signed, s, u>;
};

/// Two's-complement wrap of a machine integer to W bits.
template <int W, bool Signed, typename From>
constexpr typename machine_int<W, Signed>::type wrap(From value) {
  using machine = machine_int<W, Signed>;
  constexpr int spare = machine::bits - W;
  const auto low = static_cast<typename machine::u>(value);
  if constexpr (spare == 0) {
    return static_cast<typename machine::type>(low);
  } else if constexpr (Signed) {
    return static_cast<typename machine::s>(
        static_cast<typename machine::s>(static_cast<typename machine::u>(low << spare)) >> spare);
  } else {
    return static_cast<typename machine::u>(low & (static_cast<typename machine::u>(-1) >> spare));
  }
}

template <typename T>
constexpr bool is_native = std::is_integral<T>::value;
template <typename T>
using if_native = std::enable_if_t<is_native<T>, int>;
template <typename T>
constexpr int native_bits = std::is_same<T, bool>::value ? 1 : static_cast<int>(sizeof(T)) * 8;

} // namespace tilewright

template <int W, bool S, bool Wide = (W > 128)> struct ap_int_base;
template <int W> struct ap_int;
template <int W> struct ap_uint;

/// Some bits of an integer, as a value that can be read and assigned.
template <typename Owner> struct ap_range_ref {
  Owner &owner;
  int high;
  int low;

  uint64_t to_uint64() const { return owner.bits_at(low, high - low + 1); }
  operator uint64_t() const { return to_uint64(); }
  template <int W2, bool S2> ap_range_ref &operator=(const ap_int_base<W2, S2> &value) {
    owner.set_bits(low, high - low + 1, value.to_uint64());
    return *this;
  }
  template <typename T, tilewright::if_native<T> = 0> ap_range_ref &operator=(T value) {
    owner.set_bits(low, high - low + 1, static_cast<uint64_t>(value));
    return *this;
  }
  ap_range_ref &operator=(const ap_range_ref &other) { return *this = other.to_uint64(); }
};

/// Up to 128 bits: one machine integer that always holds the value itself.
template <int W, bool S> struct ap_int_base<W, S, false> {
  static_assert(W >= 1, "an ap_int has at least one bit");
  static constexpr int width = W;
  static constexpr bool is_signed = S;
  using machine = tilewright::machine_int<W, S>;
  using value_type = typename machine::type;

  value_type v;

  ap_int_base() = default;
  template <typename T, tilewright::if_native<T> = 0>
  constexpr ap_int_base(T value) : v(tilewright::wrap<W, S>(value)) {}
  template <int W2, bool S2> constexpr ap_int_base(const ap_int_base<W2, S2, false> &other) : v(from(other)) {}
  template <int W2, bool S2>
  ap_int_base(const ap_int_base<W2, S2, true> &other) : v(tilewright::wrap<W, S>(other.low128())) {}
  template <typename Owner>
  ap_int_base(const ap_range_ref<Owner> &bits) : v(tilewright::wrap<W, S>(bits.to_uint64())) {}

  /// The machine integer `value` is known to be in range.
  static constexpr ap_int_base exact(value_type value) {
    ap_int_base result{};
    result.v = value;
    return result;
  }

  constexpr operator value_type() const { return v; }
  constexpr int to_int() const { return static_cast<int>(v); }
  constexpr unsigned to_uint() const { return static_cast<unsigned>(v); }
  constexpr int64_t to_int64() const { return static_cast<int64_t>(v); }
  constexpr uint64_t to_uint64() const { return static_cast<uint64_t>(v); }
  constexpr bool to_bool() const { return v != 0; }
  static constexpr int length() { return W; }

  uint64_t bits_at(int low, int count) const {
    const auto shifted = static_cast<uint64_t>(static_cast<typename machine::u>(v) >> low);
    return count >= 64 ? shifted : shifted & ((uint64_t{1} << count) - 1);
  }
  void set_bits(int low, int count, uint64_t bits) {
    using u = tilewright::uint128;
    const u mask = (count >= 64 ? u{~uint64_t{0}} : (u{1} << count) - 1) << low;
    const u kept = static_cast<u>(v) & ~mask;
    v = tilewright::wrap<W, S>(kept | ((static_cast<u>(bits) << low) & mask));
  }
  ap_range_ref<ap_int_base> range(int high, int low) { return {*this, high, low}; }
  ap_range_ref<const ap_int_base> range(int high, int low) const { return {*this, high, low}; }
  ap_range_ref<ap_int_base> operator()(int high, int low) { return {*this, high, low}; }
  ap_range_ref<const ap_int_base> operator()(int high, int low) const { return {*this, high, low}; }
  ap_range_ref<ap_int_base> operator[](int bit) { return {*this, bit, bit}; }
  bool operator[](int bit) const { return bits_at(bit, 1) != 0; }

  template <typename T> ap_int_base &operator+=(const T &b) { return *this = ap_int_base(*this + b); }
  template <typename T> ap_int_base &operator-=(const T &b) { return *this = ap_int_base(*this - b); }
  template <typename T> ap_int_base &operator*=(const T &b) { return *this = ap_int_base(*this * b); }
  template <typename T> ap_int_base &operator&=(const T &b) { return *this = ap_int_base(*this & b); }
  template <typename T> ap_int_base &operator|=(const T &b) { return *this = ap_int_base(*this | b); }
  template <typename T> ap_int_base &operator^=(const T &b) { return *this = ap_int_base(*this ^ b); }
  template <typename T> ap_int_base &operator<<=(const T &b) { return *this = *this << b; }
  template <typename T> ap_int_base &operator>>=(const T &b) { return *this = *this >> b; }
  ap_int_base &operator++() { return *this = ap_int_base(*this + 1); }
  ap_int_base &operator--() { return *this = ap_int_base(*this - 1); }
  ap_int_base operator++(int) {
    const ap_int_base before = *this;
    ++*this;
    return before;
  }
  ap_int_base operator--(int) {
    const ap_int_base before = *this;
    --*this;
    return before;
  }

  constexpr bool operator!() const { return v == 0; }
  constexpr ap_int_base operator~() const {
    return exact(tilewright::wrap<W, S>(static_cast<typename machine::u>(~static_cast<typename machine::u>(v))));
  }
  constexpr ap_int_base operator+() const { return *this; }
  constexpr auto operator-() const { return ap_int_base<1, false>(0) - *this; }

private:
  template <int W2, bool S2> static constexpr value_type from(const ap_int_base<W2, S2, false> &other) {
    // Where every value of the other type fits there is nothing to wrap.
    if constexpr ((S == S2 && W >= W2) || (S && !S2 && W > W2)) {
      return static_cast<value_type>(other.v);
    } else {
      return tilewright::wrap<W, S>(other.v);
    }
  }
};

/// More than 128 bits: bits only, no arithmetic.
template <int W, bool S> struct ap_int_base<W, S, true> {
  static constexpr int width = W;
  static constexpr bool is_signed = S;
  static constexpr int words = (W + 63) / 64;

  uint64_t word[words];

  ap_int_base() = default;
  template <typename T, tilewright::if_native<T> = 0> ap_int_base(T value) {
    fill(static_cast<uint64_t>(value), std::is_signed<T>::value && static_cast<int64_t>(value) < 0);
  }
  template <int W2, bool S2> ap_int_base(const ap_int_base<W2, S2, false> &other) {
    fill(static_cast<uint64_t>(other.v), S2 && other.bits_at(W2 - 1, 1) != 0);
    word[1] = static_cast<uint64_t>(static_cast<tilewright::int128>(other.v) >> 64);
    trim();
  }
  template <int W2, bool S2> ap_int_base(const ap_int_base<W2, S2, true> &other) {
    const bool negative = S2 && other.bits_at(W2 - 1, 1) != 0;
    for (int i = 0; i < words; ++i) {
      word[i] = i < other.words ? other.word[i] : negative ? ~uint64_t{0} : 0;
    }
    trim();
  }

  uint64_t to_uint64() const { return word[0]; }
  tilewright::uint128 low128() const { return (static_cast<tilewright::uint128>(word[1]) << 64) | word[0]; }
  static constexpr int length() { return W; }

  uint64_t bits_at(int low, int count) const {
    // A lane of 8, 16, 32 or 64 bits is one load, and a loop over lanes l * 16 becomes vector loads:
    // the compiler folds (l * 16) % 16 and (l * 16) / 16.
    if (count == 8 && low % 8 == 0) return load<uint8_t>(low / 8);
    if (count == 16 && low % 16 == 0) return load<uint16_t>(low / 16);
    if (count == 32 && low % 32 == 0) return load<uint32_t>(low / 32);
    if (count == 64 && low % 64 == 0) return load<uint64_t>(low / 64);
    const int first = low / 64;
    const int shift = low % 64;
    uint64_t bits = word[first] >> shift;
    if (shift + count > 64) bits |= word[first + 1] << (64 - shift);
    return count >= 64 ? bits : bits & ((uint64_t{1} << count) - 1);
  }
  void set_bits(int low, int count, uint64_t bits) {
    if (count == 8 && low % 8 == 0) return store(low / 8, static_cast<uint8_t>(bits));
    if (count == 16 && low % 16 == 0) return store(low / 16, static_cast<uint16_t>(bits));
    if (count == 32 && low % 32 == 0) return store(low / 32, static_cast<uint32_t>(bits));
    if (count == 64 && low % 64 == 0) return store(low / 64, bits);
    const uint64_t mask = count >= 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1;
    const int first = low / 64;
    const int shift = low % 64;
    word[first] = (word[first] & ~(mask << shift)) | ((bits & mask) << shift);
    if (shift + count > 64) {
      const int over = 64 - shift;
      word[first + 1] = (word[first + 1] & ~(mask >> over)) | ((bits & mask) >> over);
    }
  }
  /// At most 64 bits at a time.
  ap_range_ref<ap_int_base> range(int high, int low) { return {*this, high, low}; }
  ap_range_ref<const ap_int_base> range(int high, int low) const { return {*this, high, low}; }
  ap_range_ref<ap_int_base> operator()(int high, int low) { return {*this, high, low}; }
  ap_range_ref<const ap_int_base> operator()(int high, int low) const { return {*this, high, low}; }
  ap_range_ref<ap_int_base> operator[](int bit) { return {*this, bit, bit}; }
  bool operator[](int bit) const { return bits_at(bit, 1) != 0; }

  bool operator==(const ap_int_base &other) const { return std::memcmp(word, other.word, sizeof word) == 0; }
  bool operator!=(const ap_int_base &other) const { return !(*this == other); }
  ap_int_base operator~() const {
    ap_int_base result;
    for (int i = 0; i < words; ++i) result.word[i] = ~word[i];
    result.trim();
    return result;
  }
  ap_int_base operator&(const ap_int_base &b) const {
    ap_int_base result;
    for (int i = 0; i < words; ++i) result.word[i] = word[i] & b.word[i];
    return result;
  }
  ap_int_base operator|(const ap_int_base &b) const {
    ap_int_base result;
    for (int i = 0; i < words; ++i) result.word[i] = word[i] | b.word[i];
    return result;
  }
  ap_int_base operator^(const ap_int_base &b) const {
    ap_int_base result;
    for (int i = 0; i < words; ++i) result.word[i] = word[i] ^ b.word[i];
    result.trim();
    return result;
  }

private:
  template <typename T> uint64_t load(int lane) const {
    T value;
    std::memcpy(&value, reinterpret_cast<const char *>(word) + lane * static_cast<int>(sizeof(T)), sizeof value);
    return value;
  }
  template <typename T> void store(int lane, T value) {
    std::memcpy(reinterpret_cast<char *>(word) + lane * static_cast<int>(sizeof(T)), &value, sizeof value);
  }
  void fill(uint64_t low, bool negative) {
    word[0] = low;
    for (int i = 1; i < words; ++i) word[i] = negative ? ~uint64_t{0} : 0;
    trim();
  }
  /// Bits above W are kept at 0, in memory as in ==.
  void trim() {
    if constexpr (W % 64 != 0) word[words - 1] &= (uint64_t{1} << (W % 64)) - 1;
  }
};

template <int W> struct ap_int : ap_int_base<W, true> {
  using base = ap_int_base<W, true>;
  using base::base;
  ap_int() = default;
  constexpr ap_int(const base &other) : base(other) {}
};

template <int W> struct ap_uint : ap_int_base<W, false> {
  using base = ap_int_base<W, false>;
  using base::base;
  ap_uint() = default;
  constexpr ap_uint(const base &other) : base(other) {}
};

namespace tilewright {

/// A native integer as the ap_int of its own width.
template <typename T> using lifted = ap_int_base<native_bits<T>, std::is_signed<T>::value>;

template <int W1, bool S1, int W2, bool S2> struct grown {
  static constexpr int common = max_of(W1 + (S2 && !S1), W2 + (S1 && !S2));
  static constexpr bool s = S1 || S2;
  using add = ap_int_base<common + 1, s>;
  using sub = ap_int_base<common + 1, true>;
  using mul = ap_int_base<W1 + W2, s>;
  using div = ap_int_base<W1 + S2, s>;
  using mod = ap_int_base<min_of(W1, W2 + (!S2 && S1)), S1>;
  using logic = ap_int_base<common, s>;
};

} // namespace tilewright

#define TILEWRIGHT_ARITHMETIC(OPERATOR, KIND)                                                       \
  template <int W1, bool S1, int W2, bool S2>                                                       \
  constexpr typename tilewright::grown<W1, S1, W2, S2>::KIND operator OPERATOR(                     \
      const ap_int_base<W1, S1, false> &a, const ap_int_base<W2, S2, false> &b) {                   \
    using result = typename tilewright::grown<W1, S1, W2, S2>::KIND;                                \
    using value = typename result::value_type;                                                      \
    return result::exact(                                                                           \
        static_cast<value>(static_cast<value>(a.v) OPERATOR static_cast<value>(b.v)));              \
  }                                                                                                 \
  template <int W1, bool S1, typename T, tilewright::if_native<T> = 0>                              \
  constexpr auto operator OPERATOR(const ap_int_base<W1, S1, false> &a, T b) {                      \
    return a OPERATOR tilewright::lifted<T>(b);                                                     \
  }                                                                                                 \
  template <int W1, bool S1, typename T, tilewright::if_native<T> = 0>                              \
  constexpr auto operator OPERATOR(T a, const ap_int_base<W1, S1, false> &b) {                      \
    return tilewright::lifted<T>(a) OPERATOR b;                                                     \
  }

TILEWRIGHT_ARITHMETIC(+, add)
TILEWRIGHT_ARITHMETIC(-, sub)
TILEWRIGHT_ARITHMETIC(*, mul)
TILEWRIGHT_ARITHMETIC(&, logic)
TILEWRIGHT_ARITHMETIC(|, logic)
TILEWRIGHT_ARITHMETIC(^, logic)
#undef TILEWRIGHT_ARITHMETIC

/// Division truncates towards 0 and the remainder has the sign of the dividend, as in C.
#define TILEWRIGHT_DIVISION(OPERATOR, KIND)                                                         \
  template <int W1, bool S1, int W2, bool S2>                                                       \
  constexpr typename tilewright::grown<W1, S1, W2, S2>::KIND operator OPERATOR(                     \
      const ap_int_base<W1, S1, false> &a, const ap_int_base<W2, S2, false> &b) {                   \
    using result = typename tilewright::grown<W1, S1, W2, S2>::KIND;                                \
    using wide = typename tilewright::machine_int<                                                  \
        tilewright::max_of(W1, W2) + 1, S1 || S2>::type;                                            \
    return result(ap_int_base<tilewright::max_of(W1, W2) + 1, S1 || S2>::exact(                     \
        static_cast<wide>(static_cast<wide>(a.v) OPERATOR static_cast<wide>(b.v))));                \
  }                                                                                                 \
  template <int W1, bool S1, typename T, tilewright::if_native<T> = 0>                              \
  constexpr auto operator OPERATOR(const ap_int_base<W1, S1, false> &a, T b) {                      \
    return a OPERATOR tilewright::lifted<T>(b);                                                     \
  }                                                                                                 \
  template <int W1, bool S1, typename T, tilewright::if_native<T> = 0>                              \
  constexpr auto operator OPERATOR(T a, const ap_int_base<W1, S1, false> &b) {                      \
    return tilewright::lifted<T>(a) OPERATOR b;                                                     \
  }

TILEWRIGHT_DIVISION(/, div)
TILEWRIGHT_DIVISION(%, mod)
#undef TILEWRIGHT_DIVISION

#define TILEWRIGHT_COMPARISON(OPERATOR)                                                             \
  template <int W1, bool S1, int W2, bool S2>                                                       \
  constexpr bool operator OPERATOR(const ap_int_base<W1, S1, false> &a,                             \
                                   const ap_int_base<W2, S2, false> &b) {                           \
    static_assert(S1 == S2, "compare ap_int with ap_uint through a common type: C's rules differ"); \
    using value = typename tilewright::machine_int<tilewright::max_of(W1, W2), S1>::type;           \
    return static_cast<value>(a.v) OPERATOR static_cast<value>(b.v);                                \
  }                                                                                                 \
  template <int W1, bool S1, typename T, tilewright::if_native<T> = 0>                              \
  constexpr bool operator OPERATOR(const ap_int_base<W1, S1, false> &a, T b) {                      \
    using value = typename tilewright::machine_int<                                                 \
        tilewright::max_of(W1, tilewright::native_bits<T>) + 1, true>::type;                        \
    return static_cast<value>(a.v) OPERATOR static_cast<value>(b);                                  \
  }                                                                                                 \
  template <int W1, bool S1, typename T, tilewright::if_native<T> = 0>                              \
  constexpr bool operator OPERATOR(T a, const ap_int_base<W1, S1, false> &b) {                      \
    using value = typename tilewright::machine_int<                                                 \
        tilewright::max_of(W1, tilewright::native_bits<T>) + 1, true>::type;                        \
    return static_cast<value>(a) OPERATOR static_cast<value>(b.v);                                  \
  }

TILEWRIGHT_COMPARISON(==)
TILEWRIGHT_COMPARISON(!=)
TILEWRIGHT_COMPARISON(<)
TILEWRIGHT_COMPARISON(<=)
TILEWRIGHT_COMPARISON(>)
TILEWRIGHT_COMPARISON(>=)
#undef TILEWRIGHT_COMPARISON

namespace tilewright {

template <int W, bool S> constexpr ap_int_base<W, S> shift_left(const ap_int_base<W, S, false> &a, unsigned by) {
  using u = typename machine_int<W, S>::u;
  if (by >= static_cast<unsigned>(W)) return ap_int_base<W, S>(0);
  return ap_int_base<W, S>::exact(wrap<W, S>(static_cast<u>(static_cast<u>(a.v) << by)));
}

template <int W, bool S> constexpr ap_int_base<W, S> shift_right(const ap_int_base<W, S, false> &a, unsigned by) {
  using value = typename machine_int<W, S>::type;
  const unsigned most = static_cast<unsigned>(W) - 1;
  if (!S && by > most) return ap_int_base<W, S>(0);
  return ap_int_base<W, S>::exact(static_cast<value>(a.v >> (by > most ? most : by)));
}

} // namespace tilewright

// A negative amount shifts the other way, as in Vitis.
template <int W, bool S> constexpr ap_int_base<W, S> operator<<(const ap_int_base<W, S, false> &a, int by) {
  return by < 0 ? tilewright::shift_right(a, static_cast<unsigned>(-by))
                : tilewright::shift_left(a, static_cast<unsigned>(by));
}
template <int W, bool S> constexpr ap_int_base<W, S> operator>>(const ap_int_base<W, S, false> &a, int by) {
  return by < 0 ? tilewright::shift_left(a, static_cast<unsigned>(-by))
                : tilewright::shift_right(a, static_cast<unsigned>(by));
}
template <int W, bool S, int W2>
constexpr ap_int_base<W, S> operator<<(const ap_int_base<W, S, false> &a, const ap_int_base<W2, false, false> &by) {
  return tilewright::shift_left(a, by.to_uint());
}
template <int W, bool S, int W2>
constexpr ap_int_base<W, S> operator>>(const ap_int_base<W, S, false> &a, const ap_int_base<W2, false, false> &by) {
  return tilewright::shift_right(a, by.to_uint());
}
template <int W, bool S, int W2>
constexpr ap_int_base<W, S> operator<<(const ap_int_base<W, S, false> &a, const ap_int_base<W2, true, false> &by) {
  return a << by.to_int();
}
template <int W, bool S, int W2>
constexpr ap_int_base<W, S> operator>>(const ap_int_base<W, S, false> &a, const ap_int_base<W2, true, false> &by) {
  return a >> by.to_int();
}

#endif
