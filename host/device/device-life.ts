import { TilewrightError } from '../../codegen/support/errors.ts';

/** Whether a device may still be used. */
export class DeviceLife {
  readonly #name: string;
  #over = false;

  constructor(name: string) {
    this.#name = name;
  }

  /** @throws TilewrightError `DEVICE_CLOSED`. */
  check(): void {
    if (!this.#over) return;
    throw new TilewrightError(`the device ${this.#name} is closed`, {
      code: 'DEVICE_CLOSED',
      hint: `Close it after its last use, or open another with openDevice('${this.#name}').`,
    });
  }

  end(): void {
    this.#over = true;
  }
}
