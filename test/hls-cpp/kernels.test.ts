import { expect, test } from 'vitest';
import { emitKernel } from '../../codegen/backends/hls-cpp/emit.ts';
import { hlsCppBackend } from '../../codegen/backends/hls-cpp/index.ts';
import type { KernelIR } from '../../codegen/ir/ir.ts';
import { vecType } from '../../codegen/ir/ir.ts';
import { runKernelIr } from '../../codegen/ir/run-kernel-ir.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { uniform } from '../../host/dataset/uniform.ts';
import { c, kernelOf, memory, process, receive, request, u, variable } from './ir-text.ts';
import { outputsText, runKernelCpp } from './run-kernel-cpp.ts';
import { copyKernel, sumKernel } from './small-kernels.ts';

function randomBytes(bytes: number, seed: number): Uint8Array {
  const random = uniform(seed);
  return Uint8Array.from({ length: bytes }, () => Math.floor(random() * 256));
}

test.each([
  [
    'direct ports, awkward names',
    copyKernel(),
    { rows: 9, class: 5 },
    ['input', 9],
    ['template', 9],
  ],
  ['served ports', sumKernel(true), { rows: 40 }, ['values', 120], ['sums', 40]],
  ['responses taken by the sender', sumKernel(false), { rows: 7 }, ['values', 21], ['sums', 7]],
] as const)('%s: the C++ does what the IR says', async (_name, kernel, scalars, given, written) => {
  const args = {
    scalars,
    memories: {
      [given[0]]: randomBytes(given[1] * 64, 3),
      [written[0]]: randomBytes(written[1] * 64, 4),
    },
  };
  const { outputs } = runKernelIr(kernel, args);
  expect(await runKernelCpp(kernel, args)).toEqual(outputsText(kernel, outputs));
});

test('the emitted text of a small kernel', async () => {
  await expect(emitKernel(sumKernel(true), new Map())).toMatchFileSnapshot('sum-rows.cpp.golden');
  await expect(emitKernel(copyKernel(), new Map())).toMatchFileSnapshot('copy-beats.cpp.golden');
});

test('the same kernel gives the same bytes, at the path that the manifest lists', () => {
  const files = hlsCppBackend.emit(sumKernel(true), new Map());
  expect([...files.keys()]).toEqual(['hls/sum_rows.cpp']);
  expect([...files.values()]).toEqual([emitKernel(sumKernel(true), new Map())]);
});

const words = vecType(u(32), 16);

const refused: Readonly<Record<string, readonly [KernelIR, string, RegExp]>> = {
  'two processes that request': [
    kernelOf({
      name: 'shared',
      memories: [memory('input', 'read', u(32))],
      processes: ['one', 'two'].map((name) =>
        process(name, [], [request('input', c(0, u(1)), c(1, u(1)))]),
      ),
    }),
    'HLS_MEMORY_SHARED',
    /input has a request in the processes one and two/,
  ],
  'a receive before its request': [
    kernelOf({
      name: 'backwards',
      memories: [memory('input', 'read', u(32))],
      processes: [
        process('take', [variable('beat', words)], [receive('input', 'beat')]),
        process('ask', [], [request('input', c(0, u(1)), c(1, u(1)))]),
      ],
    }),
    'HLS_PROCESS_ORDER',
    /input is used before it is requested/,
  ],
  'a beat of 48 bits': [
    kernelOf({
      name: 'odd',
      memories: [{ ...memory('input', 'read', u(16)), beatBits: 48 }],
      processes: [],
    }),
    'HLS_BEAT_WIDTH',
    /beats of 48 bits/,
  ],
  'a variable narrower than a beat': [
    kernelOf({
      name: 'narrow',
      memories: [memory('input', 'read', u(32))],
      processes: [
        process(
          'take',
          [variable('beat', vecType(u(32), 8))],
          [request('input', c(0, u(1)), c(1, u(1))), receive('input', 'beat')],
        ),
      ],
    }),
    'HLS_BEAT_WIDTH',
    /has 512 bits, u32x8 has 256/,
  ],
  'too many bursts in flight': [
    kernelOf({
      name: 'eager',
      memories: [memory('input', 'read', u(32), 300)],
      processes: [],
    }),
    'HLS_OUTSTANDING',
    /300 bursts in flight/,
  ],
  'a name that C++ keeps for itself': [
    kernelOf({ name: 'my__kernel', processes: [] }),
    'HLS_NAME',
    /my__kernel/,
  ],
};

test.each(Object.entries(refused))('%s is refused', (_name, [kernel, code, message]) => {
  let error: unknown;
  try {
    hlsCppBackend.validate(kernel);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(TilewrightError);
  const { code: given, hint, message: text } = error as TilewrightError;
  expect(given).toBe(code);
  expect(text).toMatch(message);
  expect(hint).toMatch(/\w/);
});
