#include "../cortex-m/start.hpp"
#include "registers.hpp"

extern "C" const uint8_t __stack_top[];

namespace twin::stm32f405 {

void onSysTick();
void onUsart1();

static void reset() {
  reg(0xe000ed88) |= 0xfu << 20;  // CPACR: the FPU, before any code that uses it
  __asm volatile("dsb\n isb" ::: "memory");
  start();
}

namespace {

constexpr int kIrqs = 82;

constexpr VectorTable<kIrqs> table() {
  VectorTable<kIrqs> vectors{__stack_top, reset, {}, onSysTick, {}};
  for (auto& handler : vectors.faults) handler = fault;
  for (auto& handler : vectors.irqs) handler = fault;
  vectors.irqs[kUsart1Irq] = onUsart1;
  return vectors;
}

}  // namespace

extern "C" __attribute__((section(".vectors"), used)) constexpr VectorTable<kIrqs> vectors = table();

}  // namespace twin::stm32f405
