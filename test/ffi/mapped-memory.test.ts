import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MappedMemory } from '../../host/ffi/mapped-memory.ts';

const descriptors = () => readdirSync('/proc/self/fd').length;

describe('mapped memory', () => {
  it('is page-aligned and zero at first', () => {
    using memory = MappedMemory.allocate(5000);
    expect(memory.address % 4096n).toBe(0n);
    expect(memory.bytes.length).toBe(5000);
    expect(memory.bytes.every((byte) => byte === 0)).toBe(true);
  });

  it('is given back by its release, and still read safely: as zeros', () => {
    const size = 64 << 20;
    const resident = () => {
      const pages = /^\d+ (\d+)/.exec(readFileSync('/proc/self/statm', 'utf8'))?.[1];
      return Number(pages) * 4096;
    };
    const memory = MappedMemory.allocate(size);
    memory.bytes.fill(7);
    const full = resident();
    memory.release();
    expect(full - resident()).toBeGreaterThan(size / 2);
    expect(memory.bytes[12345]).toBe(0);
    memory.release();
  });

  it('is one memory for two processes, and no file', () => {
    const before = descriptors();
    const memory = MappedMemory.share(8192);
    const other = MappedMemory.adopt(process.pid, memory.descriptor, 8192);
    memory.bytes[8191] = 42;
    expect(other.bytes[8191]).toBe(42);
    const path = `/proc/${process.pid}/fd/${memory.descriptor}`;
    execFileSync('sh', ['-c', `printf X | dd of=${path} conv=notrunc bs=1 seek=5 2>/dev/null`]);
    expect(other.bytes[5]).toBe('X'.charCodeAt(0));
    memory.release();
    expect(other.bytes[8191]).toBe(42);
    other.release();
    expect(descriptors()).toBe(before);
  });

  it('that is gone cannot be adopted', () => {
    expect(() => MappedMemory.adopt(process.pid, 9999, 64)).toThrow(/does not share/);
  });
});
