import { describe, expect, test } from 'vitest';
import { proofs } from './proofs.ts';
import { provenFiles, proveOne } from './prove.ts';

interface Fault {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Beginning of `subject: name` of the proof that must fail. */
  readonly proof: string;
  /** The rule that it must break. */
  readonly rule: string;
}

const faults: readonly Fault[] = [
  {
    what: 'full one word late',
    file: 'tw_fifo.v',
    from: 'full_q <= push && (write_next == read_at);',
    to: 'full_q <= push && (write_at == read_at);',
    proof: 'fifo: ring, power of two',
    rule: 'fifo_full',
  },
  {
    what: 'full one word late, with slack',
    file: 'tw_fifo.v',
    from: 'next_count >= ENOUGH',
    to: 'next_count > ENOUGH',
    proof: 'fifo: ring with slack',
    rule: 'fifo_full',
  },
  {
    what: 'the second word lost when both move',
    file: 'tw_fifo.v',
    from: 'head <= full_q ? second : din;',
    to: 'head <= din;',
    proof: 'fifo: pair',
    rule: 'fifo_order',
  },
];

const title = (one: { readonly subject: string; readonly name: string }) =>
  `${one.subject}: ${one.name}`;

describe('for all time', () => {
  for (const proof of proofs.filter(({ quick }) => quick === true)) {
    test(title(proof), async () => {
      expect((await proveOne(proof, await provenFiles())).text).toBe('');
    });
  }
});

describe('a proof fails about a design with a fault', () => {
  for (const { what, file, from, to, proof, rule } of faults) {
    test(`${file}: ${what}`, async () => {
      const files = await provenFiles();
      const text = files.get(file) ?? '';
      expect(text.split(from), 'the place to mutate is there, once').toHaveLength(2);
      files.set(file, text.replace(from, to));
      const about = proofs.find((one) => title(one).startsWith(proof));
      if (about === undefined) throw new Error(`no proof ${proof}`);
      const verdict = await proveOne(about, files);
      expect(verdict.passed).toBe(false);
      expect(verdict.failed).toContain(rule);
    });
  }
});
