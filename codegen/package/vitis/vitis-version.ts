import { TilewrightError } from '../../support/errors.ts';

/** A release of Vitis: 2024.2 is `{ year: 2024, release: 2 }`. */
export interface VitisVersion {
  readonly year: number;
  readonly release: number;
}

/** What a dry run takes when it is told no version, and finds none. */
export const assumedVersion: VitisVersion = { year: 2024, release: 2 };

/** The release in what a tool prints for `--version`, or in what a person types; undefined when there is none. */
export function findVitisVersion(text: string): VitisVersion | undefined {
  const [, year, release] = /(?:^|[\sv])(20\d\d)\.([1-9])(?!\d)/.exec(text) ?? [];
  return year === undefined ? undefined : { year: Number(year), release: Number(release) };
}

/** @throws TilewrightError `USAGE` when it is no release of Vitis. */
export function parseVitisVersion(text: string): VitisVersion {
  const version = /^v?\d{4}\.\d(?:\.\d+)?$/.test(text) ? findVitisVersion(text) : undefined;
  if (version !== undefined && isAtLeast(version, 2020, 2)) return version;
  throw new TilewrightError(`'${text}' is no version of Vitis that is known here`, {
    code: 'USAGE',
    hint: 'Write the year and the release, 2020.2 or newer, e.g. 2023.2.',
    exitCode: 2,
  });
}

export function versionText({ year, release }: VitisVersion): string {
  return `${year}.${release}`;
}

export function isAtLeast(version: VitisVersion, year: number, release: number): boolean {
  return version.year > year || (version.year === year && version.release >= release);
}

/**
 * How the HLS C++ is compiled. `config`: `v++ -c --mode hls` and `vitis-run --mode hls --package` with a
 * configuration file (UG1702, "Creating HLS Components from the Command Line"), from 2024.1. `tcl`:
 * `vitis_hls -f` with a script (UG1399, "Running Vitis HLS from the Command Line"), before; AMD calls
 * `vitis_hls` deprecated from 2024.2.
 */
export type HlsFlow = 'config' | 'tcl';

export function hlsFlow(version: VitisVersion): HlsFlow {
  return isAtLeast(version, 2024, 1) ? 'config' : 'tcl';
}
