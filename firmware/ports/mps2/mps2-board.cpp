#include "mps2-board.hpp"

#include "../cortex-m/start.hpp"
#include "../cortex-m/sys-tick.hpp"

namespace twin {

namespace mps2 {

namespace {

// The first words of RAM, 0x20000000 and 0x20000004, are not cleared: QEMU's loader may have put numbers there.
struct LoaderWords {
  uint32_t boot;
  uint32_t port;  // 0x4d51 above, the port below
};
__attribute__((section(".noinit"), used)) volatile LoaderWords loaderWords;

// The finaliser of MurmurHash3: each bit of the input moves half of those of the output.
uint32_t mix(uint32_t x) {
  x = (x ^ (x >> 16)) * 0x85ebca6bu;
  x = (x ^ (x >> 13)) * 0xc2b2ae35u;
  return x ^ (x >> 16);
}

}  // namespace

void Mps2Board::start() {
  bootId_ = mix(loaderWords.boot + 0x9e3779b9u);
  loaderWords.boot = bootId_;
}

uint16_t Mps2Board::brokerPort() {
  const uint32_t word = loaderWords.port;
  return word >> 16 == 0x4d51 ? static_cast<uint16_t>(word) : 1883;
}

uint32_t Mps2Board::millis() { return sysTickMillis(); }

uint32_t Mps2Board::micros() { return sysTickMicros(); }

float Mps2Board::jointPosition() {
  const uint32_t now = micros();
  const uint32_t passed = now - lastMicros_;
  lastMicros_ = now;
  joint_.step(duty_, static_cast<float>(passed < 20000 ? passed : 20000) * 1e-6F);
  return joint_.position();
}

float Mps2Board::supplyVoltage() { return __builtin_nanf(""); }

}  // namespace mps2

// Nothing is driven here.
void makeSafe() {}

}  // namespace twin
