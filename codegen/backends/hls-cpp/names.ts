import { NameScope as Names } from '../../support/name-scope.ts';

/** C++'s own words, and `l`: the lane in every loop over the lanes of a vector. */
const reserved = new Set(
  `alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t class
  compl const const_cast constexpr continue decltype default delete do double dynamic_cast else enum
  explicit export extern false float for friend goto if inline int long mutable namespace new noexcept
  not not_eq nullptr operator or or_eq private protected public register reinterpret_cast return short
  signed sizeof static static_assert static_cast struct switch template this thread_local throw true
  try typedef typeid typename union unsigned using virtual void volatile wchar_t while xor xor_eq
  l NULL INT_MAX INT_MIN EOF assert errno main std hls tilewright ap_int ap_uint ap_fixed ap_ufixed
  ap_int_base ap_range_ref Vec linux unix stdin stdout stderr`.split(/\s+/),
);

/** Functions that C's headers may declare: a table or a function of ours must not have such a name. */
const library = new Set(
  `abs accept access alarm bind ceil clock close connect cos creat div dup exit exp floor free gamma
  index j0 j1 jn kill link listen log log2 main nice open pause pipe pow printf putc puts rand read
  remove rename rint round select send signal sin sleep socket sqrt swab sync system tan tell time
  times tolower toupper truncate wait write y0 y1 yn
  memcpy memmove memset memcmp memchr strlen strcpy strcat strcmp strdup strtol atoi atol atof malloc
  calloc realloc abort atexit qsort bsearch labs fabs fmin fmax fmod hypot cbrt asin acos atan atan2 sinh
  cosh tanh log10 log1p exp2 expm1 erf erfc tgamma lgamma nearbyint trunc fma fdim copysign modf frexp
  ldexp logb fputs fgets fopen fclose fread fwrite fflush getc gets getchar putchar scanf sprintf snprintf
  perror raise ctime mktime difftime gmtime localtime bcmp bcopy bzero ffs rindex random environ`.split(
    /\s+/,
  ),
);

/** The names of a C++ file, or of one function in it. */
export class NameScope extends Names {
  constructor(outer?: NameScope) {
    super({ reserved, library }, outer);
  }
}
