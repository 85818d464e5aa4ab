import type { Manifest } from '../codegen/package/manifest.ts';
import { TilewrightError } from '../codegen/support/errors.ts';
import { failedAssertion } from './kernel-log.ts';
import { namePort } from './name-port.ts';
import { deadlockReport } from './stuck-report.ts';
import { parseTold } from './told-state.ts';

/** The way out for each thing that stops a simulation. */
const hints: Readonly<Record<string, string>> = {
  AXI_RULE:
    'Look at its signals with tilewright cosim --trace FILE.fst: cycle n lies at time 10 n.',
  DEADLOCK:
    'The control slave does not answer; look at its signals with tilewright cosim --trace FILE.fst.',
  PROTOCOL: 'The register map of the manifest and the Verilog may disagree: generate both again.',
  FILE_UNWRITABLE: 'Choose a path that you may write to, and see that its disk has space.',
};

/**
 * A failure of a model (sim/cpp/failure.hpp) as the error that a user sees: `SIM_` and its code, `SIM_DEADLOCK`
 * with the report of who waits for whom, or `ASSERTION`.
 * @param name of the instance; the kernel's where there is one.
 */
export function modelFailure(
  manifest: Manifest,
  code: string,
  text: string,
  name = manifest.kernel,
): TilewrightError {
  const assertion = code === 'ASSERTION' ? failedAssertion(name, [text.trimEnd()]) : undefined;
  if (assertion !== undefined) return assertion;
  if (code === 'STUCK') {
    const { text: report, hint } = deadlockReport(manifest, parseTold(text), name);
    return new TilewrightError(report, { code: 'SIM_DEADLOCK', hint });
  }
  const hint = hints[code];
  return new TilewrightError(`${name}: ${namePort(manifest, text)}`, {
    code: code === 'FILE_UNWRITABLE' ? code : `SIM_${code}`,
    ...(hint === undefined ? {} : { hint }),
  });
}
