import {
  array,
  kernel,
  mulLow,
  type Parameters,
  type ParameterValues,
  pipeline,
  type ReadPort,
  readMemory,
  scalar,
  shiftRight,
  u1,
  u4,
  u32,
  u33,
  vec,
  vecOf,
  type WritePort,
  writeMemory,
} from 'tilewright/language';

const lanes = 16;
const burst = 16;
const ways = 4;
/** No key: one more than the largest. */
const free = 2 ** 32;
const absent = 0xffffffff;

const parameters = {
  buckets: { default: 64, values: [16, 64, 256, 1024], help: 'buckets of four entries' },
} satisfies Parameters;

type P = ParameterValues<typeof parameters>;

function beatsOf(length: u32): number {
  return shiftRight(length + lanes - 1, 4);
}

function requestBuild(size: u32, keys: ReadPort<u32>, payloads: ReadPort<u32>): void {
  const beats = beatsOf(size);
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    const now = Math.min(beats - beat, burst);
    keys.request(beat, now);
    payloads.request(beat, now);
  }
}

function requestProbe(size: u32, probes: ReadPort<u32>, matches: WritePort<u32>): void {
  const beats = beatsOf(size);
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    const now = Math.min(beats - beat, burst);
    probes.request(beat, now);
    matches.request(beat, now);
  }
}

/** Fibonacci hashing: the upper bits of a product with 2^32 over the golden ratio. */
function bucketOf(p: P, key: u32): number {
  return shiftRight(u32(mulLow(key, 0x9e3779b1, 32)), 32 - Math.log2(p.buckets));
}

/** Fills the table, then looks up: one key an iteration both times. */
function join(
  p: P,
  buildSize: u32,
  probeSize: u32,
  keys: ReadPort<u32>,
  payloads: ReadPort<u32>,
  probes: ReadPort<u32>,
  matches: WritePort<u32>,
  dropped: WritePort<u32>,
): void {
  const tableKeys = array(vecOf(u33, ways), p.buckets, { initial: () => free });
  const tablePayloads = array(vecOf(u32, ways), p.buckets);
  let keyBeat = vec(u32, lanes, () => 0);
  let payloadBeat = vec(u32, lanes, () => 0);
  let lost = u32(0);
  dropped.request(0, 1);
  for (let i = 0; i < buildSize; i++) {
    pipeline();
    if ((i & (lanes - 1)) === 0) {
      keyBeat = keys.receive();
      payloadBeat = payloads.receive();
    }
    const key = keyBeat[i & (lanes - 1)];
    const payload = payloadBeat[i & (lanes - 1)];
    const bucket = bucketOf(p, key);
    // The newest entry comes first; a fifth one pushes the oldest out.
    const old = tableKeys[bucket];
    const oldPayloads = tablePayloads[bucket];
    tableKeys[bucket] = vec(u33, ways, (w) => (w === 0 ? key : old[w - 1]));
    tablePayloads[bucket] = vec(u32, ways, (w) => (w === 0 ? payload : oldPayloads[w - 1]));
    if (old[ways - 1] !== free) lost = u32(lost + 1);
  }
  let matchBeat = vec(u32, lanes, () => absent);
  for (let i = 0; i < probeSize; i++) {
    pipeline();
    const lane = u4(i & (lanes - 1));
    if (lane === 0) keyBeat = probes.receive();
    const key = keyBeat[lane];
    const bucket = bucketOf(p, key);
    const stored = tableKeys[bucket];
    const wanted = u33(key);
    const found = vec(u1, ways, (w) => stored[w] === wanted);
    const entry = tablePayloads[bucket];
    const match = found[0]
      ? entry[0]
      : found[1]
        ? entry[1]
        : found[2]
          ? entry[2]
          : found[3]
            ? entry[3]
            : absent;
    matchBeat = matchBeat.with(lane, u32(match));
    if (lane === lanes - 1 || i === probeSize - 1) matches.send(matchBeat);
  }
  dropped.send(vec(u32, lanes, (l) => (l === 0 ? lost : 0)));
  dropped.response();
}

function confirm(size: u32, matches: WritePort<u32>): void {
  const beats = beatsOf(size);
  for (let beat = 0; beat < beats; beat += burst) {
    pipeline();
    matches.response();
  }
}

/**
 * hash_join: matches[i] is the payload of the newest build key that equals probes[i], 0xFFFFFFFF where
 * there is none. A bucket holds four entries; dropped[0] counts those pushed out of it, and where it is
 * not 0 the host splits the build side. Shows arrays of vectors: a bucket is read and written whole.
 */
export default kernel({
  name: 'hash_join',
  summary: 'looks probe keys up in a hash table of build keys',
  parameters,
  arguments: () => ({
    keys: readMemory(u32),
    payloads: readMemory(u32),
    probes: readMemory(u32),
    matches: writeMemory(u32),
    dropped: writeMemory(u32),
    buildSize: scalar(u32),
    probeSize: scalar(u32),
  }),
  dataflow(p, { keys, payloads, probes, matches, dropped, buildSize, probeSize }) {
    requestBuild(buildSize, keys, payloads);
    requestProbe(probeSize, probes, matches);
    join(p, buildSize, probeSize, keys, payloads, probes, matches, dropped);
    confirm(probeSize, matches);
  },
  workload(p, random, size) {
    const buildSize = random.integer(0, Math.min(size, 3 * p.buckets));
    // Twice as many keys as entries: half of the probes find one.
    const most = 2 * buildSize;
    const draw = (count: number, largest: number) =>
      Uint32Array.from({ length: count }, () => random.integer(0, largest));
    const [keys, payloads] = [draw(buildSize, most), draw(buildSize, absent - 1)];
    const probes = draw(size, most);
    return { keys, payloads, probes, matches: size, dropped: 1, buildSize, probeSize: size };
  },
});
