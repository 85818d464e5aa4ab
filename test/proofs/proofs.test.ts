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
  {
    what: 'no forwarding',
    file: 'tw_ram.v',
    from: 'forward <= write && (write_address == read_address);',
    to: "forward <= 1'b0;",
    proof: 'ram',
    rule: 'ram_read',
  },
  {
    what: 'an address that does not wait for ready',
    file: 'tw_axi_address.v',
    from: 'issue = (!valid || ready) &&',
    to: 'issue =',
    proof: 'address: 2 requests',
    rule: 'address_free',
  },
  {
    what: 'a valid that is taken back',
    file: 'tw_axi_address.v',
    from: 'end else if (ready) begin',
    to: 'end else begin',
    proof: 'address: 2 requests',
    rule: 'axi_valid_held',
  },
  {
    what: 'done not cleared by a read',
    file: 'bench_control.v',
    from: "else if (ctl_read_control) ctl_done <= 1'b0;",
    to: '',
    proof: 'control',
    rule: 'control_inside',
  },
  {
    what: 'byte strobes ignored',
    file: 'bench_control.v',
    from: '{8{ctl_strobe[2]}}',
    to: '{8{ctl_strobe[3]}}',
    proof: 'control',
    rule: 'control_target',
  },
  {
    what: 'beats dropped when the consumer stalls',
    file: 'tw_axi_read.v',
    from: 'assign rready = !data_full;',
    to: "assign rready = data_full || 1'b1;",
    proof: 'read',
    rule: 'read_room',
  },
  {
    what: 'idle while a request waits',
    file: 'tw_axi_write.v',
    from: 'assign idle = address_idle && ',
    to: 'assign idle = ',
    proof: 'write',
    rule: 'write_idle',
  },
  {
    what: 'a stage that drops what it holds while the queue is full',
    file: 'joiner_join.v',
    from: 'assign s2_go = s2_valid;',
    to: 'assign s2_go = s2_valid && !joined_full;',
    proof: 'joiner',
    rule: 'inside_way',
  },
  {
    what: 'a gate that does not wait for room',
    file: 'joiner_join.v',
    from: "s0_block == 1'd1) && right_empty) || ((s0_block == 1'd1) && joined_full)",
    to: "s0_block == 1'd1) && right_empty)",
    proof: 'joiner',
    rule: 'inside_late',
  },
  {
    what: 'less slack than there are stages behind the gate',
    file: 'joiner.v',
    from: '.SLACK(2)',
    to: '.SLACK(1)',
    proof: 'joiner',
    rule: 'inside_late',
  },
];

/** Compiled once: no test changes it, each makes its own copy. */
const shipped = provenFiles();

const title = (one: { readonly subject: string; readonly name: string }) =>
  `${one.subject}: ${one.name}`;

describe('for all time', () => {
  for (const proof of proofs.filter(({ quick }) => quick === true)) {
    test(title(proof), async () => {
      expect((await proveOne(proof, await shipped)).text).toBe('');
    });
  }
});

describe('a proof fails about a design with a fault', () => {
  for (const { what, file, from, to, proof, rule } of faults) {
    test(`${file}: ${what}`, async () => {
      const files = new Map(await shipped);
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
