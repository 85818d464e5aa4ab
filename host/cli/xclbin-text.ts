import type {
  BankSummary,
  KernelSummary,
  XclbinSummary,
} from '../../codegen/package/xclbin/summarise-xclbin.ts';
import { renderTable, type TableColumn } from '../../codegen/support/table.ts';

type Cell = string | number | undefined;

/** Columns whose title begins with `>` have numbers. */
function table(titles: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const columns = titles.map(
    (title): TableColumn =>
      title.startsWith('>') ? { title: title.slice(1), align: 'right' } : { title },
  );
  return renderTable(
    columns,
    rows.map((row) => row.map((cell) => cell ?? '-')),
  );
}

const units: readonly (readonly [name: string, bytes: number])[] = [
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
];

function size(bytes: number): string {
  const [name, unit] = units.find(([, unit]) => bytes >= unit) ?? ['bytes', 1];
  return `${Number((bytes / unit).toFixed(1))} ${name}`;
}

function head(file: string, summary: XclbinSummary): string {
  const { mode, bytes, signed } = summary;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['platform', summary.platform],
    ['device', summary.device],
    ['uuid', summary.uuid],
    ['version', summary.version],
    ['written by', summary.generator],
    ['written at', summary.createdAt],
    ['fits on shell', summary.interfaces.join(', ')],
  ];
  const rows = facts.flatMap(([name, value = '']) => (value === '' ? [] : [[name, value]]));
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    `${file}: an xclbin for ${mode}, ${size(bytes)}${signed ? ', signed' : ''}`,
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
  ].join('\n');
}

function kernelText({ name, language, control, ...kernel }: KernelSummary): string {
  const parts = [`Kernel ${name}: ${[language, control].filter((word) => word !== '').join(', ')}`];
  if (kernel.arguments.length > 0) {
    parts.push(
      table(
        ['>id', 'argument', 'type', 'kind', 'port', '>register', '>bytes'],
        kernel.arguments.map((argument) => [
          argument.id,
          argument.name,
          argument.type,
          argument.kind,
          argument.port,
          argument.register,
          argument.bytes,
        ]),
      ),
    );
  }
  if (kernel.computeUnits.length > 0) {
    parts.push(
      table(
        ['compute unit', '>base', 'banks'],
        kernel.computeUnits.map((unit) => [
          unit.name,
          unit.base,
          Object.entries(unit.banks)
            .map(([argument, banks]) => `${argument}: ${banks.join('|')}`)
            .join(', '),
        ]),
      ),
    );
  }
  return parts.join('\n\n');
}

/** Banks that nothing uses, of which a card with HBM has dozens, in a line; `--json` has all of them. */
function bankText(title: string, banks: readonly BankSummary[]): string {
  const rows = banks
    .filter(({ used }) => used)
    .map(({ index, name, type, base, bytes }) => [index, name, type, base, size(bytes)]);
  const unused = banks.filter(({ used }) => !used).map(({ name }) => name);
  const parts = rows.length === 0 ? [] : [table(['>index', title, 'type', '>base', '>size'], rows)];
  if (unused.length > 0) parts.push(`Not used: ${unused.join(', ')}`);
  return parts.join('\n');
}

/** What `tilewright inspect` prints. */
export function xclbinText(file: string, summary: XclbinSummary): string {
  const { sections, kernels, banks, groups, clocks, debugBlocks, endpoints, files } = summary;
  const parts = [
    head(file, summary),
    table(
      ['section', 'name', '>offset', '>bytes'],
      sections.map(({ kind, name, offset, bytes }) => [kind, name, offset, bytes]),
    ),
    ...kernels.map(kernelText),
  ];
  if (banks.length > 0) parts.push(bankText('bank', banks));
  if (groups.length > 0) parts.push(bankText('group of banks', groups));
  if (clocks.length > 0) {
    const rows = clocks.map(({ name, type, mhz }) => [name, type, mhz]);
    parts.push(table(['clock', 'type', '>MHz'], rows));
  }
  if (debugBlocks.length > 0) {
    const rows = debugBlocks.map(({ name, type, index, base }) => [name, type, index, base]);
    parts.push(table(['debug block', 'type', '>index', '>base'], rows));
  }
  if (endpoints.length > 0) {
    const rows = endpoints.map((each) => [each.name, each.physicalFunction, each.bar, each.offset]);
    parts.push(table(['endpoint of the shell', '>function', '>bar', '>offset'], rows));
  }
  if (files.length > 0) {
    const rows = files.map(({ path, bytes }) => [path, size(bytes)]);
    parts.push(table(['file of the emulation', '>size'], rows));
  }
  return parts.join('\n\n');
}
