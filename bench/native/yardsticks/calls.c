/* What calls and threads cost without a kernel: a function that does nothing, and one that computes in registers. */
#include <stdint.h>

void yardstick_nothing(void *unused) { (void)unused; }

/* A chain of dependent multiplications: no memory, nothing that two threads could share but the processor. */
uint32_t yardstick_spin(uint32_t rounds) {
  uint32_t x = rounds | 1;
  for (uint32_t i = 0; i < rounds; i++) x = x * 0x9e3779b1u + i;
  return x;
}
