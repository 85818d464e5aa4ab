import type { PortProfile, Wait } from './kernel-profile.ts';

/** Whether a memory itself is why a process waits for it, or another process that ought to use it more. */
export type PortVerdict =
  | { readonly kind: 'bandwidth' | 'stalls' | 'latency' }
  | {
      readonly kind: 'ask';
      /** What the other process does at this memory. */
      readonly access: Wait['kind'];
      /** It would have to take something, rather than to give or to ask for something. */
      readonly downstream: boolean;
    };

/**
 * @param kind what the process waits for at this memory.
 * @param allowed bursts in flight that the memory allows.
 */
export function portVerdict(port: PortProfile, kind: Wait['kind'], allowed: number): PortVerdict {
  const used = Math.max(1, cyclesInUse(port));
  const { beats, withheld, notReady, addresses, addressesWithheld } = port;
  // Of one beat or address a cycle at most, nearly all.
  if (beats + withheld >= 0.85 * used) {
    return { kind: withheld > 0.1 * (beats + withheld) ? 'stalls' : 'bandwidth' };
  }
  // Slots that are taken up by bursts whose data the kernel does not take, or does not send, are no fault
  // of the memory's.
  if (notReady >= 0.5 * (used - beats)) {
    if (port.direction === 'read' && kind === 'request') {
      return { kind: 'ask', access: 'receive', downstream: true };
    }
    if (port.direction === 'write' && kind !== 'send') {
      return { kind: 'ask', access: 'send', downstream: false };
    }
  }
  if (latencyBound(port) || Math.min(allowed, port.slots) === 1) return { kind: 'latency' };
  if (addresses >= 0.85 * used) return { kind: 'bandwidth' };
  if (withheld + addressesWithheld >= 0.3 * used) return { kind: 'stalls' };
  return { kind: 'ask', access: 'request', downstream: false };
}

/** In most cycles all slots are taken. */
export function latencyBound(port: PortProfile): boolean {
  return port.limited >= 0.5 * cyclesInUse(port);
}

/** Cycles from a port's first address to its last answer. */
export function cyclesInUse(port: PortProfile): number {
  const { quiet, beats, withheld, notReady, latency, unusedBefore, unusedAfter } = port;
  return quiet + beats + withheld + notReady + latency - unusedBefore - unusedAfter;
}
