// How a kernel that was compiled for the CPU is entered. Nothing here throws.
#ifndef TILEWRIGHT_ENTRY_H
#define TILEWRIGHT_ENTRY_H

#include <cstdint>

#define TILEWRIGHT_EXPORT extern "C" __attribute__((visibility("default")))

/// What a run has to say. The texts belong to the workspace, end with a NUL, and stay until its next run.
struct tilewright_outcome {
  /// Of a run that failed, e.g. OUT_OF_RANGE.
  const char *code;
  const char *message;
  /// What the kernel printed, each line ended by a newline, process by process; its length without the NUL.
  const char *log;
  uint64_t log_bytes;
};

/// What one thread keeps between runs; null when there is no memory.
TILEWRIGHT_EXPORT void *tilewright_open();
TILEWRIGHT_EXPORT void tilewright_close(void *workspace);

/// Runs the kernel. Arguments in the order of the manifest: a memory is its address, a multiple of 64, and its
/// bytes, whole beats; a scalar its bits, two's complement in 64. Returns 0, or 1 with the outcome's code.
TILEWRIGHT_EXPORT int tilewright_run(void *workspace, const uint64_t *arguments,
                                     tilewright_outcome *outcome);

#endif
