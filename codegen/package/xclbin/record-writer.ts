/** Writes the fields of one fixed-size part of an `.xclbin`, little-endian; what is not written is zero. */
export class RecordWriter {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  u8(at: number, value: number): this {
    this.#view.setUint8(at, value);
    return this;
  }

  u16(at: number, value: number): this {
    this.#view.setUint16(at, value, true);
    return this;
  }

  u32(at: number, value: number): this {
    this.#view.setUint32(at, value, true);
    return this;
  }

  u64(at: number, value: bigint): this {
    this.#view.setBigUint64(at, value, true);
    return this;
  }

  /**
   * A text and the zero that ends it, in a field of `length` bytes.
   * @throws RangeError when it is too long: whoever names things checks that first.
   */
  text(at: number, length: number, value: string): this {
    const text = new TextEncoder().encode(value);
    if (text.length >= length)
      throw new RangeError(`'${value}' is longer than ${length - 1} bytes`);
    return this.copy(at, text);
  }

  copy(at: number, bytes: Uint8Array): this {
    this.bytes.set(bytes, at);
    return this;
  }
}
