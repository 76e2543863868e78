#pragma once
#include <stdint.h>

namespace twin::stm32f405 {

/// The core's clock after `startClocks`, in MHz; that of USART1 (APB2) is half of it.
constexpr uint32_t kCoreMegahertz = 168;

/// Core to 168 MHz from the internal oscillator, which needs no crystal and keeps a UART's 1 %; clocks to the
/// peripherals that the port uses.
void startClocks();

}  // namespace twin::stm32f405
