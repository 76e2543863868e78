#pragma once
#include <stdint.h>

namespace twin::rp2040 {

/// Starts the converter: channel 0 (GPIO 26) the joint's potentiometer, channel 1 (GPIO 27) the supply's divider.
void startAdc();

/// From the tick's interrupt: takes the 16 conversions of the last millisecond and starts the next 16.
void sampleAdc();

/// Mean of the potentiometer over the last millisecond as a share of the range, 0 to 1; NaN when no
/// conversions came.
float potentiometer();

/// The supply's divider as a share of the range, 0 to 1, smoothed over about 60 ms.
float supplyDivider();

}  // namespace twin::rp2040
