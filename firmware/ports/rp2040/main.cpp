#include "../../core/device.hpp"
#include "../cortex-m/start.hpp"
#include "../uart/framed-uart.hpp"
#include "clocks.hpp"
#include "pico-board.hpp"
#include "tick.hpp"
#include "uart0.hpp"

namespace twin::rp2040 {

namespace {

// The gripper of the demo robot. Gains for a drive that makes 0.15 m/s at full duty with a lag of 50 ms: the loop
// of position has its double pole near 10 rad/s.
constexpr Config gripper() {
  Config config;
  config.id = "gripper-mcu";
  config.firmware = "twin-rp2040 0.1.0";
  config.link = "tool0";
  config.joint = "left_finger";
  config.isPrismatic = true;
  config.lower = 0.0F;
  config.upper = 0.04F;
  config.maxVelocity = 0.1F;
  config.maxAcceleration = 0.5F;
  config.kp = 40.0F;
  config.ki = 80.0F;
  config.kff = 6.67F;
  config.kaff = 0.33F;
  // 500 Hz are plenty for a drive that slow, and floating point is software on this core.
  config.controlPeriodUs = 2000;
  config.minSupplyV = 9.0F;
  return config;
}

constexpr Config kConfig = gripper();
Uart0* servedUart = nullptr;
volatile bool happened = false;
static_assert(kConfig.controlPeriodUs % 1000 == 0, "ticks are milliseconds");
constexpr uint32_t kControlTicks = kConfig.controlPeriodUs / 1000;

}  // namespace

void onUart0() {
  // The bytes of a frame that goes on can wait for the next control step: the queue holds 44 ms of them.
  if (servedUart->serve()) happened = true;
}

void onTimer0() {
  tick();
  if (nowMillis() % kControlTicks == 0) happened = true;
}

[[noreturn]] static void run() {
  startClocks();
  static PicoBoard board(kConfig.lower, kConfig.upper);
  board.start();
  // Statics of a function and not of the file: made here, in order, for nobody calls constructors before main.
  static Uart0 uart0;
  servedUart = &uart0;
  uart0.start();
  static FramedUart transport(uart0);
  static Device device(kConfig, transport, board);
  board.startWatchdog();
  // The first step lays the grid of the control steps. Ticks begin after it: one that wakes the loop comes just after
  // a step is due, never just before.
  device.step();
  startTicks();
  for (;;) {
    waitForEvent(happened);
    device.step();
  }
}

}  // namespace twin::rp2040

int main() { twin::rp2040::run(); }
