import AdmZip from 'adm-zip';
import { printable } from '../../../support/printable.ts';
import type { SectionReader } from '../section-reader.ts';

/** A file of the zip that a hw_emu BITSTREAM is. */
export interface BitstreamFile {
  readonly path: string;
  readonly bytes: number;
}

/** The oldest that a zip can say, in the local time that zips have: same files, same bytes at any time. */
const noTime = new Date(1980, 0, 1);
const executable = 0o755;

/** A zip of the files, in the order of their paths, each executable, for the emulation to unpack. */
export function encodeBitstreamZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const zip = new AdmZip({ noSort: true });
  const byPath = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [path, bytes] of byPath) {
    const entry = zip.addFile(path, Buffer.from(bytes), '', executable);
    entry.header.time = noTime;
  }
  return zip.toBuffer();
}

/** What an emulation's BITSTREAM holds; undefined when it is the bits of an FPGA. */
export function decodeBitstream(section: SectionReader): readonly BitstreamFile[] | undefined {
  const { bytes } = section;
  const zip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  if (!zip) return undefined;
  try {
    return new AdmZip(Buffer.from(bytes)).getEntries().map(({ entryName, header }) => ({
      path: printable(entryName),
      bytes: header.size,
    }));
  } catch (cause) {
    const why = printable(cause instanceof Error ? cause.message : String(cause));
    throw section.corrupt(`it begins as a zip and cannot be read: ${why}`, 0, cause);
  }
}
