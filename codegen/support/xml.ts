import { SaxesParser } from 'saxes';
import { TilewrightError } from './errors.ts';

/** An element of an XML document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The text directly inside it, its parts joined, without the white space around it. */
  readonly text: string;
}

/** An element whose end has not come yet. */
interface OpenElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  readonly texts: string[];
}

/** Deeper documents are no reports and no metadata; who walks through the tree should not be the one to suffer. */
const deepest = 1000;

/**
 * The root element of an XML document: elements, attributes, text and CDATA. Namespaces stay in the names; a
 * document type is passed over and never followed.
 * @throws TilewrightError `XML` with the line, when the text is cut off or is no XML.
 */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: false, position: true } as const);
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  const fail = (what: string): never => {
    throw new TilewrightError(`line ${parser.line}: ${what}`, {
      code: 'XML',
      hint: 'The file is damaged, cut off or no XML: make it again.',
    });
  };
  const addText = (part: string): void => void open.at(-1)?.texts.push(part);
  parser.on('error', ({ message }) => fail(message.replace(/^\d+:\d+: /, '').replace(/\.$/, '')));
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('opentag', ({ name, attributes }) => {
    if (open.push({ name, attributes, children: [], texts: [] }) > deepest) {
      fail(`elements are nested over ${deepest} deep`);
    }
  });
  parser.on('closetag', () => {
    // The parser has checked that an end follows its start.
    const { texts, ...element } = open.pop() as OpenElement;
    const closed = { ...element, text: texts.join('').trim() };
    const parent = open.at(-1);
    if (parent === undefined) root = closed;
    else parent.children.push(closed);
  });
  parser.write(text).close();
  return root ?? fail('there is no element');
}

/** The first element of that path of names below `element`. */
export function xmlAt(element: XmlElement, ...path: readonly string[]): XmlElement | undefined {
  let found: XmlElement | undefined = element;
  for (const name of path) found = found?.children.find((child) => child.name === name);
  return found;
}
