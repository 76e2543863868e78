#include "tick.hpp"

#include "../cortex-m/start.hpp"
#include "joint-adc.hpp"

namespace twin::rp2040 {

namespace {
constexpr uint32_t kPeriodMicros = 1000;
constexpr uint32_t kAlarm0 = kTimer + 0x10;
constexpr uint32_t kInterrupts = kTimer + 0x34;
constexpr uint32_t kInterruptEnable = kTimer + 0x38;

volatile uint32_t millis = 0;
uint32_t nextTick = 0;
}  // namespace

uint32_t nowMillis() { return millis; }

void startTicks() {
  nextTick = nowMicros() + kPeriodMicros;
  setBits(kInterruptEnable, 1);
  enableIrq(kTimer0Irq);
  reg(kAlarm0) = nextTick;
}

void tick() {
  reg(kInterrupts) = 1;  // cleared by writing 1
  // An alarm fires on equality alone: one that is set too late would come 71 minutes after. So the next is at least
  // 10 µs ahead, and ticks that were missed are counted.
  do {
    nextTick += kPeriodMicros;
    millis = millis + 1;
  } while (static_cast<int32_t>(nextTick - nowMicros()) < 10);
  reg(kAlarm0) = nextTick;
  sampleAdc();
}

}  // namespace twin::rp2040
