#include "../cortex-m/start.hpp"
#include "registers.hpp"

extern "C" const uint8_t __stack_top[];

namespace twin::rp2040 {

void onTimer0();
void onUart0();

static void reset() { start(); }

extern "C" __attribute__((section(".vectors"), used)) constexpr VectorTable<26> vectors = {
    __stack_top,
    reset,
    {fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault},
    fault,
    {onTimer0, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault,
     fault,  fault, fault, fault, fault, fault, fault, onUart0, fault, fault, fault, fault, fault},
};
static_assert(kTimer0Irq == 0 && kUart0Irq == 20, "the places above");

}  // namespace twin::rp2040
