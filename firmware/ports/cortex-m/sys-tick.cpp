#include "sys-tick.hpp"

namespace twin {

namespace {

volatile uint32_t& reg(uint32_t address) { return *reinterpret_cast<volatile uint32_t*>(address); }

constexpr uint32_t kControl = 0xe000e010;
constexpr uint32_t kReload = 0xe000e014;
constexpr uint32_t kValue = 0xe000e018;

volatile uint32_t millis = 0;
uint32_t cyclesAMicro = 1;
uint32_t reload = 0;
uint32_t lastMicros = 0;

}  // namespace

void startSysTick(uint32_t megahertz) {
  cyclesAMicro = megahertz;
  reload = megahertz * 1000 - 1;
  reg(kReload) = reload;
  reg(kValue) = 0;
  reg(kControl) = 1u << 2 | 1u << 1 | 1u << 0;  // the core's clock, interrupt, on
}

void countSysTick() { millis = millis + 1; }

uint32_t sysTickMillis() { return millis; }

uint32_t sysTickMicros() {
  uint32_t ms, value;
  do {
    ms = millis;
    value = reg(kValue);
  } while (ms != millis);
  const uint32_t now = ms * 1000 + (reload - value) / cyclesAMicro;
  // A counter that has begun anew while its interrupt is about to come reads as a millisecond ago: then time stands
  // still for this once.
  if (static_cast<int32_t>(now - lastMicros) > 0) lastMicros = now;
  return lastMicros;
}

}  // namespace twin
