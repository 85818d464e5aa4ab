import { expect, test } from 'vitest';
import { parseXml, xmlAt } from '../../codegen/support/xml.ts';

const document = `<?xml version="1.0"?>
<!-- <not an="element"> -->
<profile>
  <Version name='a "b" &amp; c &#65;&#x42;'>2023.2</Version>
  <Loops><L1><II>1</II></L1><L1/></Loops>
  <raw><![CDATA[a < b && c]]> and &lt;more&gt;</raw>
</profile>
`;

test('elements, attributes, text, entities and CDATA', () => {
  const root = parseXml(document);
  expect(root.name).toBe('profile');
  expect(xmlAt(root, 'Version')).toMatchObject({
    text: '2023.2',
    attributes: { name: 'a "b" & c AB' },
  });
  expect(xmlAt(root, 'Loops', 'L1', 'II')?.text).toBe('1');
  expect(xmlAt(root, 'Loops')?.children).toHaveLength(2);
  expect(xmlAt(root, 'raw')?.text).toBe('a < b && c and <more>');
  expect(xmlAt(root, 'Loops', 'missing')).toBeUndefined();
});

test('a document that is cut off anywhere inside its root is an error, never a part of it', () => {
  const start = document.indexOf('<profile>') + 1;
  for (let end = start; end < document.trimEnd().length; end += 1) {
    expect(() => parseXml(document.slice(0, end)), `cut at ${end}`).toThrow(/^line \d+: /);
  }
});

test.each([
  ['', 'document must contain a root element'],
  ['plain', 'text data outside of root node'],
  ['<a></b>', 'unexpected close tag'],
  ['</a>', 'unmatched closing tag: a'],
  ['<a/><b/>', 'only one root'],
  ['<a>\n<1 2', 'line 2: disallowed character in tag name'],
])('%j is refused', (text, message) => {
  expect(() => parseXml(text)).toThrow(message);
});

test('hostile text ends at once', () => {
  for (const part of ['<', '<a ', '<a b="', '<!--', '<![CDATA[', "<a b='c'", '&']) {
    expect(() => parseXml(`<a>${part.repeat(100_000)}`)).toThrow(/line 1/);
  }
  expect(() => parseXml('<a>'.repeat(100_000))).toThrow('nested');
});
