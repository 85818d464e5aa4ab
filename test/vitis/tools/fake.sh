# What the stand-ins for AMD's tools share: the banner of a release, which is all that --version asks for.
reports="$(dirname "$0")/../reports"
called="$*"
banner() {
  printf '\n****** %s v%s (64-bit)\n' "$1" "${FAKE_RELEASE:-2024.2}"
  printf '  **** SW Build 5239630 on 2024-11-10-11:19:46\n\n'
  [ "$called" = --version ] && exit 0
  [ -n "$FAKE_CALLS" ] && echo "$1 $called" >> "$FAKE_CALLS"
  return 0
}
