import { libc } from './libc.ts';

/** A huge page of x86-64 and arm64 with pages of 4 KiB. */
export const hugePageBytes = 2 ** 21;
const hugePages = 14; // MADV_HUGEPAGE

/**
 * Asks Linux to back this memory with huge pages, where it lies on whole ones and is not touched yet: rows that are
 * gathered from all over a large buffer then find their page in the processor's tables. Advice: whether it is
 * taken is the kernel's choice, and nothing depends on it.
 * @param address a multiple of `hugePageBytes`.
 */
export function preferHugePages(address: bigint, bytes: number): void {
  if (process.platform !== 'linux') return;
  libc().madvise(address, bytes - (bytes % hugePageBytes), hugePages);
}
