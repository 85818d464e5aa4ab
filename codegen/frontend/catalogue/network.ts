import type { Catalogue } from './entry.ts';

const pair =
  'function produce(s: Stream<u8>): void {\n  s.write(u8(1));\n}\n\nfunction consume(s: Stream<u8>): void {\n  const one = s.read();\n}';
const joined = { top: pair, dataflow: 'const s = stream(u8);\nproduce(s);\nconsume(s);' };

const wide =
  'function askMore(more: ReadPort<TYPE>): void {\n  more.request(0, 1);\n}\n\nfunction takeMore(more: ReadPort<TYPE>): void {\n  const beat = more.receive();\n}';
const reading = (type: string, declared: string) => ({
  top: wide.replaceAll('TYPE', type),
  arguments: `more: ${declared},`,
  dataflow: 'askMore(more);\ntakeMore(more);',
});

const whole = (head: string, dataflow: string, end: string) =>
  `function start(n: u8, s: Stream<u8>): void {\n  s.write(n);\n}\n\nfunction stop(s: Stream<u8>): void {\n  const one = s.read();\n}\n\n${head}\n  name: 'example',\n  summary: 'one element through a stream',\n  parameters: {},\n  arguments: () => ({ n: scalar(u8) }),\n  ${dataflow} {\n    const s = stream(u8);\n    start(n, s);\n    stop(s);\n  },\n  workload: () => ({ n: 3 }),\n${end}`;
const method = 'dataflow(_p, { n })';

/** TW4… and TW5…: the kernel, its arguments and its network of processes. */
export const network: Catalogue = {
  TW4001: {
    title: 'the default export is no call of kernel() in the file',
    why: 'The compiler reads the definition where it is written; one that a list or another file holds is out of its sight.',
    wrong: { kernel: whole('const made = [kernel({', method, '})];\n\nexport default made[0];') },
    right: { kernel: whole('export default kernel({', method, '});') },
  },
  TW4002: {
    title: 'dataflow is not a method',
    why: 'The body of dataflow is read as a list of processes; a property that holds a function may come from anywhere.',
    wrong: { kernel: whole('export default kernel({', 'dataflow: (_p, { n }) =>', '});') },
    right: { kernel: whole('export default kernel({', method, '});') },
  },
  TW4003: {
    title: 'a memory whose elements do not fill a beat evenly',
    why: 'A beat of 512 bits holds a whole number of elements, each at a byte address of its own.',
    wrong: reading('u40', 'readMemory(u40)'),
    right: reading('u64', 'readMemory(u64)'),
  },
  TW4004: {
    title: 'bursts in flight out of range',
    why: 'The port keeps an entry for each burst that is on its way.',
    wrong: reading('u32', 'readMemory(u32, { outstanding: 1000 })'),
    right: reading('u32', 'readMemory(u32, { outstanding: 256 })'),
  },
  TW4005: {
    title: 'a dataflow region with something other than constants, streams, loops and processes',
    why: 'The region is wiring: every process in it is built once and runs all the time. What is decided or computed while it runs belongs into a process.',
    wrong: { dataflow: 'output.response();' },
    right: joined,
  },
  TW4006: {
    title: 'a dataflow region that computes in hardware',
    why: 'Only processes have circuits; the region around them is wires.',
    wrong: { dataflow: 'const twice = beats + beats;' },
    right: { body: 'const twice = beats + beats;' },
  },
  TW4007: {
    title: 'a field of a stream without a type',
    why: 'The FIFO is as wide as its fields together.',
    wrong: { top: pair, dataflow: 'const s = stream({ row: 3 } as never) as Stream<u8>;' },
    right: joined,
  },
  TW4008: {
    title: 'a stream depth out of range',
    why: 'The FIFO holds a whole number of elements, in block RAM or registers on the card.',
    wrong: { ...joined, dataflow: joined.dataflow.replace('u8', 'u8, { depth: 0.5 }') },
    right: { ...joined, dataflow: joined.dataflow.replace('u8', 'u8, { depth: 16 }') },
  },
  TW4009: {
    title: 'two streams of one name',
    why: 'The FIFOs are named after their constants.',
    wrong: { ...joined, dataflow: `const s = stream(u8);\n${joined.dataflow}` },
    right: joined,
    behindTypes: true,
  },
  TW4010: {
    title: 'one side of a stream or memory belongs to no process, or to several',
    why: 'Two processes that read one stream would get elements by who is faster, and the result would depend on timing. A side that nobody uses fills up and stops everything.',
    wrong: { dataflow: 'const other = stream(u8);' },
    right: joined,
  },
  TW4011: {
    title: 'a consumer before its producer, or a cycle of processes',
    why: 'The golden model runs the processes one after another, and a cycle can wait for itself for ever.',
    wrong: { ...joined, dataflow: 'const s = stream(u8);\nconsume(s);\nproduce(s);' },
    right: joined,
  },
  TW4012: {
    title: 'the kernel file throws when it is loaded',
    why: 'A kernel file is a program for Node first: what its top level computes must be computable.',
    wrong: { top: 'const odd = unsigned(99);' },
    right: { top: 'const odd = unsigned(9);' },
  },
  TW4013: {
    title: 'a stream is made inside a process',
    why: 'A stream joins two processes; inside one there is nobody at its other end.',
    wrong: 'const s = stream(u8);',
    right: joined,
  },
  TW4014: {
    title: 'an argument that is no memory and no scalar',
    why: 'The host passes buffers and numbers: each argument says which, and of what type.',
    wrong: { arguments: 'many: 3 as never,' },
    right: { arguments: 'many: scalar(u8),' },
  },
  TW4015: {
    title: 'a dataflow region whose shape depends on the hardware',
    why: 'The region is run once, while the kernel is compiled, and what it makes is built. So its loops and decisions take parameters and constants; what an argument of a run decides belongs into a process.',
    wrong: { dataflow: 'const all = Array.from({ length: beats }, () => stream(u8));' },
    right: {
      top: pair,
      dataflow:
        'const all = Array.from({ length: 3 }, () => stream(u8));\nfor (const s of all) {\n  produce(s);\n  consume(s);\n}',
    },
  },
  TW4016: {
    title: 'a number of memories out of range',
    why: 'Each memory is a port of its own, and the largest cards have 32 channels.',
    wrong: { arguments: 'many: readMemories(33, u32),' },
    right: {
      top: wide.replaceAll('TYPE', 'u32'),
      arguments: 'many: readMemories(2, u32),',
      dataflow: 'for (const more of many) {\n  askMore(more);\n  takeMore(more);\n}',
    },
  },
  TW5001: {
    title: 'two parts of a kernel have one name',
    why: 'Processes, streams and memories become modules and wires of one Verilog module, named after the TypeScript; `control` and `all` are taken by every kernel.',
    wrong: { ...joined, dataflow: joined.dataflow.replaceAll(/\bs\b/g, 'control') },
    right: joined,
  },
};
