import type { Span } from '../../ir/ir.ts';

/** Lines of C as they are printed, each indented by the depth of its block. */
export class CodeLines {
  protected readonly lines: string[] = [];
  private indent = 1;
  private lastOrigin = '';

  protected line(text: string): void {
    this.lines.push(`${'  '.repeat(this.indent)}${text}`);
  }

  protected nested(print: () => void): void {
    this.indent += 1;
    print();
    this.indent -= 1;
  }

  /** Says which line of the kernel follows, where it is another than before. */
  protected source(span: Span | undefined): void {
    if (span === undefined) return;
    const origin = `// ${span.file}:${span.line}`;
    if (origin !== this.lastOrigin) this.line(origin);
    this.lastOrigin = origin;
  }

  /** Where code is printed once more: its first line is told again. */
  protected forgetSource(): void {
    this.lastOrigin = '';
  }
}
