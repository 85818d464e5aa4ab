import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import protobuf from 'protobufjs';

/** The messages that the shim sends and awaits, as rpc_messages.proto has them. */
const messages = protobuf.parse(`
  syntax = "proto2";
  message Empty {}
  message Alloc { required uint64 ddraddress = 1; required uint64 size = 2; optional bool peertopeer = 3; }
  message Ack { required bool ack = 1; }
  message Free { required uint64 ddraddress = 1; }
  message Close { optional bytes xclDeviceHandle = 2; optional bool closeall = 3; }
  message ToDevice { required bytes xclDeviceHandle = 2; required uint64 dest = 3; required bytes src = 4;
    required uint64 size = 5; required uint64 seek = 6; optional uint32 space = 7; }
  message Size { required uint64 size = 1; }
  message ToHost { required bytes xclDeviceHandle = 2; required bytes dest = 3; required uint64 src = 4;
    required uint64 size = 5; required uint64 skip = 6; optional uint32 space = 7; }
  message SizeDest { required uint64 size = 1; required bytes dest = 2; }
  message Write { required uint64 addr = 2; required uint32 size = 3; required bytes data = 4; }
  message Read { required uint64 addr = 2; required uint32 size = 3; optional bytes data = 4; }
  message ValidData { required bool valid = 1; optional bytes data = 2; }
  message Debug { optional bytes display_msgs = 1; optional bytes log_msgs = 2; optional bytes stop_msgs = 3; }
  message Pair { optional string name = 1; optional string value = 2; }
  message Environment { repeated Pair environment = 3; }
  message Timestamp { required uint64 device_timestamp = 1; }
`).root;

export const api = {
  close: 1,
  allocate: 4,
  free: 5,
  toDevice: 6,
  toHost: 7,
  writeMemory: 8,
  writeRegisters: 9,
  readMemory: 10,
  readRegisters: 11,
  timestamp: 17,
  debugMessages: 19,
  setEnvironment: 20,
} as const;

export type Answer = Readonly<Record<string, unknown>>;

/** The head of a call: 14 bytes. */
export function callHead(size: bigint, number: number): Buffer {
  const head = Buffer.alloc(14);
  head[0] = 0x09;
  head.writeBigUInt64LE(size, 1);
  head[9] = 0x15;
  head.writeUInt32LE(number, 10);
  return head;
}

export function encode(type: string, value: object): Buffer {
  const known = messages.lookupType(type);
  return Buffer.from(known.encode(known.fromObject(value)).finish());
}

