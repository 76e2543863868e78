#pragma once
#include <stdint.h>

namespace twin::rp2040 {

/// One 32-bit register. Addresses and bits: RP2040 datasheet, the chapter of each peripheral.
inline volatile uint32_t& reg(uint32_t address) { return *reinterpret_cast<volatile uint32_t*>(address); }

/// Sets bits of an APB or AHB-Lite peripheral's register in one bus access (datasheet 2.1.2).
inline void setBits(uint32_t address, uint32_t bits) { reg(address + 0x2000) = bits; }

/// Clears bits of such a register in one bus access.
inline void clearBits(uint32_t address, uint32_t bits) { reg(address + 0x3000) = bits; }

constexpr uint32_t kClocks = 0x40008000;
constexpr uint32_t kResets = 0x4000c000;
constexpr uint32_t kPsm = 0x40010000;
constexpr uint32_t kIoBank0 = 0x40014000;
constexpr uint32_t kPadsBank0 = 0x4001c000;
constexpr uint32_t kXosc = 0x40024000;
constexpr uint32_t kPllSys = 0x40028000;
constexpr uint32_t kPllUsb = 0x4002c000;
constexpr uint32_t kUart0 = 0x40034000;
constexpr uint32_t kAdc = 0x4004c000;
constexpr uint32_t kPwm = 0x40050000;
constexpr uint32_t kTimer = 0x40054000;
constexpr uint32_t kWatchdog = 0x40058000;
constexpr uint32_t kRosc = 0x40060000;
constexpr uint32_t kDma = 0x50000000;

constexpr unsigned kTimer0Irq = 0;
constexpr unsigned kUart0Irq = 20;

/// Function of a pin, for `setFunction` (datasheet 2.19.2).
enum class Function : uint32_t { kToUart = 2, kToPwm = 4, kToNone = 31 };

inline void setFunction(unsigned pin, Function function) {
  reg(kIoBank0 + 8 * pin + 4) = static_cast<uint32_t>(function);
}

}  // namespace twin::rp2040
