import type { IntType, KernelIR } from '../../ir/ir.ts';
import { renderTemplate } from '../../support/render-template.ts';
import { arithmeticHelpers, wrapped } from '../c-coroutines/arithmetic.ts';
import { stored } from '../c-coroutines/expressions.ts';
import {
  type CoroutineTarget,
  type KernelPlan,
  namesIn,
  type ProcessPlan,
  planKernel,
} from '../c-coroutines/plan.ts';
import { storedInt, storedType } from '../c-coroutines/types.ts';
import { NameScope } from './names.ts';
import { printProcess } from './print-process.ts';

const target: CoroutineTarget = {
  newScope: (outer) => new NameScope(outer),
  constantKeyword: 'constant',
  queueBytes: 8192,
  elements: [16, 1024],
};

interface Parameter {
  readonly type: string;
  readonly name: string;
}

const reportParameters: readonly Parameter[] = [
  { type: 'global uchar *', name: 'report' },
  { type: 'ulong ', name: 'report_bytes' },
];

function list(parameters: readonly Parameter[]): string {
  return parameters.map(({ type, name }) => `${type}${name}`).join(', ');
}

function names(parameters: readonly Parameter[]): string {
  return parameters.map(({ name }) => name).join(', ');
}

function memoryParameter(plan: KernelPlan, name: string): Parameter {
  const memory = plan.memories.get(name);
  if (memory === undefined) throw new Error(`the IR names ${name}, which is not there`);
  const constant = memory.memory.direction === 'read' ? 'const ' : '';
  return { type: `global ${constant}uchar *restrict `, name: memory.name };
}

/** Arguments of 4 or 8 bytes, sign-extended: what XRT's kernels take. */
function argumentType({ signed, width }: IntType): string {
  return `${signed ? '' : 'u'}${width <= 32 ? 'int' : 'long'} `;
}

class KernelEmitter {
  private readonly kernel: KernelIR;
  private readonly plan: KernelPlan;

  constructor(kernel: KernelIR) {
    this.kernel = kernel;
    this.plan = planKernel(kernel, target);
  }

  private process(own: ProcessPlan) {
    const printed = printProcess(this.plan, own);
    const { file, line } = own.process.span;
    const parameters: Parameter[] = [{ type: 'global struct workspace *const ', name: 'w' }];
    for (const { name } of this.kernel.memories) {
      if (printed.usedMemories.has(name)) parameters.push(memoryParameter(this.plan, name));
    }
    for (const { name, type } of this.kernel.scalars) {
      const own = this.plan.scalars.get(name) ?? name;
      if (printed.usedScalars.has(name))
        parameters.push({ type: `const ${storedInt(type)} `, name: own });
    }
    if (printed.usesReport) parameters.push(...reportParameters);
    const head = `static void ${own.name}(${list(parameters)}) {`;
    return {
      name: own.name,
      at: own.at,
      text: [`// ${file}:${line}`, head, ...printed.lines, '}'].join('\n'),
      call: `${own.name}(${names(parameters)});`,
      usesReport: printed.usesReport,
    };
  }

  private structs() {
    const streams = [...this.plan.streams.values()]
      .filter(({ element }) => element !== '')
      .map(({ element, fields, stream }) => ({
        comment: `One element of stream ${stream.name}.`,
        name: element,
        fields: fields.map((name, at) => `${storedType(stream.fields[at].type)} ${name}`),
      }));
    const states = this.plan.processes.map((own) => ({
      comment: `${own.process.name}: where it stopped, what it waits for, and its variables.`,
      name: own.state,
      fields: ['uint at, waiting', ...this.lasting(own)],
    }));
    return [...streams, ...states];
  }

  private lasting(own: ProcessPlan): string[] {
    const names = namesIn(this.plan, own).variables;
    return own.process.variables
      .filter(({ name }) => own.lasting.has(name))
      .map(({ name, type }) => `${storedType(type)} ${names.get(name)}`);
  }

  private bulk(): string[] {
    const rings = [...this.plan.streams.values()]
      .filter(({ element }) => element !== '')
      .map(({ element, name, capacity }) => `struct ${element} ${name}[${capacity}]`);
    const arrays = this.plan.processes
      .filter(({ process }) => process.arrays.length > 0)
      .map((own) => {
        const names = namesIn(this.plan, own).arrays;
        const members = own.process.arrays.map(
          ({ name, element, length }) => `${storedType(element)} ${names.get(name)}[${length}];`,
        );
        return `struct { ${members.join(' ')} } ${own.arrays}`;
      });
    return [...rings, ...arrays];
  }

