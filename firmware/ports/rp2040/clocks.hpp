#pragma once
#include <stdint.h>

namespace twin::rp2040 {

/// clk_sys and clk_peri after `startClocks`, in Hz.
constexpr uint32_t kSystemHz = 125000000;

/// Brings up the crystal, both PLLs (125 MHz, 48 MHz for the ADC), the 1 MHz tick of timer and watchdog, and takes
/// the peripherals that the port uses out of reset.
void startClocks();

}  // namespace twin::rp2040
