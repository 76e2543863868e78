#pragma once
#include <stdint.h>

namespace twin::stm32f405 {

/// One 32-bit register. Addresses and bits: ST's reference manual RM0090.
inline volatile uint32_t& reg(uint32_t address) { return *reinterpret_cast<volatile uint32_t*>(address); }

constexpr uint32_t kRtc = 0x40002800;
constexpr uint32_t kIwdg = 0x40003000;
constexpr uint32_t kPwr = 0x40007000;
constexpr uint32_t kUsart1 = 0x40011000;
constexpr uint32_t kGpioA = 0x40020000;
constexpr uint32_t kRcc = 0x40023800;
constexpr uint32_t kFlashInterface = 0x40023c00;

constexpr unsigned kUsart1Irq = 37;

}  // namespace twin::stm32f405
