/** Statements that a printed expression needs before it, in order. */
interface Part {
  /** The temporary variable that they define; undefined where they do something by themselves. */
  readonly owner: string | undefined;
  readonly lines: readonly string[];
}

export function mentionsName(text: string, name: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(text);
}

/**
 * Collects the statements that come before the one being printed. Folding may drop a text after its
 * temporaries were written down: `take` leaves out those that nothing mentions.
 */
export class Prelude {
  private parts: Part[] = [];

  add(owner: string | undefined, ...lines: readonly string[]): void {
    this.parts.push({ owner, lines });
  }

  /** Everything collected that `statement` needs, directly or through other temporaries. */
  take(statement: string): readonly string[] {
    const { parts } = this;
    this.parts = [];
    const live = new Set<string>();
    const wanted = (part: Part) => part.owner === undefined || live.has(part.owner);
    for (let grown = true; grown; ) {
      grown = false;
      for (const { owner } of parts) {
        if (owner === undefined || live.has(owner)) continue;
        const elsewhere = parts.filter((part) => part.owner !== owner && wanted(part));
        const text = [statement, ...elsewhere.flatMap(({ lines }) => lines)].join('\n');
        if (!mentionsName(text, owner)) continue;
        live.add(owner);
        grown = true;
      }
    }
    return parts.filter(wanted).flatMap(({ lines }) => lines);
  }
}
