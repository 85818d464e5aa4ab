import type { ComputeUnit, Platform } from '../../codegen/package/platform.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';

/** Where the models of a compute unit's kernel lie, relative to the device process. */
export interface UnitModels {
  readonly library: string;
  /** The one that can write traces; `-` where there is none. */
  readonly traceLibrary: string;
}

function refuse(unit: ComputeUnit, what: string): never {
  throw new TilewrightError(`compute unit ${unit.instance}: ${what}`, {
    code: 'PLATFORM',
    hint: 'See the connectivity that the package is built with.',
  });
}

function portLines(platform: Platform, unit: ComputeUnit): readonly string[] {
  return unit.manifest.ports.map((port) => {
    const argument = unit.manifest.arguments.find(
      (one) => one.kind === 'memory' && one.port === port.name,
    );
    const bank = unit.connections[argument?.name ?? ''];
    if (bank === undefined) refuse(unit, `port ${port.name} is connected to no bank`);
    if (platform.banks[bank] === undefined) {
      refuse(unit, `port ${port.name} is connected to bank ${bank}, which the platform lacks`);
    }
    return `port ${port.name} ${bank}`;
  });
}

/**
 * The platform as the device process reads it (sim/emulation/cpp/settings.hpp).
 * @param models of each compute unit, in the platform's order.
 * @throws TilewrightError `PLATFORM` where a port has no bank.
 */
export function describePlatform(platform: Platform, models: readonly UnitModels[]): string {
  const hex = (value: bigint | number) => `0x${value.toString(16)}`;
  const word = (name: string) => name.replaceAll(/\s/g, '_');
  const lines = [
    `platform ${word(platform.name)}`,
    ...platform.banks.map(
      ({ name, base, bytes }) => `bank ${word(name)} ${hex(base)} ${hex(bytes)}`,
    ),
    ...platform.computeUnits.flatMap((unit, index) => {
      const { library, traceLibrary } = models[index];
      return [
        `unit ${unit.instance} ${hex(unit.base)} ${library} ${traceLibrary}`,
        ...portLines(platform, unit),
      ];
    }),
  ];
  return `${lines.join('\n')}\n`;
}
