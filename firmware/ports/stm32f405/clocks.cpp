#include "clocks.hpp"

#include "registers.hpp"

namespace twin::stm32f405 {

namespace {

// QEMU has no RCC: the bits waited for never come, and its core runs at 168 MHz whatever is written. On the chip they
// come within 0.3 ms; without a PLL the UART's rate is wrong, nobody is reached and nothing moves.
void waitFor(uint32_t address, uint32_t mask, uint32_t value) {
  for (uint32_t tries = 0; tries < 100000 && (reg(address) & mask) != value; ++tries) {
  }
}

}  // namespace

void startClocks() {
  reg(kRcc + 0x40) |= 1u << 28;  // APB1ENR: PWR, before the voltage scale that 168 MHz need (its reset value)
  reg(kFlashInterface + 0x00) = 5u | 1u << 8 | 1u << 9 | 1u << 10;  // 5 wait states, prefetch and both caches
  // PLL: 16 MHz / 16 · 336 / 2; its 48 MHz output / 7 is not used.
  reg(kRcc + 0x04) = 16u | 336u << 6 | 0u << 16 | 7u << 24;
  reg(kRcc + 0x00) |= 1u << 24;
  waitFor(kRcc + 0x00, 1u << 25, 1u << 25);
  reg(kRcc + 0x08) = 0b101u << 10 | 0b100u << 13;  // APB1 / 4, APB2 / 2
  reg(kRcc + 0x08) |= 2;
  waitFor(kRcc + 0x08, 3u << 2, 2u << 2);

  reg(kRcc + 0x30) |= 1u << 0;  // AHB1ENR: GPIOA
  reg(kRcc + 0x44) |= 1u << 4;  // APB2ENR: USART1
}

}  // namespace twin::stm32f405
