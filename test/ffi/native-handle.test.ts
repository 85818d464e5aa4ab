import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { liveHandles, NativeHandle } from '../../host/ffi/native-handle.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const released: string[] = [];
class Used extends NativeHandle<string> {
  work(until: Promise<void>): Promise<string> {
    return this.during((raw) => until.then(() => raw));
  }
}

const open = (name: string, parent?: NativeHandle) =>
  new NativeHandle('test handle', name, (raw) => void released.push(raw), parent);

afterEach(() => {
  released.length = 0;
});

describe('a native handle', () => {
  it('is counted while it is open, and released once', () => {
    const handle = open('a');
    expect(liveHandles()).toEqual({ 'test handle': 1 });
    handle.release();
    handle.release();
    expect(released).toEqual(['a']);
    expect(liveHandles()).toEqual({});
    expect(handle.released).toBe(true);
    expect(() => handle.raw).toThrow(/used after its release/);
  });

  it('is released before what it belongs to, the youngest first', () => {
    const device = open('device');
    const one = open('one', device);
    open('two', device);
    open('of one', one);
    device.release();
    expect(released).toEqual(['two', 'of one', 'one', 'device']);
    expect(liveHandles()).toEqual({});
  });

  it('is given back, and what it belongs to, only when no call uses it', async () => {
    const device = open('device');
    const handle = new Used('test handle', 'used', (raw) => void released.push(raw), device);
    let end = () => {};
    const work = handle.work(new Promise<void>((resolve) => (end = resolve)));
    device.release();
    handle.release();
    expect(released).toEqual([]);
    expect(() => handle.raw).toThrow(/used after its release/);
    end();
    expect(await work).toBe('used');
    expect(released).toEqual(['used', 'device']);
    expect(liveHandles()).toEqual({});
  });

  it('that nobody holds is released by the collector', async () => {
    const device = open('device');
    for (let at = 0; at < 100; at++) open(`forgotten ${at}`, device);
    for (let turn = 0; turn < 50 && released.length < 100; turn++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(released.length).toBe(100);
    expect(liveHandles()).toEqual({ 'test handle': 1 });
    device.release();
    expect(released.length).toBe(101);
  });
});
