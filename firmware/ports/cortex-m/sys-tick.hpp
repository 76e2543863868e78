#pragma once
#include <stdint.h>

namespace twin {

/// Starts SysTick: an interrupt each millisecond, from the core's clock of so many MHz.
void startSysTick(uint32_t megahertz);

/// From the interrupt.
void countSysTick();

/// Milliseconds since `startSysTick`; wrap at 2^32.
uint32_t sysTickMillis();

/// Microseconds since then; wrap at 2^32 and never go back. Not for interrupt handlers.
uint32_t sysTickMicros();

}  // namespace twin
