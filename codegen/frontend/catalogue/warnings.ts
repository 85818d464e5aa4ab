import type { Catalogue } from './entry.ts';

const hash = (interval: string) =>
  `let hash = u32(1);\nfor (let i = 0; i < 16; i++) {\n  pipeline(${interval});\n  hash = u32(mulLow(u32((hash ^ v[i & 15]) >>> 0), 16777619, 32));\n}\noutput.send(v.with(0, hash));`;

const beside = (depth: string) => ({
  top: 'function fetch(ids: Stream<u32>, more: ReadPort<u32>): void {\n  for (let i = 0; i < 1000; i++) {\n    pipeline();\n    ids.write(u32(i));\n    more.request(i, 1);\n  }\n}\n\nfunction use(ids: Stream<u32>, more: ReadPort<u32>): void {\n  for (let i = 0; i < 1000; i++) {\n    pipeline();\n    const id = ids.read();\n    const beat = more.receive();\n  }\n}',
  arguments: 'more: readMemory(u32, { outstanding: 64 }),',
  dataflow: `const ids = stream(u32${depth});\nfetch(ids, more);\nuse(ids, more);`,
});

const nested = (outer: string, inner: string) =>
  `let most = u32(0);\nfor (let i = 0; i < 4; i++) {\n${outer}  for (let l = 0; l < 16; l++) {\n${inner}    most = u32(Math.max(most, v[l & 15]));\n  }\n}`;
const directive = '  pipeline();\n';

const loop = (name: string, statements: string) =>
  `function ${name}(more: ReadPort<u32>): void {\n  for (let i = 0; i < 1000; i++) {\n    pipeline();\n${statements}  }\n}`;
const request = '    more.request(i, 1);\n';
const receive = '    const beat = more.receive();\n';

/** TW6…: the kernel compiles, and is slower than its source asks for. */
export const warnings: Catalogue = {
  TW6001: {
    severity: 'warning',
    title: 'a loop that cannot start an iteration as often as pipeline() asks',
    why: 'An iteration waits for what the one before computes (a recurrence), for the decision whether there is another one, or for a stream or port that serves one access a cycle. The message lists the operations on that way with their lines, delays and stages.',
    wrong: hash(''),
    right: hash('4'),
  },
  TW6002: {
    severity: 'warning',
    title: 'a stream that is too shallow for what goes on beside it',
    why: 'The same elements take a longer way, through a memory or through other pipelines. Until they arrive the stream must hold what was sent meanwhile; when it is full, its producer stops, and with it the longer way.',
    wrong: beside(', { depth: 4 }'),
    right: beside(''),
  },
  TW6003: {
    severity: 'warning',
    title: 'pipeline() on a loop that holds another loop',
    why: 'Iterations follow each other in the innermost loop; the loop around it begins again when that one ends.',
    wrong: nested(directive, ''),
    right: nested('', `  ${directive}`),
  },
  TW6004: {
    severity: 'warning',
    title: 'request and answer of a memory in one loop',
    why: 'The iteration waits where it takes the answer, so the next request goes out a whole latency later. In two processes one runs ahead and keeps as many requests in flight as the port allows.',
    wrong: {
      top: loop('fetch', request + receive),
      arguments: 'more: readMemory(u32),',
      dataflow: 'fetch(more);',
    },
    right: {
      top: `${loop('fetch', request)}\n\n${loop('use', receive)}`,
      arguments: 'more: readMemory(u32),',
      dataflow: 'fetch(more);\nuse(more);',
    },
  },
};
