import { settledTurns } from '../../codegen/backends/hls-cpp/burst-plan.ts';
import { emitKernel } from '../../codegen/backends/hls-cpp/emit.ts';
import { type KernelIR, vecType } from '../../codegen/ir/ir.ts';
import {
  c,
  count,
  kernelOf,
  memory,
  process,
  receive,
  request,
  response,
  s,
  scalar,
  send,
  u,
  v,
  variable,
} from './ir-text.ts';

const words = vecType(u(32), 16);
const rows = s('rows', u(32));

export interface Port {
  readonly name: string;
  readonly direction: 'read' | 'write';
  readonly outstanding: number;
  /** Beats of every request; undefined: they vary. */
  readonly beats: number | undefined;
  /** Bits of the count of beats where it varies. */
  readonly bits: number;
}

/** A kernel in which one process asks and another takes or sends, so that a third serves the port. */
export function servedKernel(port: Port): KernelIR {
  const { name, direction, outstanding, beats, bits } = port;
  const asked = beats === undefined ? v('beats', u(bits)) : c(beats, u(9));
  const ask = process(
    'ask',
    [variable('row', u(32)), variable('beats', u(bits))],
    [count('row', rows, [request('memory', v('row', u(32)), asked)])],
  );
  const beat = [variable('row', u(32)), variable('beat', words)];
  const use = (stmts: Parameters<typeof count>[2]) => [count('row', rows, stmts)];
  return kernelOf({
    name,
    scalars: [scalar('rows', u(32))],
    memories: [memory('memory', direction, u(32), outstanding)],
    processes:
      direction === 'read'
        ? [ask, process('take', beat, use([receive('memory', 'beat')]))]
        : [
            ask,
            process('give', beat, use([send('memory', v('beat', words))])),
            process('confirm', [variable('row', u(32))], use([response('memory')])),
          ],
  });
}

/**
 * The C++ of a kernel in a namespace of its own, where each turn of a serving process's loop takes a
 * cycle.
 */
export function timedText(port: Port): string {
  const text = emitKernel(servedKernel(port), new Map());
  const turns = text.replace(
    /(static void serve_memory[\s\S]*?while [^\n]*\n)#pragma HLS PIPELINE II=1\n/,
    '$1timed::now += 1;\ntimed::turn += 1;\n',
  );
  if (turns === text) throw new Error('the loop of the serving process was not found');
  return `namespace ${port.name}_file {\n${turns}\n}\n`;
}

/**
 * hls::stream and hls::burst_maxi in time: elements are there from a cycle on; a beat comes `latency`
 * cycles after its request and not in the cycle of another; a response so long after its last beat.
 * What waits moves the clock, and waits for no request of the last turns, which may be in the pipeline yet. More requests in flight than allowed end the program.
 */
export const timedHeaders = `#define TILEWRIGHT_HLS_STREAM_H
#define TILEWRIGHT_HLS_BURST_MAXI_H
#include <ap_int.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <utility>
namespace timed {
static long now, turn, latency, most_in_flight, limit;
[[maybe_unused]] static void check(bool right, const char *what) {
  if (!right) { std::printf("%s\\n", what); std::exit(0); }
}
}
namespace hls {
template <typename T> struct stream {
  std::deque<std::pair<T, long>> held;
  stream(const char * = "") {}
  bool empty() const { return held.empty() || held.front().second > timed::now; }
  T read() {
    timed::check(!held.empty(), "read of an empty stream");
    timed::now = std::max(timed::now, held.front().second);
    T value = held.front().first;
    held.pop_front();
    return value;
  }
  void write(const T &value) { held.push_back({value, timed::now}); }
};
template <typename T> struct burst_maxi {
  struct burst { long beats, due, turn; bool begun; };
  struct port { std::deque<burst> open; std::deque<long> responses; long bus = 0, in_flight = 0; } *p;
  burst_maxi(port *at) : p(at) {}
  void enter(long beats) {
    p->open.push_back({beats, timed::now + timed::latency, timed::turn, false});
    timed::most_in_flight = std::max(timed::most_in_flight, ++p->in_flight);
    timed::check(p->in_flight <= timed::limit, "too many requests in flight");
  }
  void read_request(size_t, size_t beats) { enter(static_cast<long>(beats)); }
  void write_request(size_t, size_t beats) { enter(static_cast<long>(beats)); }
  T read() {
    timed::check(!p->open.empty(), "read of a beat that was not requested");
    burst &front = p->open.front();
    timed::check(front.begun || timed::turn - front.turn >= ${settledTurns}, "waits for a request that may still be in the pipeline");
    front.begun = true;
    p->bus = std::max(p->bus + 1, front.due);
    timed::now = std::max(timed::now, p->bus);
    if (--front.beats == 0) { p->open.pop_front(); --p->in_flight; }
    return 0;
  }
  void write(const T &) {
    timed::check(!p->open.empty(), "write of a beat that was not requested");
    if (--p->open.front().beats == 0) {
      p->open.pop_front();
      p->responses.push_back(timed::now + timed::latency);
    }
  }
  void write_response() {
    timed::check(!p->responses.empty(), "a response before the last beat");
    timed::now = std::max(timed::now, p->responses.front());
    p->responses.pop_front();
    --p->in_flight;
  }
};
}
`;

/** A function that runs one port under some conditions and prints cycles and the most in flight. */
export function timedRun(port: Port): string {
  const { name, direction, beats, outstanding } = port;
  const space = `${name}_file`;
  return `static void run_${name}(long latency, long requests, long gap) {
  timed::now = timed::turn = timed::most_in_flight = 0;
  timed::latency = latency;
  timed::limit = ${outstanding};
  hls::stream<${space}::memory_request_t> asks;
  hls::stream<ap_uint<512>> data;
  hls::burst_maxi<ap_uint<512>>::port port;
  long beats = 0, at = 0;
  for (long i = 0; i < requests; ++i, at += gap) {
    const long more = ${beats ?? '1 + i * 7 % 15'};
    asks.held.push_back({{0, static_cast<unsigned>(more), 0}, at});
    ${direction === 'write' ? 'for (long b = 0; b < more; ++b) data.held.push_back({0, at + b});' : ''}
    beats += more;
  }
  asks.held.push_back({{0, 0, 1}, at});
  ${direction === 'write' ? 'hls::stream<ap_uint<1>> responses;' : ''}
  ${space}::serve_memory(&port, asks, data${direction === 'write' ? ', responses' : ''});
  const long moved = ${direction === 'read' ? 'static_cast<long>(data.held.size())' : 'static_cast<long>(responses.held.size())'};
  timed::check(moved == ${direction === 'read' ? 'beats' : 'requests'}, "not everything was served");
  timed::check(port.in_flight == 0, "something is left in flight");
  std::printf("%ld %ld %ld\\n", timed::now, beats, timed::most_in_flight);
}
`;
}
