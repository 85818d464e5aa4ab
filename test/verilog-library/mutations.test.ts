import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Bench } from './library.ts';
import { buildIcarus, filesUnderTest } from './library.ts';

const folder = mkdtempSync(join(tmpdir(), 'tilewright-mutations-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Mutation {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly bench: Bench;
  /** What the bench must say about it. */
  readonly verdict: RegExp;
}

const mutations: readonly Mutation[] = [
  {
    what: 'full one word late',
    file: 'tw_fifo.v',
    from: 'full_q <= push && (write_next == read_at);',
    to: 'full_q <= push && (write_at == read_at);',
    bench: 'fifo',
    verdict: /full is wrong/,
  },
  {
    what: 'full one word late, with slack',
    file: 'tw_fifo.v',
    from: 'next_count >= ENOUGH',
    to: 'next_count > ENOUGH',
    bench: 'fifo',
    verdict: /full is wrong/,
  },
  {
    what: 'no room for the words under way',
    file: 'tw_fifo.v',
    from: 'WORDS = DEPTH + SLACK;',
    to: 'WORDS = DEPTH;',
    bench: 'fifo',
    verdict: /full is wrong|dout is wrong|empty is wrong/,
  },
  {
    what: 'a ring one entry too long',
    file: 'tw_fifo.v',
    from: "LAST = ENTRIES[BITS-1:0] - 1'b1",
    to: 'LAST = ENTRIES[BITS-1:0]',
    bench: 'fifo',
    verdict: /dout is wrong|empty is wrong|full is wrong/,
  },
  {
    what: 'a bubble at the output of block RAM',
    file: 'tw_fifo.v',
    from: '(!valid || pop)',
    to: '!valid',
    bench: 'fifo',
    verdict: /a bubble|empty is wrong/,
  },
  {
    what: 'the second word lost when both move',
    file: 'tw_fifo.v',
    from: 'head <= full_q ? second : din;',
    to: 'head <= din;',
    bench: 'fifo',
    verdict: /dout is wrong/,
  },
  {
    what: 'no forwarding',
    file: 'tw_ram.v',
    from: 'forward <= write && (write_address == read_address);',
    to: "forward <= 1'b0;",
    bench: 'ram',
    verdict: /read_data is wrong/,
  },
  {
    what: 'a word that does not stay until the next read',
    file: 'tw_ram.v',
    from: 'if (read) stored <= memory[read_address];',
    to: 'stored <= memory[read_address];',
    bench: 'ram',
    verdict: /read_data is wrong/,
  },
  {
    what: 'RLAST ignored',
    file: 'tw_axi_read.v',
    from: 'retire = receive && rlast;',
    to: 'retire = receive;',
    bench: 'read',
    verdict: /too many bursts|idle|no progress/,
  },
  {
    what: 'beats dropped when the consumer stalls',
    file: 'tw_axi_read.v',
    from: 'assign rready = !data_full;',
    to: "assign rready = data_full || 1'b1;",
    bench: 'read',
    verdict: /data/,
  },
  {
    what: 'one burst too many in flight',
    file: 'tw_axi_read.v',
    from: '(in_flight == LIMIT) && !retire',
    to: "(in_flight == LIMIT + 1'b1) && !retire",
    bench: 'read',
    verdict: /too many bursts/,
  },
  {
    what: 'one burst too few in flight',
    file: 'tw_axi_read.v',
    from: 'LIMIT = OUTSTANDING[BITS-1:0];',
    to: 'LIMIT = OUTSTANDING[BITS-1:0] - (OUTSTANDING > 1);',
    bench: 'read',
    verdict: /too few bursts/,
  },
  {
    what: 'an error of the slave overlooked',
    file: 'tw_axi_read.v',
    from: "(rresp != 2'b00)",
    to: "(rresp == 2'b11)",
    bench: 'read',
    verdict: /error/,
  },
  {
    what: 'idle while beats are on their way',
    file: 'tw_axi_read.v',
    from: "address_idle && (in_flight == {BITS{1'b0}}) && data_empty",
    to: 'address_idle && data_empty',
    bench: 'read',
    verdict: /idle too early/,
  },
  {
    what: 'the split at 4 KiB forgotten',
    file: 'tw_axi_address.v',
    from: 'crosses ? ~in_page : beats_less_one[5:0]',
    to: 'beats_less_one[5:0]',
    bench: 'read',
    verdict: /ARLEN/,
  },
  {
    what: 'the second burst of a split not at the start of its page',
    file: 'tw_axi_address.v',
    from: "{block[57:6], 6'd63}",
    to: 'block',
    bench: 'write',
    verdict: /AWADDR/,
  },
  {
    what: 'an address that does not wait for ready',
    file: 'tw_axi_address.v',
    from: 'issue = (!valid || ready) &&',
    to: 'issue =',
    bench: 'read',
    verdict: /AR changed|ARADDR/,
  },
  {
    what: 'WLAST missing on single beats',
    file: 'tw_axi_write.v',
    from: "wlast <= next_length == 6'd0;",
    to: "wlast <= 1'b0;",
    bench: 'write',
    verdict: /WLAST/,
  },
  {
    what: 'WVALID without data',
    file: 'tw_axi_write.v',
    from: 'wvalid = sending && !data_empty',
    to: 'wvalid = sending',
    bench: 'write',
    verdict: /WDATA/,
  },
  {
    what: 'a bubble between bursts',
    file: 'tw_axi_write.v',
    from: '(!sending || (send && wlast))',
    to: '!sending',
    bench: 'write',
    verdict: /not one beat a cycle/,
  },
  {
    what: 'burst lengths lost when addresses run ahead',
    file: 'tw_axi_write.v',
    from: '.hold(lengths_full || flights_full)',
    to: '.hold(flights_full)',
    bench: 'write',
    verdict: /WLAST|no progress|W before its AW/,
  },
  {
    what: 'a token for every burst of a split request',
    file: 'tw_axi_write.v',
    from: 'token = answer && completes',
    to: 'token = answer',
    bench: 'write',
    verdict: /response tokens/,
  },
  {
    what: 'W that waits until its address is taken',
    file: 'tw_axi_write.v',
    from: 'wvalid = sending && !data_empty',
    to: 'wvalid = sending && !data_empty && !awvalid',
    bench: 'write',
    verdict: /no progress|W changed|not one beat a cycle/,
  },
  {
    what: 'byte strobes ignored',
    file: 'bench_control.v',
    from: '{8{ctl_strobe[2]}}',
    to: '{8{ctl_strobe[3]}}',
    bench: 'control',
    verdict: /source|target|key|wide/,
  },
  {
    what: 'done lost when it comes during a read',
    file: 'bench_control.v',
    from: "if (ap_done) ctl_done <= 1'b1;\n            else if (ctl_read_control) ctl_done <= 1'b0;",
    to: "if (ctl_read_control) ctl_done <= 1'b0;\n            else if (ap_done) ctl_done <= 1'b1;",
    bench: 'control',
    verdict: /RDATA/,
  },
  {
    what: 'done not cleared by a read',
    file: 'bench_control.v',
    from: "else if (ctl_read_control) ctl_done <= 1'b0;",
    to: '',
    bench: 'control',
    verdict: /RDATA/,
  },
  {
    what: 'pending set, not toggled, by a write',
    file: 'bench_control.v',
    from: 'ctl_pending ^ ctl_toggles',
    to: 'ctl_pending | ctl_toggles',
    bench: 'control',
    verdict: /ap_interrupt|RDATA/,
  },
  {
    what: 'data taken before its address is there',
    file: 'bench_control.v',
    from: 'ctl_write = ctl_has_address && ctl_has_data',
    to: 'ctl_write = ctl_has_data',
    bench: 'control',
    verdict: /B before AW|source|target|key|wide|RDATA|write hangs/,
  },
];

describe('the benches notice a fault', () => {
  mutations.forEach((mutation, index) => {
    test(`${mutation.file}: ${mutation.what}`, async () => {
      const files = await filesUnderTest();
      const text = files.get(mutation.file) ?? '';
      expect(text.split(mutation.from), 'the place to mutate is there, once').toHaveLength(2);
      files.set(mutation.file, text.replace(mutation.from, mutation.to));
      const run = await buildIcarus(join(folder, String(index)), files);
      const verdict = await run(mutation.bench, 1);
      expect(verdict).toMatch(/^FAIL/);
      expect(verdict).toMatch(mutation.verdict);
    });
  });
});
