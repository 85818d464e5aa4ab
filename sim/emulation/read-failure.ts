import type { Platform } from '../../codegen/package/platform.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { modelFailure } from '../model-failure.ts';

/** The ways out that are the emulation's own. */
const hints: Readonly<Record<string, string>> = {
  ADDRESS: 'The host and the xclbin disagree; load the xclbin that the host was written for.',
  ASSERTION: "The kernel's own assert() says so: look at the arguments of this run.",
  CRASH: 'Build the xclbin again on this machine.',
  MEMORY: 'Build for a card with less memory, or allow this machine to overcommit.',
  NO_TRACE: 'Build it again with tracing: tilewright build --target hw_emu.',
  SETTINGS: 'Correct the TILEWRIGHT_… variable in the environment of the host.',
};

/** What the kernel told of itself when it was stuck, of the last of the process's failures. */
function toldLines(lines: readonly string[]): string {
  const from = lines.findLastIndex((line) => line.startsWith('device process ')) + 1;
  return lines
    .slice(from)
    .filter((line) => line.startsWith('told '))
    .map((line) => line.slice('told '.length))
    .join('\n');
}

/**
 * Why the device process ended, out of its log, as the error that the same thing is on the simulator:
 * `SIM_AXI_RULE`, `SIM_DEADLOCK` with who waits for whom, `ASSERTION`; what the emulation alone can say
 * is `HW_EMU_` and its code.
 * @param log the whole text of the file that `TILEWRIGHT_LOG` names.
 * @returns undefined where the log ends without an error: the process was killed, or closed in order.
 */
export function readEmulatorFailure(platform: Platform, log: string): TilewrightError | undefined {
  const lines = log.trimEnd().split('\n');
  const found = /^error ([A-Z_]+): (.*)$/.exec(lines.at(-1) ?? '');
  if (found === null) return undefined;
  const [, code, text] = found;
  const unit = platform.computeUnits.find(({ instance }) => text.startsWith(`${instance}: `));
  const hint = hints[code];
  if (unit === undefined || code === 'ASSERTION') {
    return new TilewrightError(`the hardware emulation ended: ${text}`, {
      code: code === 'ASSERTION' ? code : `HW_EMU_${code}`,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  const { manifest, instance } = unit;
  const told = code === 'DEADLOCK' ? toldLines(lines) : '';
  return told === ''
    ? modelFailure(manifest, code, text.slice(instance.length + 2), instance)
    : modelFailure(manifest, 'STUCK', told, instance);
}
