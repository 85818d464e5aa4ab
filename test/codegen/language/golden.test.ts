import { describe, expect, test } from 'vitest';
import {
  kernel,
  type ReadPort,
  readMemory,
  runGolden,
  type Stream,
  scalar,
  stream,
  u8,
  u32,
  vec,
  type WritePort,
  writeMemory,
} from '../../../codegen/language/index.ts';

type Ports = {
  readonly input: ReadPort<u32>;
  readonly output: WritePort<u32>;
  readonly link: Stream<u32>;
};

/** Runs a body as a kernel over four beats in and four out. */
function run(body: (ports: Ports) => void, args: Record<string, unknown> = {}): string | number {
  const definition = kernel({
    name: 'probe',
    summary: 'a probe',
    parameters: {},
    arguments: () => ({
      input: readMemory(u32),
      output: writeMemory(u32),
      count: scalar(u8),
    }),
    dataflow(_p, { input, output }) {
      body({ input, output, link: stream(u32) });
    },
    workload: () => ({ input: [], output: 0, count: 0 }),
  });
  const given = { input: new Uint8Array(256), output: new Uint8Array(256), count: 3, ...args };
  try {
    const { ports } = runGolden(definition, {}, given as never);
    return ports.reduce((sum, one) => sum + one.beats, 0);
  } catch (error) {
    return (error as Error).message;
  }
}

const beat = vec(u32, 16, (l) => l);

test('a run that asks for what it uses counts its beats', () => {
  const beats = run(({ input, output, link }) => {
    input.request(1, 3);
    output.request(0, 1);
    for (let at = 0; at < 3; at++) link.write(input.receive()[at]);
    for (let at = 0; at < 3; at++) link.read();
    output.send(beat);
    output.response();
  });
  expect(beats).toBe(4);
});

describe('what hardware would hang on or run away with is an error in the golden model', () => {
  const cases: readonly [string, (ports: Ports) => void, string][] = [
    ['read of an empty stream', ({ link }) => void link.read(), 'a stream ran empty'],
    ['a write that nobody reads', ({ link }) => link.write(u32(1)), 'never read'],
    ['a burst past the buffer', ({ input }) => input.request(2, 3), 'leaves the buffer of 4 beats'],
    ['a burst before the buffer', ({ input }) => input.request(-1, 1), 'leaves the buffer'],
    ['a burst of no beats', ({ input }) => input.request(0, 0), 'asks for 0 beats'],
    ['a burst of 257 beats', ({ input }) => input.request(0, 257), 'asks for 257 beats'],
    ['a beat nobody asked for', ({ input }) => void input.receive(), 'receive() without a request'],
    ['a beat nobody takes', ({ input }) => input.request(0, 1), 'requested and never received'],
    ['a send without a request', ({ output }) => output.send(beat), 'send() without a request'],
    ['a beat never sent', ({ output }) => output.request(0, 1), 'requested and never sent'],
    [
      'a beat of too few lanes',
      ({ output }) => {
        output.request(0, 1);
        output.send(vec(u32, 8, () => 0));
      },
      'send() of 8 lanes into a beat of 16',
    ],
    [
      'a response nobody takes',
      ({ output }) => {
        output.request(0, 1);
        output.send(beat);
      },
      '1 response was never taken',
    ],
    ['a response too many', ({ output }) => output.response(), 'response() without a request'],
  ];
  test.each(cases)('%s', (_name, body, message) => {
    expect(run(body)).toContain(message);
  });
});

describe('arguments are checked', () => {
  test.each([
    [{ count: 256 }, '256 does not fit into count: u8'],
    [{ count: 'three' }, 'argument count must be a number'],
    [{ input: new Uint8Array(65) }, 'argument input must be a buffer of whole 64-byte beats'],
    [{ output: 3 }, 'argument output must be a buffer of whole 64-byte beats'],
  ])('%o', (args, message) => {
    expect(run(() => {}, args)).toContain(message);
  });
});
