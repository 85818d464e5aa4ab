import { all, any, kernel, mulHigh, mulLow, pipeline, shiftLeft, shiftRight, signed, sum, table, unroll, unsigned, readMemory, scalar, stream, u1, u4, u5, u8, u16, u32, u40, u53, u64, i8, i16, i32, i64, vec, vecOf, writeMemory, type ReadPort, type Stream, type Vec, type WritePort } from 'tilewright/language';


function ask(beats: u32, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    input.request(beat, 1);
    output.request(beat, 1);
  }
}
function work(beats: u32, input: ReadPort<u32>, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) {
    const v = input.receive();
    let x = u32(0); for (let i = 0; i < 1000000; i++) { unroll(); x = u32(x + i); }
    output.send(v);
  }
}
function confirm(beats: u32, output: WritePort<u32>): void {
  for (let beat = 0; beat < beats; beat++) output.response();
}
export default kernel({
  name: 'odd',
  summary: 's',
  parameters: {},
  arguments: (_q) => ({ input: readMemory(u32), output: writeMemory(u32), beats: scalar(u32),  }),
  dataflow(p, { input, output, beats }) {
    
    ask(beats, input, output);
    work(beats, input, output);
    confirm(beats, output);
  },
  workload: (_p, _r, n) => ({ input: [], output: n * 16, beats: n }),
});
