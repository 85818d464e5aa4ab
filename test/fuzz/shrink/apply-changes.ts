import type { Change, Edit } from './reduction.ts';

/**
 * A text with as many of the changes as go together, the first ones first; the names they need are imported.
 * An edit within a part that another one takes away falls away.
 */
export function applyChanges(source: string, changes: readonly Change[]): string {
  const taken: Change[] = [];
  for (const change of changes) {
    if (taken.every((one) => !meet(one.site, change.site) && compatible(one, change))) {
      taken.push(change);
    }
  }
  const edits = outermost(taken.flatMap((one) => one.edits));
  let text = source;
  for (const { from, to, text: by } of edits.sort((a, b) => b.from - a.from)) {
    text = text.slice(0, from) + by + text.slice(to);
  }
  return withImports(
    text,
    taken.flatMap((one) => one.needs ?? []),
  );
}

function meet(
  a: { readonly from: number; readonly to: number },
  b: { readonly from: number; readonly to: number },
): boolean {
  return a.from < b.to && b.from < a.to;
}

function within(inner: Edit, outer: Edit): boolean {
  return inner.from >= outer.from && inner.to <= outer.to;
}

/** Two edits may be apart, the same, or one in the other; they may not overlap in part. */
function compatible(one: Change, other: Change): boolean {
  return other.edits.every((b) =>
    one.edits.every((a) => !meet(a, b) || within(a, b) || within(b, a)),
  );
}

function outermost(edits: readonly Edit[]): Edit[] {
  return edits.filter((one, at) =>
    edits.every((other, index) => {
      if (other === one || !within(one, other)) return true;
      // Of two on the same place the first counts; an insertion beside a deletion stays.
      if (within(other, one)) return at < index;
      return one.from === one.to && (one.from === other.from || one.to === other.to);
    }),
  );
}

const language = /import\s*\{([^}]*)\}\s*from\s*'tilewright\/language';/;

function withImports(source: string, names: readonly string[]): string {
  if (names.length === 0) return source;
  return source.replace(language, (clause: string, listed: string) => {
    const known = new Set(listed.split(',').map((one) => one.trim()));
    const missing = [...new Set(names)].filter((one) => !known.has(one));
    return missing.length === 0 ? clause : clause.replace('{', `{ ${missing.join(', ')},`);
  });
}
