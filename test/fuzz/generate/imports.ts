const values = [
  'all',
  'any',
  'array',
  'assert',
  'fixed',
  'kernel',
  'mulHigh',
  'mulLow',
  'pipeline',
  'print',
  'readMemory',
  'scalar',
  'shiftLeft',
  'shiftRight',
  'stream',
  'sum',
  'table',
  'ufixed',
  'unroll',
  'vec',
  'vecOf',
  'writeMemory',
];
const types = ['LocalArray', 'ReadPort', 'Stream', 'ValueOf', 'Vec', 'WritePort'];

/** The import of what a text uses of the kernel language. */
export function imports(text: string): string {
  const words = new Set(text.match(/\b\w+\b/g));
  const integers = Array.from({ length: 64 }, (_, at) => [`u${at + 1}`, `i${at + 1}`]).flat();
  const names = [
    ...values.filter((one) => words.has(one)),
    ...integers.filter((one) => words.has(one)),
    ...types.filter((one) => words.has(one)).map((one) => `type ${one}`),
  ];
  const lines: string[] = [];
  for (let at = 0; at < names.length; at += 12)
    lines.push(`  ${names.slice(at, at + 12).join(', ')},`);
  return `import {\n${lines.join('\n')}\n} from 'tilewright/language';\n\n`;
}
