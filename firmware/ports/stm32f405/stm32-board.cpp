#include "stm32-board.hpp"

#include "../cortex-m/sys-tick.hpp"
#include "registers.hpp"

namespace twin {

namespace stm32f405 {

namespace {

// The first word of RAM, 0x20000000. A test in QEMU puts a number of its own here; on the chip it is noise after a
// power-up and the last boot's id after a reset.
__attribute__((section(".noinit"), used)) volatile uint32_t bootWord;

// The finaliser of MurmurHash3: each bit of the input moves half of those of the output.
uint32_t mix(uint32_t x) {
  x = (x ^ (x >> 16)) * 0x85ebca6bu;
  x = (x ^ (x >> 13)) * 0xc2b2ae35u;
  return x ^ (x >> 16);
}

// Noise of RAM alone could repeat; the count in a backup register cannot while the battery holds.
uint32_t drawBootId() {
  reg(kPwr + 0x00) |= 1u << 8;  // DBP: backup registers may be written
  const uint32_t count = reg(kRtc + 0x50) + 1;
  reg(kRtc + 0x50) = count;
  const uint32_t id = mix(mix(bootWord + 0x9e3779b9u) ^ count);
  bootWord = id;
  return id;
}

}  // namespace

void Stm32Board::start() { bootId_ = drawBootId(); }

void Stm32Board::startWatchdog() {
  reg(kIwdg + 0x00) = 0xcccc;  // on, and with it its 32 kHz oscillator
  reg(kIwdg + 0x00) = 0x5555;
  reg(kIwdg + 0x04) = 0;    // / 4
  reg(kIwdg + 0x08) = 800;  // of 8 kHz
  kickWatchdog();
}

uint32_t Stm32Board::millis() { return sysTickMillis(); }

uint32_t Stm32Board::micros() { return sysTickMicros(); }

float Stm32Board::jointPosition() {
  const uint32_t now = micros();
  const uint32_t passed = now - lastMicros_;
  lastMicros_ = now;
  joint_.step(duty_, static_cast<float>(passed < 20000 ? passed : 20000) * 1e-6F);
  return joint_.position();
}

float Stm32Board::supplyVoltage() { return __builtin_nanf(""); }

void Stm32Board::setDuty(float duty) { duty_ = duty; }

void Stm32Board::kickWatchdog() { reg(kIwdg + 0x00) = 0xaaaa; }

}  // namespace stm32f405

// A real power stage is switched off here.
void makeSafe() {}

}  // namespace twin
