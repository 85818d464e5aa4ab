// Run as a process of its own by store.test.ts: builds one artefact and says whether it was cached.
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { artefactStore } from '../../codegen/support/store.ts';

const [folder, log, mode] = process.argv.slice(2) as [string, string, string];
const store = artefactStore({ folder });
const { cached, folder: built } = await store.build('shared', { source: 1 }, async (temporary) => {
  appendFileSync(log, 'begin\n');
  writeFileSync(join(temporary, 'part'), 'half');
  if (mode === 'die') process.kill(process.pid, 'SIGKILL');
  await new Promise((done) => setTimeout(done, 300));
  writeFileSync(join(temporary, 'whole'), 'done');
  appendFileSync(log, 'end\n');
});
process.stdout.write(JSON.stringify({ cached, built }));
