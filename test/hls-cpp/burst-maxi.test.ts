import { expect, test } from 'vitest';
import { compileAndRun } from './gpp.ts';

/** What the header for g++ refuses because hardware would hang on it or get it wrong. */
const program = (statements: string) => `#include <ap_int.h>
#include <cstdio>
#include <hls_burst_maxi.h>
int main() {
  unsigned char bytes[512] = {};
  hls::burst_maxi<ap_uint<512>> port(bytes, sizeof bytes, "memory", 2);
  try {
    ${statements}
    port.finish();
    std::printf("fine\\n");
  } catch (const tilewright::misuse &error) {
    std::printf("%s %s\\n", error.code, error.what());
  }
}
`;

test.each([
  [
    'two reads in flight',
    'port.read_request(0, 1); port.read_request(4, 2); port.read(); port.read(); port.read();',
    /^fine/,
  ],
  [
    'a third read once the first is done',
    'port.read_request(0, 1); port.read_request(1, 1); port.read(); port.read_request(2, 1); port.read(); port.read();',
    /^fine/,
  ],
  [
    'a third read in flight',
    'port.read_request(0, 1); port.read_request(1, 1); port.read_request(2, 1);',
    /^OUTSTANDING .*memory.*read request at beat 2 while 2/,
  ],
  [
    'a third while the first is half read',
    'port.read_request(0, 2); port.read_request(2, 1); port.read(); port.read_request(3, 1);',
    /^OUTSTANDING .*read request at beat 3/,
  ],
  [
    'a third write whose data are there',
    'for (int i = 0; i < 3; ++i) { port.write_request(i, 1); port.write(0); }',
    /^OUTSTANDING .*write request at beat 2/,
  ],
  [
    'a write once a response came',
    'for (int i = 0; i < 3; ++i) { port.write_request(i, 1); port.write(0); port.write_response(); }',
    /^fine/,
  ],
  [
    'a response before the last beat',
    'port.write_request(0, 2); port.write(0); port.write_response();',
    /^NOT_REQUESTED .*write_response/,
  ],
  [
    'a beat that nobody asked for',
    'port.read_request(0, 1); port.read(); port.read();',
    /^NOT_REQUESTED .*read of a beat/,
  ],
])('%s', async (_what, statements, expected) => {
  expect((await compileAndRun({ 'main.cpp': program(statements) }))[0]).toMatch(expected);
});
