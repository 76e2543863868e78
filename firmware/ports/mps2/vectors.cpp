#include "../cortex-m/start.hpp"
#include "lan9118.hpp"

extern "C" const uint8_t __stack_top[];

namespace twin::mps2 {

void onSysTick();
void onEthernet();

static void reset() { start(); }

namespace {

constexpr int kIrqs = 32;

constexpr VectorTable<kIrqs> table() {
  VectorTable<kIrqs> vectors{__stack_top, reset, {}, onSysTick, {}};
  for (auto& handler : vectors.faults) handler = fault;
  for (auto& handler : vectors.irqs) handler = fault;
  vectors.irqs[kEthernetIrq] = onEthernet;
  return vectors;
}

}  // namespace

extern "C" __attribute__((section(".vectors"), used)) constexpr VectorTable<kIrqs> vectors = table();

}  // namespace twin::mps2
