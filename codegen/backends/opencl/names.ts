import { NameScope as Names } from '../../support/name-scope.ts';

/** OpenCL C's words, and every name that the emitted code has of its own: `l` is the lane in loops over lanes. */
const reserved = new Set(
  `auto break case char const continue default do double else enum extern float for goto if inline int
  long register restrict return short signed sizeof static struct switch typedef union unsigned void
  volatile while bool half uchar ushort uint ulong size_t ptrdiff_t intptr_t uintptr_t image2d_t image3d_t
  image2d_array_t image1d_t image1d_buffer_t image1d_array_t sampler_t event_t kernel global local constant
  private read_only write_only read_write uniform pipe generic true false NULL asm typeof imaginary complex quad
  class namespace template operator new delete this try catch throw using virtual friend public protected
  linux unix i386
  min max clamp get_global_id l w at suspend waiting state report report_bytes workspace workspace_bytes slices item
  head words clear running failed moved failure logged bulk aligned counters port run_all
  mixed_equal mixed_below mixed_not_above shift_left_uint shift_left_ulong shift_right_int shift_right_uint
  shift_right_long shift_right_ulong next_beat ask pause put_byte put_text put_number begin_line end_line
  fail_at FINISHED STARVED DEADLOCK BURST_LENGTH OUT_OF_RANGE ASSERTION ARRAY_INDEX STREAM_LEFT BEATS_LEFT
  RESPONSES_LEFT`.split(/\s+/),
);

/** OpenCL C's functions, macros and types of vectors: nothing outside a function may have such a name. */
const library = new Set(
  `abs abs_diff acos acosh acospi add_sat all any as_int as_uint as_long as_ulong as_float as_double
  asin asinh asinpi async_work_group_copy async_work_group_strided_copy atan atan2 atan2pi atanh atanpi
  atomic_add atomic_and atomic_cmpxchg atomic_dec atomic_inc atomic_max atomic_min atomic_or atomic_sub
  atomic_xchg atomic_xor barrier bitselect cbrt ceil clz copysign cos cosh cospi cross degrees distance dot
  erf erfc exp exp10 exp2 expm1 fabs fast_distance fast_length fast_normalize fdim floor fma fmax fmin fmod
  fract frexp get_global_offset get_group_id get_image_depth get_image_height get_image_width get_local_id
  get_local_size get_num_groups get_work_dim hadd hypot ilogb isequal isfinite isgreater isinf isless isnan
  isnormal isnotequal isordered isunordered ldexp length lgamma lgamma_r log log10 log1p log2 logb mad mad24
  mad_hi mad_sat maxmag mem_fence minmag mix modf mul24 mul_hi nan nextafter normalize popcount pow pown powr
  prefetch printf radians read_imagef read_imagei read_imageui read_mem_fence remainder remquo rhadd rint
  rootn rotate round rsqrt select shuffle shuffle2 sign signbit sin sincos sinh sinpi smoothstep sqrt step
  sub_sat tan tanh tanpi tgamma trunc upsample vec_step vload2 vload3 vload4 vload8 vload16 vstore2 vstore3
  vstore4 vstore8 vstore16 wait_group_events write_imagef write_imagei write_imageui write_mem_fence
  convert_int convert_uint convert_long convert_ulong
  INFINITY NAN MAXFLOAT HUGE_VAL HUGE_VALF CHAR_BIT CHAR_MAX CHAR_MIN INT_MAX INT_MIN LONG_MAX LONG_MIN
  SCHAR_MAX SCHAR_MIN SHRT_MAX SHRT_MIN UCHAR_MAX USHRT_MAX UINT_MAX ULONG_MAX EOF stdin stdout stderr`.split(
    /\s+/,
  ),
);

/** The names of an OpenCL C file, or of one function in it. */
export class NameScope extends Names {
  constructor(outer?: NameScope) {
    super({ reserved, library }, outer);
  }
}
