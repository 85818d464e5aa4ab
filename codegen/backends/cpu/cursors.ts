import type { Access } from '../../ir/endpoints.ts';
import type { NameScope } from '../../support/name-scope.ts';
import { known } from '../c-coroutines/known.ts';
import { partnerOf } from '../c-coroutines/partner-of.ts';
import type { KernelPlan, MemoryPlan, ProcessPlan, StreamPlan } from '../c-coroutines/plan.ts';
import { type Need, runsOf } from '../c-coroutines/segments.ts';
import { prefetchOf } from './prefetch.ts';

/** What a process counts of a stream or memory, in the members of the workspace that have these names. */
const countersOf: Readonly<Record<Access, readonly string[]>> = {
  read: ['taken'],
  write: ['written'],
  request: ['asked', 'requested'],
  receive: ['taken', 'begun', 'left', 'next'],
  send: ['taken', 'begun', 'left', 'next'],
  response: ['answered'],
};

/**
 * How far a process has come in its streams and memories: counters that it alone advances. They are variables of
 * its function while it runs, and in the workspace while it waits.
 */
export class Cursors {
  private readonly plan: KernelPlan;
  private readonly own: ProcessPlan;
  private readonly names = new Map<string, string>();
  private readonly declared: { member: string; name: string }[] = [];
  /** Of memories that the process asks: where they begin, and their beats. */
  private readonly buffers = new Map<string, { readonly data: string; readonly size: string }>();

  constructor(plan: KernelPlan, own: ProcessPlan, scope: NameScope) {
    this.plan = plan;
    this.own = own;
    for (const { needs } of runsOf(own.segments)) {
      for (const { access, name } of needs) {
        const resource = this.resource(name).name;
        if (access === 'request' && !this.buffers.has(name)) {
          const [data, size] = [scope.claim(`${resource}_data`), scope.claim(`${resource}_size`)];
          this.buffers.set(name, { data, size });
        }
        const burst = this.burstOf(name);
        for (const counter of countersOf[access]) {
          // Of bursts of one length their number says how many beats there are.
          if (counter === 'requested' && burst > 0) continue;
          const member = `w->${resource}.${counter}`;
          if (this.names.has(member)) continue;
          const local = scope.claim(`${resource}_${counter}`);
          this.names.set(member, local);
          this.declared.push({ member, name: local });
        }
      }
    }
  }

  /** Lines that begin and end the function. */
  loads(): string[] {
    const buffers = [...this.buffers].flatMap(([memory, { data, size }]) => {
      const { name, beats } = known(this.plan.memories.get(memory), memory);
      return [`uchar *const ${data} = w->${name}.data;`, `const ulong ${size} = w->${beats};`];
    });
    return [...this.declared.map(({ member, name }) => `auto ${name} = ${member};`), ...buffers];
  }

  data(memory: string): string {
    return known(this.buffers.get(memory), memory).data;
  }

  /** Beats of a buffer. */
  size(memory: string): string {
    return known(this.buffers.get(memory), memory).size;
  }

  saves(): string[] {
    const beats = [...this.buffers.keys()].flatMap((memory) => {
      const burst = this.burstOf(memory);
      const { name } = this.resource(memory);
      return burst > 0
        ? [`w->${name}.requested = ${this.counter(memory, 'asked')} * ${burst}u;`]
        : [];
    });
    return [...this.declared.map(({ member, name }) => `${member} = ${name};`), ...beats];
  }

  /** Beats of every burst of a memory; 0 where they differ, or where it is a stream. */
  private burstOf(name: string): number {
    const memory = this.plan.memories.get(name);
    return memory === undefined ? 0 : prefetchOf(this.plan, memory).burst;
  }

  resource(name: string): StreamPlan | MemoryPlan {
    return known(this.plan.streams.get(name) ?? this.plan.memories.get(name), name);
  }

  /** The text of a counter, the process's own or another's. */
  counter(name: string, counter: string): string {
    const burst = this.buffers.has(name) && counter === 'requested' ? this.burstOf(name) : 0;
    if (burst > 0) return `${this.counter(name, 'asked')} * ${burst}u`;
    const member = `w->${this.resource(name).name}.${counter}`;
    return this.names.get(member) ?? member;
  }

  /** The process at the other end, which this one waits for. */
  partner({ access, name }: Need): ProcessPlan | undefined {
    return partnerOf(this.plan, access, name);
  }

  /**
   * A number above 0 while `count` accesses are possible. `limit` names what others do not change while this
   * process runs.
   */
  private bound(need: Need): { readonly limit: string; readonly at: string } {
    const { access, name } = need;
    const at = (counter: string) => this.counter(name, counter);
    const stream = this.plan.streams.get(name);
    switch (access) {
      case 'read':
        return { limit: at('written'), at: at('taken') };
      case 'write':
        return { limit: `${at('taken')} + ${stream?.capacity}`, at: at('written') };
      case 'receive':
        return { limit: this.fetchedBeats(need), at: at('taken') };
      case 'send':
        return { limit: at('requested'), at: at('taken') };
      case 'request':
        return { limit: `${at('begun')} + ${this.plan.requests}`, at: at('asked') };
      case 'response':
        return { limit: at('asked'), at: at('answered') };
    }
  }

  /** Beats that are asked for so far ahead of the others that what is fetched has come by now. */
  private fetchedBeats(need: Need): string {
    const memory = known(this.plan.memories.get(need.name), need.name);
    const { ahead, burst } = prefetchOf(this.plan, memory);
    const all = this.counter(need.name, 'requested');
    const partner = this.partner(need);
    if (ahead === 0 || partner === undefined || partner === this.own) return all;
    const patient = `w->relaxed || w->at[${partner.at}] == FINISHED`;
    if (burst > 0) return `${all} - (${patient} ? 0 : ${ahead * burst})`;
    const asked = this.counter(need.name, 'asked');
    const place = `(${asked} - ${ahead}) & ${this.plan.requests - 1}`;
    return `(${patient} ? ${all} : w->bulk.${memory.name}.start[${place}])`;
  }

  /** A number below `count` where it has to wait for so many accesses. */
  room(need: Need, limits?: ReadonlyMap<string, string>): string {
    const { limit, at } = this.bound(need);
    return `${limits?.get(`${need.access} ${need.name}`) ?? `(${limit})`} - ${at}`;
  }

  /** Names for the limits of accesses, which hold while no other process runs. */
  limits(
    needs: readonly Need[],
    scope: NameScope,
  ): { lines: string[]; names: Map<string, string> } {
    const lines: string[] = [];
    const names = new Map<string, string>();
    for (const need of needs) {
      const { limit } = this.bound(need);
      const key = `${need.access} ${need.name}`;
      // What this process advances itself is no limit for a while.
      const moves = [...this.names.values()].some((name) =>
        new RegExp(`\\b${name}\\b`).test(limit),
      );
      if (names.has(key) || moves) continue;
      const name = scope.claim(`${this.resource(need.name).name}_limit`);
      names.set(key, name);
      lines.push(`const uint ${name} = ${limit};`);
    }
    return { lines, names };
  }
}
