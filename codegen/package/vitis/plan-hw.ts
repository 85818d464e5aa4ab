import { basename, join } from 'node:path';
import { TilewrightError } from '../../support/errors.ts';
import { renderTemplate, type TemplateView } from '../../support/render-template.ts';
import { shellCommand } from '../../support/run-tool.ts';
import { type NamedUnit, nameUnits } from '../connectivity.ts';
import { cardPart } from './card-part.ts';
import type { HwCommand, HwDesign, HwKernel, HwPlan } from './hw-plan.ts';
import { kernelWrapper, wrapperModule } from './kernel-wrapper.ts';
import { packageRegisters } from './package-registers.ts';
import { hlsFlow, isAtLeast, versionText } from './vitis-version.ts';

/** A part of a plan: what one kernel, or the link, adds to it. */
type Piece = Pick<HwPlan, 'files' | 'copies' | 'commands'>;

function render(template: string, view: TemplateView): string {
  return renderTemplate(`codegen/package/vitis/templates/${template}`, view);
}

function artefacts({ manifest, folder }: HwKernel, kind: 'verilog' | 'hls-cpp'): readonly string[] {
  const found = manifest.artefacts.filter((artefact) => artefact.kind === kind);
  if (found.length > 0) return found.map(({ path }) => join(folder, path));
  throw new TilewrightError(`${manifest.kernel} has no ${kind} among its artefacts`, {
    code: 'MANIFEST',
    hint: 'Generate the kernel again: tilewright clean, then build.',
  });
}

/** Our RTL: a Vivado IP around it, and the IP and `kernel.xml` in a `.xo` (UG1393, `package_xo`). */
function fromRtl(kernel: HwKernel, { version }: HwDesign): Piece {
  const { manifest, folder } = kernel;
  const name = manifest.kernel;
  const sources = artefacts(kernel, 'verilog');
  const wrapper = `${wrapperModule(manifest)}.v`;
  const script = render('package_kernel.tcl.hbs', {
    kernel: name,
    summary: manifest.summary.replaceAll(/[^\w ,.;()+*/-]/g, ' '),
    version: versionText(version),
    top: wrapperModule(manifest),
    sources: [...sources.map((file) => basename(file)), wrapper].sort(),
    ports: manifest.ports.map(({ name: port }) => port),
    registers: packageRegisters(manifest),
  });
  return {
    files: new Map([
      [`${name}/package_kernel.tcl`, script],
      [`${name}/rtl/${wrapper}`, kernelWrapper(manifest)],
    ]),
    copies: new Map([
      [`${name}/kernel.xml`, join(folder, 'kernel.xml')],
      ...sources.map((file) => [`${name}/rtl/${basename(file)}`, file] as const),
    ]),
    commands: [
      {
        title: `Packaging ${name}`,
        tool: 'vivado',
        args: ['-mode', 'batch', '-nojournal', '-notrace', '-source', 'package_kernel.tcl'],
        folder: name,
        makes: `${name}/${name}.xo`,
      },
    ],
  };
}

/** The HLS C++: synthesis and export as `.xo`, by the flow that the version has. */
function fromHls(kernel: HwKernel, design: HwDesign): Piece {
  const { manifest } = kernel;
  const name = manifest.kernel;
  const sources = artefacts(kernel, 'hls-cpp');
  const view = {
    kernel: name,
    version: versionText(design.version),
    part: design.part ?? cardPart(design.platform),
    period: (1000 / design.frequencyMhz).toFixed(3),
    sources: sources.map((file) => basename(file)),
    flowTarget: !isAtLeast(design.version, 2026, 1),
  };
  const copies = new Map(sources.map((file) => [`${name}/${basename(file)}`, file]));
  const title = `Synthesising ${name}`;
  if (hlsFlow(design.version) === 'tcl') {
    return {
      files: new Map([[`${name}/run_hls.tcl`, render('run_hls.tcl.hbs', view)]]),
      copies,
      commands: [
        {
          title,
          tool: 'vitis_hls',
          args: ['-f', 'run_hls.tcl'],
          folder: name,
          makes: `${name}/${name}.xo`,
        },
      ],
    };
  }
  const where = ['--config', 'hls_config.cfg', '--work_dir', 'work'];
  return {
    files: new Map([[`${name}/hls_config.cfg`, render('hls_config.cfg.hbs', view)]]),
    copies,
    commands: [
      { title, tool: 'v++', args: ['-c', '--mode', 'hls', ...where], folder: name },
      {
        title: `Packaging ${name}`,
        tool: 'vitis-run',
        args: ['--mode', 'hls', '--package', ...where],
        folder: name,
        makes: `${name}/work/${name}.xo`,
      },
    ],
  };
}

