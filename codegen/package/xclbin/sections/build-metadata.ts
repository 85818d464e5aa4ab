import { printable } from '../../../support/printable.ts';
import type { SectionReader } from '../section-reader.ts';
import { decodeJson, encodeJson, memberOf } from './json-section.ts';

/** Who wrote the file. */
export interface BuildMetadata {
  /** E.g. `v++ 2023.1`. */
  readonly generator?: string;
  /** The platform it was linked for. */
  readonly platform?: string;
}

export interface Generator {
  readonly name: string;
  readonly version: string;
  /** The kernels that went in, with the hash of each one's source. */
  readonly kernels: readonly { readonly name: string; readonly sourceSha256: string }[];
}

export function encodeBuildMetadata({ name, version, kernels }: Generator): Uint8Array {
  return encodeJson({
    schema_version: { major: '1', minor: '0', patch: '0' },
    build_metadata: { xclbin: { generated_by: { name, version }, kernels } },
  });
}

export function decodeBuildMetadata(section: SectionReader): BuildMetadata {
  const metadata = memberOf(decodeJson(section), 'build_metadata');
  const by = (member: string) => memberOf(metadata, 'xclbin', 'generated_by', member);
  const words = [by('name'), by('version')].filter((word) => typeof word === 'string');
  const dsa = (member: string) => memberOf(metadata, 'dsa', member);
  const platform = [dsa('vendor'), dsa('board_id'), dsa('name')].filter(
    (word) => typeof word === 'string',
  );
  return {
    ...(words.length === 0 ? {} : { generator: printable(words.join(' ')) }),
    ...(platform.length === 0 ? {} : { platform: printable(platform.join('_')) }),
  };
}
