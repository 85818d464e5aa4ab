import { TilewrightError } from '../support/errors.ts';
import type { Span } from './ir.ts';

/** The text of the IR as lines of tokens, blocks by indentation: what `parse.ts` reads. */

export interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'mark';
  /** A string's content, without its quotes; the text of anything else. */
  readonly text: string;
  readonly column: number;
}

export interface Line {
  readonly tokens: readonly Token[];
  readonly line: number;
  /** Spaces before the first token. */
  readonly indent: number;
  /** The lines below it that stand further right. */
  readonly block: readonly Line[];
}

/** @throws always: what is wrong with the text, at a place in it. */
export function refuse(span: Span, message: string, hint: string): never {
  const place = `${span.file}:${span.line}:${span.column}`;
  throw new TilewrightError(`${place}: error IR_TEXT: ${message}`, {
    code: 'IR_TEXT',
    hint,
    location: span,
  });
}

const tokens =
  /\s*(?:(\/\/.*)|([\p{L}_][\p{L}\p{N}_$]*(?:-[a-z]+)*)|("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)|(\.\.|[:=,()[\]{}$]))/uy;

function tokensOf(text: string, file: string, line: number): Token[] {
  const found: Token[] = [];
  tokens.lastIndex = 0;
  while (tokens.lastIndex < text.trimEnd().length) {
    const start = tokens.lastIndex;
    const match = tokens.exec(text);
    if (match === null) {
      const column = start + (/\S/.exec(text.slice(start))?.index ?? 0) + 1;
      return refuse(
        { file, line, column },
        `"${text.slice(column - 1)}" is no text of the IR`,
        'Write names, numbers, "text" and the marks : = , ( ) [ ] { } $ as the printer does.',
      );
    }
    const [all, comment, name, string, number, mark] = match;
    if (comment !== undefined) break;
    const written = name ?? string ?? number ?? mark;
    const column = start + all.length - written.length + 1;
    if (name !== undefined) found.push({ kind: 'name', text: name, column });
    else if (number !== undefined) found.push({ kind: 'number', text: number, column });
    else if (mark !== undefined) found.push({ kind: 'mark', text: mark, column });
    else found.push({ kind: 'string', text: unquoted(string, { file, line, column }), column });
  }
  return found;
}

function unquoted(text: string, span: Span): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return refuse(span, `${text} is no string`, 'Write strings as JSON does.');
  }
}

/** The lines of a text that are not blank, each with its block. */
export function linesOf(text: string, file: string): readonly Line[] {
  const flat = text.split('\n').flatMap((one, at): Omit<Line, 'block'>[] => {
    const list = tokensOf(one, file, at + 1);
    return list.length === 0 ? [] : [{ tokens: list, line: at + 1, indent: list[0].column - 1 }];
  });
  let at = 0;
  const block = (outer: number): Line[] => {
    const list: Line[] = [];
    while (at < flat.length && flat[at].indent > outer) {
      const head = flat[at];
      const [first = head] = list;
      if (head.indent !== first.indent) {
        refuse(
          { file, line: head.line, column: head.indent + 1 },
          `this line is indented by ${head.indent}, the block it is in by ${first.indent}`,
          'The lines of a block begin in one column, two spaces right of the line they belong to.',
        );
      }
      at += 1;
      list.push({ ...head, block: block(head.indent) });
    }
    return list;
  };
  return block(-1);
}
