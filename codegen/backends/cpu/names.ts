import { NameScope as Names } from '../../support/name-scope.ts';

/** C++'s words, and every name that the emitted code has of its own: `l` is the lane in loops over lanes. */
const reserved = new Set(
  `alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t class compl
  concept const consteval constexpr constinit const_cast continue co_await co_return co_yield decltype default
  delete do double dynamic_cast else enum explicit export extern false float for friend goto if inline int long
  mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public register
  reinterpret_cast requires restrict return short signed sizeof static static_assert static_cast struct switch
  template this thread_local throw true try typedef typeid typename typeof union unsigned using virtual void
  volatile wchar_t while xor xor_eq final override import module linux unix i386 assert NULL errno stdin stdout
  stderr EOF
  schar uchar ushort uint ulong size_t
  i8x16 u8x16 i8x32 u8x32 i16x8 u16x8 i16x16 u16x16 i32x4 u32x4 i32x8 u32x8 i64x2 u64x2 i64x4 u64x4
  min max clamp l w at next suspend state workspace bulk stream_counters port queue text_of lane_of load
  load_part store store_part splat widen widen_from widen_lanes narrow narrow_one any_lane look_up count_lanes fail_request always visible lanes_in element_of beat_of put_line explain run_all fold either either_lanes range_of any in_signed in_unsigned multiply_wide multiply_high shift_floor
  mixed_equal mixed_below mixed_not_above shift_left_uint shift_left_ulong shift_right_int shift_right_uint
  shift_right_long shift_right_ulong next_beat ask pause turns_in fetch_lines start put_text put_number begin_line end_line unlikely
  fail_at failed moved relaxed unread failure waiting logs message whole seen generation stopped first rotate
  process_names stream_names memory_names process_list tilewright_open tilewright_close tilewright_run
  tilewright_outcome STARVED DEADLOCK BURST_LENGTH OUT_OF_RANGE ASSERTION
  ARRAY_INDEX STREAM_LEFT BEATS_LEFT RESPONSES_LEFT FINISHED`.split(/\s+/),
);

/** What the C library declares outside functions, as far as the emitted file sees it. */
const library = new Set(
  `abs labs llabs div ldiv lldiv atof atoi atol atoll strtod strtol strtoul rand srand malloc calloc realloc free
  aligned_alloc abort exit atexit system getenv bsearch qsort mblen memcpy memmove memset memcmp memchr strcpy
  strcat strcmp strlen strcoll strchr strstr strtok strerror strdup index rindex snprintf printf fprintf
  sprintf puts putchar getchar remove rename fopen fclose fread fwrite read write open close select random
  main signal std div_t ldiv_t bcmp bcopy bzero ffs mempcpy stpcpy swab alloca a64l l64a drand48 erand48
  lrand48 nrand48 mrand48 jrand48 srand48 seed48 lcong48 random_r initstate setstate srandom rand_r mktemp
  mkstemp getsubopt getloadavg realpath perror tmpfile tmpnam getline getdelim dprintf ecvt fcvt gcvt
  int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t u_char u_short u_int u_long id_t`.split(
    /\s+/,
  ),
);

/** The names of an emitted C++ file, or of one function in it. */
export class NameScope extends Names {
  constructor(outer?: NameScope | Names) {
    super({ reserved, library }, outer);
  }
}
