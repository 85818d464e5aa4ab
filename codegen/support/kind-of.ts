/** What somebody gave instead of what was asked for, in a few words for a message. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  const kind = typeof value === 'object' ? (value.constructor?.name ?? 'object') : typeof value;
  return `${/^[AEIO]/i.test(kind) ? 'an' : 'a'} ${kind}`;
}
