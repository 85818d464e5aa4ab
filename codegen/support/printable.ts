/** A text of a file of anybody's, fit to be shown on a terminal: control characters become `�`. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\ufffd');
}
