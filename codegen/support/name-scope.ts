export interface ForbiddenNames {
  /** The target language's own words, forbidden everywhere. */
  readonly reserved: ReadonlySet<string>;
  /** Names that its libraries declare, forbidden for what stands outside functions. */
  readonly library: ReadonlySet<string>;
}

/**
 * Names of the IR are those of the TypeScript source; a target of the C family forbids some of them. A scope
 * keeps a name wherever it can and appends an underscore or a number where it cannot.
 */
export class NameScope {
  private readonly forbidden: ForbiddenNames;
  private readonly taken = new Set<string>();
  private readonly outer: NameScope | undefined;

  constructor(forbidden: ForbiddenNames, outer?: NameScope) {
    this.forbidden = forbidden;
    this.outer = outer;
  }

  private has(name: string): boolean {
    return (
      this.forbidden.reserved.has(name) || this.taken.has(name) || (this.outer?.has(name) ?? false)
    );
  }

  private isFree(name: string): boolean {
    return !this.has(name) && !(this.outer === undefined && this.forbidden.library.has(name));
  }

  /** An identifier as near to `wanted` as possible, distinct from every other one in scope. */
  claim(wanted: string): string {
    let base = wanted.replace(/[^A-Za-z0-9_]/g, '_').replace(/__+/g, '_');
    // A leading underscore or digit, and a double underscore anywhere, belong to the compiler.
    if (!/^[A-Za-z]/.test(base)) base = `v${base}`;
    let name = base;
    for (let number = 0; !this.isFree(name); number++) {
      name =
        number === 0 && !base.endsWith('_') ? `${base}_` : `${base.replace(/_$/, '')}_${number}`;
    }
    this.taken.add(name);
    return name;
  }
}
