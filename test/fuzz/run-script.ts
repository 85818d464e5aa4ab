import type { CrashRecord } from './crash-folder.ts';

/** The text of a crash folder's `run.sh`, which works from wherever the folder lies. */
export function runScript({ kernel, programSeed, findings }: CrashRecord): string {
  const [{ kind, target, text }] = findings;
  const [line] = text.split('\n', 1);
  return `#!/bin/sh
# Checks the kernel ${kernel} (seed ${programSeed}) again: ${target} ${kind}, ${line.replaceAll(/[^\x20-\x7e]/g, ' ')}
# Runs in the checkout of tilewright that this folder lies in, or in the one that $TILEWRIGHT names.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=\${TILEWRIGHT:-$here}
while [ ! -f "$root/test/fuzz/main.ts" ] && [ "$root" != / ] && [ "$root" != . ]; do
  root=$(dirname -- "$root")
done
if [ ! -f "$root/test/fuzz/main.ts" ]; then
  echo "$here is in no checkout of tilewright; name one: TILEWRIGHT=/path/to/tilewright $0" >&2
  exit 2
fi
if [ ! -f "$root/node_modules/.bin/jiti" ]; then
  echo "$root has no packages yet: run npm ci there" >&2
  exit 2
fi
cd "$root"
exec node_modules/.bin/jiti test/fuzz/main.ts --replay "$here" "$@"
`;
}
