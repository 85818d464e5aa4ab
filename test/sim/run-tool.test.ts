import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, test } from 'vitest';
import {
  asWriteError,
  checkWritable,
  writeFileAtomic,
  writeFileAtomicSync,
} from '../../codegen/support/atomic-write.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { runTool, toolMissing, toolVersion } from '../../codegen/support/run-tool.ts';

const folder = mkdtempSync(join(tmpdir(), 'tilewright-tool-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function failureOf(work: Promise<unknown>): Promise<TilewrightError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TilewrightError)) throw new Error(`not a TilewrightError: ${error}`);
  return error;
}

/** A killed process vanishes once its parent, or init, has taken note. */
async function expectGone(pid: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    const stat = existsSync(`/proc/${pid}`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
    if (stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')) return;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error(`process ${pid} is still there`);
}

describe('runTool', () => {
  test('gives the output, and each line as it comes', async () => {
    const lines: string[] = [];
    const result = await runTool('sh', ['-c', 'echo one; echo two >&2; cat'], {
      input: 'three\n',
      onLine: (line) => lines.push(line),
    });
    expect(result).toEqual({ stdout: 'one\nthree', stderr: 'two' });
    expect(lines.sort()).toEqual(['one', 'three', 'two']);
  });

  test('a missing tool says how to get it', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = folder;
    const error = await failureOf(runTool('verilator', [])).finally(() => {
      process.env['PATH'] = path;
    });
    expect(error.code).toBe('TOOL_MISSING');
    expect(error.message).toContain('verilator was not found; install it with: ');
    if (process.platform === 'linux') {
      expect(error.message).toContain('sudo apt-get install verilator');
    }
    expect(error.hint).toContain('tilewright doctor');
    expect(toolMissing('frobnicate').message).toContain('frobnicate was not found');
  });

  test('a failing tool shows the end of its output and the command', async () => {
    const script = 'i=0; while [ $i -lt 50 ]; do echo "line $i" >&2; i=$((i+1)); done; exit 3';
    const error = await failureOf(runTool('sh', ['-c', script]));
    expect(error.code).toBe('TOOL_FAILED');
    expect(error.message).toContain('exit code 3');
    expect(error.message).toContain('line 49');
    expect(error.message).not.toContain('line 29\n');
    expect(error.message).toContain("command: sh -c 'i=0; while");
  });

  test('a full disk is named', async () => {
    const error = await failureOf(
      runTool('sh', ['-c', 'echo "as: No space left on device" >&2; exit 1']),
    );
    expect(error.code).toBe('DISK_FULL');
    expect(error.hint).toContain('TILEWRIGHT_CACHE');
  });

  test('an aborted tool is killed, with what it started', async () => {
    const abort = new AbortController();
    const pids: number[] = [];
    const started = runTool('sh', ['-c', 'echo $$; sleep 60 & echo $!; wait'], {
      signal: abort.signal,
      onLine: (line) => {
        if (pids.push(Number(line)) === 2) abort.abort();
      },
    });
    expect((await failureOf(started)).code).toBe('ABORTED');
    expect(pids).toHaveLength(2);
    for (const pid of pids) await expectGone(pid);
    const late = runTool('sh', ['-c', 'true'], { signal: abort.signal });
    expect((await failureOf(late)).code).toBe('ABORTED');
  });

  test('toolVersion is the first line', async () => {
    expect(await toolVersion('node')).toBe(process.version);
  });
});

describe('writeFileAtomic', () => {
  test('writes through folders that are not there yet and leaves no temporary file', async () => {
    await writeFileAtomic(join(folder, 'a', 'b', 'file'), 'one');
    writeFileAtomicSync(join(folder, 'a', 'b', 'file'), Uint8Array.of(0x74, 0x77, 0x6f));
    expect(readFileSync(join(folder, 'a', 'b', 'file'), 'utf8')).toBe('two');
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['file']);
  });

  test('says in words what the file system said, and passes on what is not its doing', () => {
    const refused = (code: string) => asWriteError(Object.assign(new Error(), { code }), '/there');
    expect(refused('EACCES')).toMatchObject({ message: 'cannot write /there: permission denied' });
    expect(refused('ENOSPC')).toMatchObject({
      message: 'cannot write /there: the disk is full',
      hint: 'Free some space, or write to another disk.',
    });
    const bug = new TypeError('x is not a function');
    expect(asWriteError(bug, '/there')).toBe(bug);
  });

  test('names the path that it cannot write, and leaves nothing', async () => {
    writeFileSync(join(folder, 'plain'), '');
    const path = join(folder, 'plain', 'below');
    const error = await failureOf(writeFileAtomic(path, 'x'));
    expect(error.code).toBe('FILE_UNWRITABLE');
    expect(error.message).toContain(path);
    expect(error.hint).toBeDefined();
    expect(() => writeFileAtomicSync(path, 'x')).toThrow(TilewrightError);
    await expect(writeFileAtomic(folder, 'x')).rejects.toThrow('a folder is in the way');
    expect(readdirSync(tmpdir()).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('keeps links and writes what they stand for, and never takes a device or a pipe away', async () => {
    const inside = join(folder, 'links');
    mkdirSync(inside);
    const at = (name: string) => join(inside, name);
    symlinkSync('file', at('link'));
    writeFileSync(at('file'), 'there already');
    await writeFileAtomic(at('link'), 'one');
    expect(readFileSync(at('file'), 'utf8')).toBe('one');
    writeFileAtomicSync(at('link'), 'two');
    expect(readFileSync(at('file'), 'utf8')).toBe('two');
    symlinkSync('circle', at('circle'));
    await execa('mkfifo', [at('pipe')]);
    const before = readdirSync(inside);
    const refused = [
      ['pipe', 'a device, a pipe or a socket is in the way'],
      ['circle', 'its symbolic links go in a circle'],
      ['circle/below', 'its symbolic links go in a circle'],
      ['n'.repeat(300), 'the name is too long'],
      ['nothing/', 'a folder is in the way'],
    ];
    for (const [name, why] of refused) {
      const path = `${inside}/${name}`;
      await expect(writeFileAtomic(path, 'x')).rejects.toThrow(`cannot write ${path}: ${why}`);
      await expect(checkWritable(path)).rejects.toThrow(why);
      expect(() => writeFileAtomicSync(path, 'x')).toThrow(why);
    }
    expect(readdirSync(inside)).toEqual(before);
  });
});
