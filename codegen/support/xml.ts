import { TilewrightError } from './errors.ts';

/** An element of an XML document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The text directly inside it, its parts joined, without the white space around it. */
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  readonly texts: string[];
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** Deeper documents are no reports and no metadata; their reader should not be the one to suffer. */
const deepest = 1000;

function decode(text: string): string {
  return text.replace(/&(#x[\da-f]+|#\d+|\w+);/gi, (whole, entity: string) => {
    if (!entity.startsWith('#')) return named[entity] ?? whole;
    const code = /^#x/i.test(entity)
      ? Number.parseInt(entity.slice(2), 16)
      : Number(entity.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/**
 * One piece of a document after another, each where the last one ended. What an alternative begins with
 * decides it, and none takes more than linear time to see that it does not fit.
 */
const piece =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<!DOCTYPE[^>]*>|<\/([^\s<>]+)\s*>|<([^\s/<>!?"']+)(?=[\s/>])((?:[^<>"']|"[^"]*"|'[^']*')*)>|([^<]+)/gy;
const attribute = /(?<![^\s])([^\s="']+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/**
 * The root element of an XML document: elements, attributes, text, CDATA, the five named entities and
 * numeric ones. Namespaces stay in the names; a document type is passed over and never followed.
 * @throws TilewrightError `XML` with the line, when the text is cut off or is no XML.
 */
export function parseXml(text: string): XmlElement {
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let position = 0;
  const fail = (what: string): never => {
    const line = text.slice(0, position).split('\n').length;
    throw new TilewrightError(`line ${line}: ${what}`, {
      code: 'XML',
      hint: 'The file is damaged, cut off or no XML: make it again.',
    });
  };
  const add = (element: XmlElement): void => {
    const parent = open.at(-1);
    if (parent !== undefined) parent.children.push(element);
    else if (root === undefined) root = element;
    else fail(`<${element.name}> follows the root element <${root.name}>`);
  };
  const close = ({ name, attributes, children, texts }: OpenElement): void =>
    add({ name, attributes, children, text: texts.join('').trim() });
  for (const match of text.matchAll(piece)) {
    if (match.index !== position) fail('this is no XML');
    const [whole, cdata, ending, starting, rest = '', plain] = match;
    if (cdata !== undefined) open.at(-1)?.texts.push(cdata);
    if (plain !== undefined) {
      if (open.length > 0) open.at(-1)?.texts.push(decode(plain));
      else if (plain.replace('\ufeff', '').trim() !== '')
        fail('there is text outside the root element');
    }
    if (ending !== undefined) {
      const last = open.pop();
      if (last?.name !== ending) {
        fail(`</${ending}> closes ${last === undefined ? 'nothing' : `<${last.name}>`}`);
      } else close(last);
    }
    if (starting !== undefined) {
      const empty = rest.endsWith('/');
      const attributes: Record<string, string> = {};
      for (const [, name = '', double, single] of rest.matchAll(attribute)) {
        attributes[name] = decode(double ?? single ?? '');
      }
      const element = { name: starting, attributes, children: [], texts: [] };
      if (empty) close(element);
      else if (open.push(element) > deepest) fail(`elements are nested over ${deepest} deep`);
    }
    position += whole.length;
  }
  if (position !== text.length) fail('this is no XML');
  if (open.length > 0) fail(`the text ends inside <${open.at(-1)?.name}>`);
  return root ?? fail('there is no element');
}

/** The first element of that path of names below `element`. */
export function xmlAt(element: XmlElement, ...path: readonly string[]): XmlElement | undefined {
  let found: XmlElement | undefined = element;
  for (const name of path) found = found?.children.find((child) => child.name === name);
  return found;
}
