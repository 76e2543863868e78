#pragma once
#include <stdint.h>

#include "registers.hpp"

namespace twin::rp2040 {

/// The timer's microseconds; wrap at 2^32.
inline uint32_t nowMicros() { return reg(kTimer + 0x28); }

/// Milliseconds since `startTicks`; wrap at 2^32.
uint32_t nowMillis();

/// From the timer's interrupt.
void tick();

/// From now on an interrupt each millisecond: wakes the main loop and keeps the ADC going.
void startTicks();

}  // namespace twin::rp2040
