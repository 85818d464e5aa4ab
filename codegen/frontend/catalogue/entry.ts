/**
 * Code of an example. A string is the middle of a process, where `v` is a beat of 16 × `u32`. The other
 * parts stand elsewhere in the kernel: beside its functions, at the start of `dataflow`, among its
 * arguments; `kernel` is a whole file but for its imports.
 */
export interface ExampleParts {
  readonly top?: string;
  readonly body?: string;
  readonly dataflow?: string;
  readonly arguments?: string;
  readonly kernel?: string;
}

export type Example = string | ExampleParts;

/** What the documentation and `tilewright explain` say about a code. */
export interface CatalogueEntry {
  /** What is wrong, in a line without a full stop. */
  readonly title: string;
  /** Why it cannot become hardware, or what would go wrong. */
  readonly why: string;
  readonly wrong: Example;
  readonly right: Example;
  /** A warning's kernel compiles; an error's does not. */
  readonly severity?: 'warning';
  /** TypeScript says this first; the code speaks where its types were cast away. */
  readonly behindTypes?: true;
}

export type Catalogue = Readonly<Record<string, CatalogueEntry>>;