/** Reads a stream of bytes in pieces of the length that is asked for. */
class Pieces {
  readonly #socket: Socket;
  #bytes = Buffer.alloc(0);
  #ended = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      socket.emit('piece');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#ended = true;
      socket.emit('piece');
    });
  }

  async take(length: number): Promise<Buffer> {
    while (this.#bytes.length < length) {
      if (this.#ended) throw new Error('the device process closed the socket');
      await once(this.#socket, 'piece');
    }
    const piece = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return piece;
  }
}

export interface ShimHostOptions {
  /** Added to the environment of the device process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the second socket is listened on, as the shim does; by default it is. */
  readonly hostMemory?: boolean;
}

const user = `tilewright-test-${process.pid}`;
/** Of this process's sockets. */
export const socketFolder = join('/tmp', user);
let count = 0;

/** The part of XRT's shim: listens on its sockets, starts the launch script, makes the calls. */
export class ShimHost {
  readonly child: ChildProcess;
  readonly sockets: readonly string[];
  readonly logFile: string;
  readonly exited: Promise<number | null>;
  /** What came over the second socket until it ended. */
  readonly hostMemory: Promise<Buffer>;
  readonly #calls: Socket;
  readonly #pieces: Pieces;
  readonly #servers: readonly Server[];
  #stderr = '';

  private constructor(
    child: ChildProcess,
    calls: Socket,
    hostMemory: Promise<Buffer>,
    servers: readonly Server[],
    sockets: readonly string[],
    logFile: string,
  ) {
    this.child = child;
    this.sockets = sockets;
    this.logFile = logFile;
    this.hostMemory = hostMemory;
    this.exited = once(child, 'close').then(([code]) => code);
    this.#calls = calls;
    this.#pieces = new Pieces(calls);
    this.#servers = servers;
    child.stderr?.on('data', (text) => {
      this.#stderr += text;
    });
  }

  /** @param folder of the emulator. */
  static async open(
    folder: string,
    scratch: string,
    options: ShimHostOptions = {},
  ): Promise<ShimHost> {
    count += 1;
    const id = `device0_0_${process.pid}_${count}`;
    const run = join(scratch, id);
    for (const one of [socketFolder, run]) mkdirSync(one, { recursive: true });
    const names = [id, `D2X_unix_sock_${id}`].slice(0, options.hostMemory === false ? 1 : 2);
    const sockets = names.map((name) => join(socketFolder, name));
    const servers = sockets.map(() => createServer());
    const connections = servers.map((server) => once(server, 'connection'));
    await Promise.all(
      servers.map((server, index) => once(server.listen(sockets[index]), 'listening')),
    );
    const child = spawn('./launch_hw_emu.sh', [' --wdb device.wdb'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        USER: user,
        EMULATION_SOCKETID: id,
        EMULATION_RUN_DIR: run,
        ...options.env,
      },
    });
    const [calls] = await connections[0];
    const hostMemory = (async () => {
      if (connections.length === 1) return Buffer.alloc(0);
      const [socket] = await connections[1];
      const chunks: Buffer[] = [];
      for await (const chunk of socket) chunks.push(chunk);
      return Buffer.concat(chunks);
    })();
    return new ShimHost(
      child,
      calls,
      hostMemory,
      servers,
      sockets,
      options.env?.['TILEWRIGHT_LOG'] ?? join(run, 'tilewright.log'),
    );
  }

  get stderr(): string {
    return this.#stderr;
  }

  get log(): readonly string[] {
    if (!existsSync(this.logFile)) return [];
    return readFileSync(this.logFile, 'utf8').trimEnd().split('\n');
  }

  sendRaw(bytes: Uint8Array): void {
    this.#calls.write(bytes);
  }

  /** Ends the socket, as a host that dies does. */
  hangUp(): void {
    this.#calls.destroy();
  }

  async call(number: number, type: string, value: object, answer: string): Promise<Answer> {
    const message = encode(type, value);
    this.sendRaw(Buffer.concat([callHead(BigInt(message.length), number), message]));
    const head = await this.#pieces.take(9);
    if (head[0] !== 0x09) throw new Error(`an answer begins with ${head[0]}`);
    const known = messages.lookupType(answer);
    const decoded = known.decode(await this.#pieces.take(Number(head.readBigUInt64LE(1))));
    return known.toObject(decoded, { longs: Number, bytes: Buffer });
  }

  async allocate(address: number, size: number): Promise<boolean> {
    const value = { ddraddress: address, size, peertopeer: false };
    return (await this.call(api.allocate, 'Alloc', value, 'Ack'))['ack'] as boolean;
  }

  async free(address: number): Promise<boolean> {
    return (await this.call(api.free, 'Free', { ddraddress: address }, 'Ack'))['ack'] as boolean;
  }

  async write(address: number, bytes: Uint8Array, seek = 0): Promise<void> {
    const value = { xclDeviceHandle: Buffer.from('h'), dest: address, src: bytes, seek };
    await this.call(api.toDevice, 'ToDevice', { ...value, size: bytes.length }, 'Size');
  }

  async read(address: number, size: number, skip = 0): Promise<Uint8Array> {
    const value = { xclDeviceHandle: Buffer.from('h'), dest: Buffer.alloc(size), src: address };
    const got = await this.call(api.toHost, 'ToHost', { ...value, size, skip }, 'SizeDest');
    return new Uint8Array(got['dest'] as Buffer);
  }

  async writeRegister(address: number, value: number): Promise<void> {
    const data = Buffer.alloc(4);
    data.writeUInt32LE(value);
    await this.call(api.writeRegisters, 'Write', { addr: address, size: 4, data }, 'ValidData');
  }

  async readRegister(address: number): Promise<number> {
    const got = await this.call(api.readRegisters, 'Read', { addr: address, size: 4 }, 'ValidData');
    return (got['data'] as Buffer).readUInt32LE();
  }

  /** Polls as the shim does, until done. */
  async done(base: number): Promise<number> {
    for (let polls = 1; ; polls += 1) {
      if (((await this.readRegister(base)) & 6) !== 0) return polls;
    }
  }

  /** Closes the device in order and gives the process's exit status. */
  async close(): Promise<number | null> {
    for (const force of [false, true]) {
      await this.call(api.debugMessages, 'Empty', { force }, 'Debug');
    }
    await this.call(api.close, 'Close', { closeall: true }, 'Ack');
    return this.exited;
  }

  [Symbol.dispose](): void {
    this.#calls.destroy();
    for (const server of this.#servers) server.close();
    this.child.kill('SIGKILL');
  }
}
