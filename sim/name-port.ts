import type { Manifest } from '../codegen/package/manifest.ts';

/**
 * Adds to the port that a message begins with which memory of the kernel it belongs to:
 * `port m_axi_x, cycle 7` becomes `port m_axi_x (memory x, kernel.ts:12:5), cycle 7`.
 */
export function namePort(manifest: Manifest, text: string): string {
  return text.replace(/^port (\w+)/, (found, name: string) => {
    const port = manifest.ports.find((one) => one.name === name);
    const memory = manifest.arguments.find((one) => one.kind === 'memory' && one.port === name);
    if (port === undefined || memory === undefined) return found;
    const { file, line, column } = port.source;
    return `${found} (memory ${memory.name}, ${file}:${line}:${column})`;
  });
}