  emit(): string {
    const { kernel, plan } = this;
    const processes = plan.processes.map((own) => this.process(own));
    const usesReport = processes.some((one) => one.usesReport);
    const memories = [...plan.memories.values()].map(({ name, beats, at, memory }) => ({
      name,
      beats,
      at,
      responses: memory.direction === 'write',
    }));
    const pointers = kernel.memories.map(({ name }) => memoryParameter(plan, name));
    const scalars = kernel.scalars.map(({ name, type }) => ({
      name: plan.scalars.get(name) ?? name,
      type,
    }));
    const run: Parameter[] = [
      { type: 'global struct workspace *const ', name: 'w' },
      ...pointers,
      ...scalars.map(({ name, type }) => ({ type: `const ${storedInt(type)} `, name })),
      ...(usesReport ? reportParameters : []),
    ];
    const order = kernel.argumentOrder.map((argument): Parameter => {
      const scalar = kernel.scalars.find(({ name }) => name === argument);
      if (scalar === undefined) return memoryParameter(plan, argument);
      return { type: argumentType(scalar.type), name: plan.scalars.get(argument) ?? argument };
    });
    const behind: readonly Parameter[] = [
      ...memories.map(({ beats }) => ({ type: 'ulong ', name: beats })),
      { type: 'global const ulong *', name: 'slices' },
      { type: 'global ulong *', name: 'workspace' },
      { type: 'ulong ', name: 'workspace_bytes' },
      ...reportParameters,
    ];
    const parameterTexts = [...order, ...behind].map(({ type, name }) => `${type}${name}`);
    // A scalar is wrapped to its width, whatever the host passes.
    const runArguments = run.map(({ name }) => {
      const scalar = scalars.find((one) => one.name === name);
      if (scalar === undefined) return name;
      const { signed, width } = scalar.type;
      const passed = { kind: 'int', signed, width: width <= 32 ? 32 : 64 } as const;
      return wrapped(stored(name, passed), scalar.type).text;
    });
    const texts = processes.map(({ text }) => text).join('\n');
    const settings = Object.entries(kernel.parameters).map(([name, value]) => `${name} ${value}`);
    const text = renderTemplate('codegen/backends/opencl/templates/kernel.cl.hbs', {
      name: kernel.name,
      summary: kernel.summary,
      source: kernel.processes[0]?.span.file ?? kernel.name,
      parameters: settings.join(', '),
      vectors: plan.vectors.map((type) => ({
        type: storedInt(type.element),
        lanes: type.lanes,
        name: storedType(type),
      })),
      constants: plan.constants.texts,
      structs: this.structs(),
      requests: plan.requests,
      requestMask: plan.requests - 1,
      bulk: this.bulk(),
      state: [
        ...plan.processes.map(({ name, state }) => `struct ${state} ${name}`),
        ...[...plan.streams.values()].map(({ name }) => `struct counters ${name}`),
        ...memories.map(({ name }) => `struct port ${name}`),
        ...memories.map(({ beats }) => `ulong ${beats}`),
      ],
      headBytes: 64 + 8 * processes.length,
      usesReport,
      functions: [...arithmeticHelpers]
        .filter(([name]) => new RegExp(`\\b${name}\\b`).test(texts))
        .map(([, helper]) => helper),
      processes,
      streams: [...plan.streams.values()],
      memories,
      slices: [
        ...memories.flatMap(({ name, beats, at }) => [
          `${name} += slices[${2 * at}];`,
          `${beats} = slices[${2 * at + 1}];`,
        ]),
        ...scalars.map(({ name, type }, at) => {
          const passed = argumentType(type).trim();
          return `${name} = (${passed})slices[${2 * memories.length + at}];`;
        }),
      ],
      sliceWords: 2 * memories.length + scalars.length,
      runParameters: list(run),
      runArguments: runArguments.join(', '),
      parameterList: `\n    ${parameterTexts.join(',\n    ')}`,
    });
    return `${text.trimEnd()}\n`;
  }
}

/** The text of `opencl/<kernel>.cl`. */
export function emitKernel(kernel: KernelIR): string {
  return new KernelEmitter(kernel).emit();
}
