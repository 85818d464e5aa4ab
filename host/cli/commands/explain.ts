import { TilewrightError } from '../../../codegen/support/errors.ts';
import { defineCommand } from '../command.ts';

export default defineCommand({
  name: 'explain',
  summary: 'Explain a diagnostic of the kernel compiler, with what to write instead',
  positional: {
    name: 'code',
    describe: 'Code of the diagnostic, e.g. TW2009; all of them when not given',
    optional: true,
  },
  options: {},
  examples: [
    ['tilewright explain TW2009', 'Why, a wrong kernel and a right one'],
    ['tilewright explain', 'Every code with its title'],
  ],
  async run(_options, _context, given) {
    const { diagnosticCatalogue, explainEntry } = await import('../../../codegen/index.ts');
    const { renderTable } = await import('../../../codegen/support/table.ts');
    const entries = Object.entries(diagnosticCatalogue);
    const code = given.toUpperCase();
    const chosen = code === '' ? entries : entries.filter(([known]) => known === code);
    if (chosen.length === 0) {
      const own = /^TS\d+$/.test(code);
      throw new TilewrightError(`there is no diagnostic '${given}'`, {
        code: 'UNKNOWN_DIAGNOSTIC',
        hint: own
          ? `${code} comes from TypeScript itself; its message says what does not agree.`
          : 'Run `tilewright explain` for the list of the codes of the compiler; other errors say all in themselves.',
      });
    }
    const diagnostics = chosen.map(([code, { severity = 'error', title, why, wrong, right }]) => ({
      code,
      severity,
      title,
      why,
      wrong,
      right,
    }));
    const text =
      code === ''
        ? renderTable(
            ['code', 'severity', 'meaning'].map((title) => ({ title })),
            diagnostics.map(({ code, severity, title }) => [code, severity, title]),
          )
        : chosen.map(([code, entry]) => explainEntry(code, entry)).join('\n\n');
    return { json: { diagnostics }, text };
  },
});
