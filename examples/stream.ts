import { existsSync } from 'node:fs';
import { openDevice, openGraph, stream, syntheticGraph, writeGraph } from 'tilewright';

if (!existsSync('out/graph'))
  await writeGraph('out/graph', syntheticGraph({ nodes: 2000, edges: 40_000 }), { columns: 64 });
await using graph = await openGraph('out/graph'); // read in ranges, never as a whole
await using device = await openDevice('native'); // or any other; several share the work
const results = stream(graph, { devices: [device], bankBytes: 300_000, fanout: 16, key: 7 });
for await (const { tile, means } of results) {
  console.log(`node ${tile.firstNode} and ${tile.nodes - 1} more:`, means.slice(0, 4).join(' '));
}
console.log('overlap', results.report()?.overlap.toFixed(2));
