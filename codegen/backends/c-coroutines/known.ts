/** What the IR's validation has made sure of: that a name it uses is declared. */
export function known<T>(value: T | undefined, name: string): T {
  if (value !== undefined) return value;
  throw new Error(`the IR names ${name}, which is not there`);
}
