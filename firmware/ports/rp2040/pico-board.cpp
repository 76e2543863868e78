#include "pico-board.hpp"

#include "motor-pwm.hpp"
#include "registers.hpp"
#include "tick.hpp"

namespace twin::rp2040 {

namespace {

constexpr uint32_t kScratch0 = kWatchdog + 0x0c;
constexpr uint32_t kRandomBit = kRosc + 0x1c;
// Counts of 0.5 µs (erratum RP2040-E1): 100 ms.
constexpr uint32_t kWatchdogLoad = 100000 * 2;
constexpr float kFullScaleV = 3.3F * 5.0F;

// The finaliser of MurmurHash3: each bit of the input moves half of those of the output.
uint32_t mix(uint32_t x) {
  x = (x ^ (x >> 16)) * 0x85ebca6bu;
  x = (x ^ (x >> 13)) * 0xc2b2ae35u;
  return x ^ (x >> 16);
}

// Noise of the ring oscillator, which alone can repeat after a cold start, mixed with the last boot's id, which a
// reset of the chip leaves in the watchdog's scratch register. An emulator seeds that register.
uint32_t drawBootId() {
  uint32_t noise = 0;
  for (int i = 0; i < 32; ++i) {
    noise = noise << 1 | (reg(kRandomBit) & 1);
    for (int delay = 0; delay < 20; ++delay) __asm volatile("nop");  // neighbouring bits are alike
  }
  const uint32_t id = mix(mix(reg(kScratch0) + 0x9e3779b9u) ^ noise);
  reg(kScratch0) = id;
  return id;
}

}  // namespace

void PicoBoard::start() {
  startMotor();
  startAdc();
  bootId_ = drawBootId();
}

void PicoBoard::startWatchdog() {
  reg(kPsm + 0x08) = 0x1fffc;  // it resets all but the oscillators
  reg(kWatchdog + 0x04) = kWatchdogLoad;
  setBits(kWatchdog + 0x00, 1u << 30);
}

uint32_t PicoBoard::millis() { return nowMillis(); }

uint32_t PicoBoard::micros() { return nowMicros(); }

float PicoBoard::jointPosition() {
  const uint32_t sum = potentiometerSum();
  if (sum < kPotentiometerFull * 3 / 100 || sum > kPotentiometerFull * 97 / 100) return __builtin_nanf("");
  return atZero_ + static_cast<float>(sum) * perCount_;
}

float PicoBoard::supplyVoltage() {
  const uint32_t sum = supplySum();
  if (sum != supplySum_) {
    supplySum_ = sum;
    supplyV_ = static_cast<float>(sum) * (kFullScaleV / kSupplyFull);
  }
  return supplyV_;
}

void PicoBoard::setDuty(float duty) { setMotor(duty); }

void PicoBoard::kickWatchdog() { reg(kWatchdog + 0x04) = kWatchdogLoad; }

}  // namespace twin::rp2040
