/** Groups end in lumps: over less than this the rate would jump. */
const window = 300;

/** How fast a soak has been in the last minutes, whatever it was before. */
export class RecentRate {
  private readonly samples: { readonly seconds: number; readonly programs: number }[] = [
    { seconds: 0, programs: 0 },
  ];

  /** @param seconds since the start; @param programs that were done by then. */
  add(seconds: number, programs: number): void {
    this.samples.push({ seconds, programs });
    while (this.samples[1].seconds <= seconds - window) this.samples.shift();
  }

  /** Programs an hour; 0 while none is done. */
  perHour(): number {
    const first = this.samples[0];
    const last = this.samples[this.samples.length - 1];
    if (last.seconds <= first.seconds) return 0;
    return ((last.programs - first.programs) / (last.seconds - first.seconds)) * 3600;
  }
}
