#include "clocks.hpp"

#include "registers.hpp"

namespace twin::rp2040 {

namespace {

constexpr uint32_t kClkRef = kClocks + 0x30;
constexpr uint32_t kClkSys = kClocks + 0x3c;
constexpr uint32_t kClkPeri = kClocks + 0x48;
constexpr uint32_t kClkAdc = kClocks + 0x60;
constexpr uint32_t kDivOffset = 4;
constexpr uint32_t kSelectedOffset = 8;
constexpr uint32_t kEnable = 1u << 11;
constexpr uint32_t kDivideByOne = 1u << 8;

// Bits of RESETS (datasheet 2.14.3).
constexpr uint32_t kPlls = 1u << 12 | 1u << 13;
constexpr uint32_t kUsed = 1u << 0 | 1u << 2 | 1u << 5 | 1u << 8 | 1u << 14 | 1u << 21 | 1u << 22;

void cycleReset(uint32_t bits) {
  setBits(kResets, bits);
  clearBits(kResets, bits);
  while (~reg(kResets + 8) & bits) {
  }
}

// Output 12 MHz · feedback / (divider1 · divider2) (datasheet 2.18).
void startPll(uint32_t pll, uint32_t feedback, uint32_t divider1, uint32_t divider2) {
  reg(pll + 0x0) = 1;  // reference divider
  reg(pll + 0x8) = feedback;
  clearBits(pll + 0x4, 1u << 0 | 1u << 5);  // power to PLL and VCO
  while (!(reg(pll + 0x0) & 1u << 31)) {
  }
  reg(pll + 0xc) = divider1 << 16 | divider2 << 12;
  clearBits(pll + 0x4, 1u << 3);  // power to the dividers
}

}  // namespace

void startClocks() {
  reg(kClocks + 0x78) = 0;  // no automatic return to another clock

  reg(kXosc + 0x0c) = 47;  // 47 · 256 periods of 12 MHz: 1 ms
  reg(kXosc + 0x00) = 0xfabu << 12 | 0xaa0;
  while (!(reg(kXosc + 0x04) & 1u << 31)) {
  }

  // Off the PLLs before they are reset: they may be running after a reset that was not a power-up.
  clearBits(kClkSys, 1);
  while (reg(kClkSys + kSelectedOffset) != 1) {
  }
  clearBits(kClkRef, 3);
  while (reg(kClkRef + kSelectedOffset) != 1) {
  }
  cycleReset(kPlls);
  startPll(kPllSys, 125, 6, 2);
  startPll(kPllUsb, 100, 5, 5);

  reg(kClkRef + kDivOffset) = kDivideByOne;
  reg(kClkRef) = 2;  // the crystal
  while (!(reg(kClkRef + kSelectedOffset) & 1u << 2)) {
  }
  reg(kClkSys + kDivOffset) = kDivideByOne;
  reg(kClkSys) = 0;  // auxiliary source: PLL_SYS, chosen before the switch to it
  reg(kClkSys) = 1;
  while (!(reg(kClkSys + kSelectedOffset) & 1u << 1)) {
  }
  reg(kClkPeri) = kEnable;  // from clk_sys
  reg(kClkAdc + kDivOffset) = kDivideByOne;
  reg(kClkAdc) = kEnable;  // from PLL_USB

  cycleReset(kUsed);
  reg(kWatchdog + 0x2c) = 1u << 9 | 12;  // 12 MHz / 12: the tick of timer and watchdog
}

}  // namespace twin::rp2040
