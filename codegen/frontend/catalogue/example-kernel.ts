import type { Example, ExampleParts } from './entry.ts';

function partsOf(example: Example): ExampleParts {
  return typeof example === 'string' ? { body: example } : example;
}

function indented(text: string, by: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(by));
}

/** An example as a reader sees it: its parts below each other, each in its surroundings. */
export function exampleText(example: Example): string {
  const { top, body, dataflow, arguments: more, kernel } = partsOf(example);
  const parts = [kernel, top];
  if (more !== undefined) parts.push(`arguments: () => ({\n${indented(more, 2)}\n}),`);
  if (dataflow !== undefined) {
    parts.push(`dataflow(p, args) {\n${indented(dataflow, 2)}\n},`);
  }
  parts.push(body);
  return parts.filter((part) => part !== undefined).join('\n\n');
}

/** An example as a whole kernel file, which copies a memory beside what the example does. */
export function exampleKernel(example: Example, languageNames: readonly string[]): string {
  const { top = '', body = '', dataflow = '', arguments: more = '', kernel } = partsOf(example);
  const head = `import { ${languageNames.join(', ')} } from 'tilewright/language';\n`;
  if (kernel !== undefined) return `${head}\n${kernel}\n`;
  const names = [...more.matchAll(/^(\w+):/gm)].map(([, name]) => name);
  return `${head}
${top}

function ask(beats: u32, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    pipeline();
    input.request(beat, 1);
    output.request(beat, 1);
  }
}

function work(beats: u32, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    const v = input.receive();
${indented(body, 4)}
    output.send(v);
  }
}

function confirm(beats: u32, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) output.response();
}

export default kernel({
  name: 'example',
  summary: 'an example of the catalogue',
  parameters: {},
  arguments: () => ({
    input: readMemory(u32),
    output: writeMemory(u32),
    beats: scalar(u32),
${indented(more, 4)}
  }),
  dataflow(_p, { ${['input', 'output', 'beats', ...names].join(', ')} }) {
${indented(dataflow, 4)}
    ask(beats, input, output);
    work(beats, input, output);
    confirm(beats, output);
  },
  workload: (_p, _random, size) => ({ input: [], output: size * 16, beats: size }) as never,
});
`;
}
