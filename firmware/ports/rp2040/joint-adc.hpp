#pragma once
#include <stdint.h>

namespace twin::rp2040 {

/// Starts the converter: channel 0 (GPIO 26) the joint's potentiometer, channel 1 (GPIO 27) the supply's divider.
void startAdc();

/// From the tick's interrupt: takes the 16 conversions of the last millisecond and starts the next 16.
void sampleAdc();

/// Full scale of `potentiometerSum`.
constexpr uint32_t kPotentiometerFull = 16 * 4095;

/// The potentiometer's 16 conversions of the last millisecond, added up; 0 when no conversions came.
uint32_t potentiometerSum();

/// Full scale of `supplySum`.
constexpr uint32_t kSupplyFull = 8 * 4095;

/// The supply's divider, smoothed over about 60 ms.
uint32_t supplySum();

}  // namespace twin::rp2040
