import type { ReportedDiagnostic } from '../../codegen/index.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import type { CommandContext } from './command.ts';

/** `--strict`, the same for every command that compiles a kernel. */
export const strictOption = {
  describe: 'Take warnings of the kernel as errors',
  type: 'boolean',
  default: false,
} as const;

/** Tells the warnings on standard error, whatever the answer is printed as; ends the command under `--strict`. */
export function tellWarnings(
  warnings: readonly ReportedDiagnostic[],
  strict: boolean,
  context: CommandContext,
): void {
  if (warnings.length === 0) return;
  const [first] = warnings;
  if (strict) {
    const count = warnings.length === 1 ? 'a warning' : `${warnings.length} warnings`;
    throw new TilewrightError(
      `${count} in this kernel, and --strict\n${warnings.map(({ text }) => text).join('\n')}`,
      {
        code: first.code,
        hint: first.hint,
        location: first.span,
        details: { diagnostics: warnings },
      },
    );
  }
  for (const { text } of warnings) context.note(text);
}
