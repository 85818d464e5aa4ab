/** A C string of the UTF-8 bytes. */
export function stringLiteral(text: string): string {
  const bytes = [...Buffer.from(text, 'utf8')].map((byte) => {
    const char = String.fromCharCode(byte);
    if (char === '"' || char === '\\' || char === '?') return `\\${char}`;
    if (byte >= 0x20 && byte < 0x7f) return char;
    return `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${bytes.join('')}"`;
}