/** Names that `v++` would give by itself need not be written, and older releases part them by full stops. */
function unitNames(kernel: string, units: readonly NamedUnit[], design: HwDesign): string {
  if (units.every(({ instance }, index) => instance === `${kernel}_${index + 1}`)) return '';
  const comma = isAtLeast(design.version, 2024, 1);
  return `:${units.map(({ instance }) => instance).join(comma ? ',' : '.')}`;
}

function link(design: HwDesign, objects: readonly string[], xclbin: string): Piece {
  const units = nameUnits(design.kernels, design.connectivity);
  const { others } = design.connectivity;
  const config = render('connectivity.cfg.hbs', {
    version: versionText(design.version),
    general: others.get('') ?? [],
    units: design.kernels.map(({ manifest: { kernel } }) => {
      const own = units.filter((unit) => unit.manifest.kernel === kernel);
      return { kernel, count: own.length, names: unitNames(kernel, own, design) };
    }),
    banks: units.flatMap(({ instance, banks }) =>
      Object.entries(banks).map(([argument, bank]) => ({ instance, argument, bank })),
    ),
    connectivity: others.get('connectivity') ?? [],
    sections: [...others]
      .filter(([name]) => name !== '' && name !== 'connectivity')
      .map(([name, lines]) => ({ name, lines })),
  });
  return {
    files: new Map([['connectivity.cfg', config]]),
    copies: new Map(),
    commands: [
      {
        title: `Linking ${xclbin}`,
        tool: 'v++',
        args: [
          ...['--link', '--target', 'hw', '--platform', design.platform],
          ...['--config', 'connectivity.cfg'],
          ...['--kernel_frequency', String(design.frequencyMhz)],
          ...['--temp_dir', '_x', '--log_dir', 'logs', '--report_dir', 'reports'],
          ...['-o', xclbin, ...objects],
        ],
        folder: '',
        makes: xclbin,
      },
    ],
  };
}

/** The commands of a plan as a shell script, to be run by hand in the folder of the files. */
function script(commands: readonly HwCommand[]): string {
  const lines = commands.map(({ title, tool, args, folder }) => {
    const command = shellCommand(tool, args);
    return `# ${title}\n${folder === '' ? command : `(cd ${folder} && ${command})`}`;
  });
  return `#!/bin/sh\n# Generated by tilewright: each command that builds the device binary, in order.\nset -e\ncd "$(dirname "$0")"\n${lines.join('\n')}\n`;
}

/**
 * Every file and every command of a build for a card. Pure: nothing is read, run or written, and the
 * same design gives the same plan.
 * @throws TilewrightError `CONNECTIVITY`, `VITIS_PART`, `MANIFEST`.
 */
export function planHw(design: HwDesign): HwPlan {
  const xclbin = `${design.kernels.map(({ manifest }) => manifest.kernel).join('+')}.xclbin`;
  const pieces = design.kernels.map((kernel) =>
    design.from === 'rtl' ? fromRtl(kernel, design) : fromHls(kernel, design),
  );
  const objects = pieces.flatMap(({ commands }) =>
    commands.flatMap(({ makes }) => (makes === undefined ? [] : [makes])),
  );
  pieces.push(link(design, objects, xclbin));
  const commands = pieces.flatMap((piece) => piece.commands);
  return {
    design,
    files: new Map([...pieces.flatMap(({ files }) => [...files]), ['build.sh', script(commands)]]),
    copies: new Map(pieces.flatMap(({ copies }) => [...copies])),
    commands,
    xclbin,
  };
}
