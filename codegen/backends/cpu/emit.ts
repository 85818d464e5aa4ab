import type { IntType, KernelIR } from '../../ir/ir.ts';
import { renderTemplate } from '../../support/render-template.ts';
import { arithmeticHelpers, wrapped } from '../c-coroutines/arithmetic.ts';
import { stored } from '../c-coroutines/expressions.ts';
import {
  type CoroutineTarget,
  type KernelPlan,
  namesIn,
  planKernel,
} from '../c-coroutines/plan.ts';
import { stringLiteral } from '../c-coroutines/string-literal.ts';
import { withArmsFollowed } from './arms-with-followers.ts';
import { fuseProcesses } from './fuse-processes.ts';
import { withLazyWraps } from './lazy-wraps.ts';
import { NameScope } from './names.ts';
import { prefetchOf } from './prefetch.ts';
import { printProcess } from './print-process.ts';
import { memberType, stateMembers } from './process-state.ts';

/** All queues together should leave the first-level cache room for the beats that are on their way. */
const target: CoroutineTarget = {
  newScope: (outer) => new NameScope(outer),
  constantKeyword: 'static const',
  queueBytes: 8192,
  elements: [8, 256],
};

function bulk(plan: KernelPlan): string[] {
  const rings = [...plan.streams.values()]
    .filter(({ element }) => element !== '')
    .map(({ element, name, capacity }) => `${element} ${name}[${capacity}]`);
  const queues = [...plan.memories.values()].map(({ name }) => `queue ${name}`);
  const arrays = plan.processes
    .filter(({ process }) => process.arrays.length > 0)
    .map((own) => {
      const names = namesIn(plan, own).arrays;
      const texts = own.process.arrays.map(
        ({ name, element, length }) => `${memberType(element)} ${names.get(name)}[${length}];`,
      );
      return `struct { ${texts.join(' ')} } ${own.arrays}`;
    });
  return [...rings, ...queues, ...arrays];
}

/** A constant array of chars is one of signed chars: C leaves open which `char` is. */
function signedChars(text: string): string {
  return text.replace(/^static const char /, 'static const schar ');
}

/** The text of `cpu/<kernel>.cpp`. */
export function emitKernel(given: KernelIR): string {
  const kernel = withLazyWraps(withArmsFollowed(fuseProcesses(given)));
  const plan = planKernel(kernel, target);
  const processes = plan.processes.map((own) => {
    const { file, line } = own.process.span;
    const lines = printProcess(plan, own);
    const head = `static int ${own.name}(workspace *const w) {`;
    return {
      name: own.name,
      at: own.at,
      text: [`// ${file}:${line}`, head, ...lines, '}'].join('\n'),
    };
  });
  const texts = processes.map(({ text }) => text).join('\n');
  const streams = [...plan.streams.values()];
  const memories = [...plan.memories.values()].map(({ name, beats, at, memory }) => ({
    ...{ name, beats, at, bytes: memory.beatBits / 8 },
    responses: memory.direction === 'write',
  }));
  let word = 0;
  const values = kernel.argumentOrder.map((argument) => {
    const scalar = kernel.scalars.find(({ name }) => name === argument);
    if (scalar === undefined) {
      const { name, beats, memory } = known(plan.memories.get(argument));
      word += 2;
      const pointer = `w->${name}.data = reinterpret_cast<uchar *>(arguments[${word - 2}]);`;
      return `${pointer}\n  w->${beats} = arguments[${word - 1}] / ${memory.beatBits / 8};`;
    }
    word += 1;
    const name = known(plan.scalars.get(argument));
    return `w->${name} = ${scalarText(`arguments[${word - 1}]`, scalar.type)};`;
  });
  const settings = Object.entries(kernel.parameters).map(([name, value]) => `${name} ${value}`);
  const text = renderTemplate('codegen/backends/cpu/templates/kernel.cpp.hbs', {
    name: kernel.name,
    summary: kernel.summary,
    source: kernel.processes[0]?.span.file ?? kernel.name,
    parameters: settings.join(', '),
    constants: plan.constants.texts.map(signedChars),
    functions: [...arithmeticHelpers]
      .filter(([name]) => new RegExp(`\\b${name}\\b`).test(texts))
      .map(([, helper]) => helper),
    elements: streams
      .filter(({ element }) => element !== '')
      .map(({ element, fields, stream }) => ({
        comment: `One element of stream ${stream.name}.`,
        name: element,
        fields: fields.map((name, at) => `${memberType(stream.fields[at].type)} ${name}`),
      })),
    states: plan.processes.map((own) => ({
      comment: `${own.process.name}: its variables.`,
      name: own.state,
      fields: stateMembers(plan, own),
    })),
    fetched: [...plan.memories.values()].flatMap((memory) => {
      const { ahead, burst } = prefetchOf(plan, memory);
      return ahead > 0 && burst === 0
        ? [{ name: memory.name, from: plan.requests - ahead, bytes: 4 * ahead }]
        : [];
    }),
    requests: plan.requests,
    requestMask: plan.requests - 1,
    bulk: bulk(plan),
    state: [
      ...plan.processes.map(({ name, state }) => `${state} ${name}`),
      ...streams.map(({ name }) => `stream_counters ${name}`),
      ...memories.map(({ name }) => `port ${name}`),
      ...memories.map(({ beats }) => `ulong ${beats}`),
      ...kernel.scalars.map(
        ({ name, type }) => `${memberType(type)} ${known(plan.scalars.get(name))}`,
      ),
    ],
    processes,
    processCount: processes.length,
    streams: streams.map(({ name, at }) => ({ name, at })),
    memories,
    values,
    processNames: plan.processes.map(({ process }) => stringLiteral(process.name)),
    streamNames: streams.map(({ stream }) => stringLiteral(stream.name)),
    memoryNames: [...plan.memories.values()].map(({ memory }) => stringLiteral(memory.name)),
  });
  return `${text.trimEnd()}\n`;
}

/** A scalar wrapped to its width, whatever the host passes. */
function scalarText(text: string, type: IntType): string {
  const passed = { kind: 'int', signed: false, width: 64 } as const;
  return wrapped(stored(text, passed), type).text;
}

function known<T>(value: T | undefined): T {
  if (value !== undefined) return value;
  throw new Error('the IR names what is not there');
}
