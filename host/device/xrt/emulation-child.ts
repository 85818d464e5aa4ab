// Run as a process of its own, in a session of its own: hosts XRT's hardware emulation, whose shim spins
// when its simulator dies, kills its process group, and waits for any child at close. The arguments are the
// folders that go with it.
import { rmSync } from 'node:fs';
import { MappedMemory } from '../../ffi/mapped-memory.ts';
import { plainError } from '../plain-error.ts';
import type { ChildAnswer, ChildRequest } from './child-messages.ts';
import { killSession } from './session-processes.ts';
import type { BufferReference } from './xrt-calls.ts';
import { XrtSession } from './xrt-session.ts';

const parent = process.ppid;
const memories = new Map<number, MappedMemory>();

function memoryOf({ id, bytes, descriptor }: BufferReference): MappedMemory {
  const known = memories.get(id);
  if (known !== undefined) return known;
  const memory = MappedMemory.adopt(parent, descriptor, bytes);
  memories.set(id, memory);
  return memory;
}

const session = new XrtSession('hw_emu', memoryOf);

async function answer(request: ChildRequest): Promise<unknown> {
  switch (request.call) {
    case 'open':
      return session.open(request.xclbin);
    case 'openKernel':
      return session.openKernel(request.name, request.registers);
    case 'run':
      return session.run(request.request);
    case 'forget':
      session.forget(request.buffer);
      memories.get(request.buffer)?.release();
      memories.delete(request.buffer);
      return undefined;
    case 'close':
      return session.close();
  }
}

process.on('message', (request: ChildRequest) => {
  const { number } = request;
  answer(request).then(
    (value) => process.send?.({ number, value } satisfies ChildAnswer),
    (error) =>
      process.send?.({ number, error: plainError(error, 'XRT_CHILD') } satisfies ChildAnswer),
  );
});

// The parent is gone, however it ended: nothing of the session may outlive it. Not by an exit: the shim's
// destructors would wait for what is no more.
function endSession(): void {
  try {
    killSession(process.pid);
    for (const folder of process.argv.slice(2)) rmSync(folder, { recursive: true, force: true });
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
}

process.on('disconnect', endSession);
process.on('uncaughtException', endSession);
// It may have gone before anybody listened.
if (process.connected) process.send?.({ ready: true } satisfies ChildAnswer);
else endSession();
