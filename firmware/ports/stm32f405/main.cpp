#include "../../core/device.hpp"
#include "../cortex-m/start.hpp"
#include "../cortex-m/sys-tick.hpp"
#include "../uart/framed-uart.hpp"
#include "clocks.hpp"
#include "stm32-board.hpp"
#include "usart1.hpp"

namespace twin::stm32f405 {

namespace {

constexpr float kFullSpeed = 6.0F;

constexpr Config wrist() {
  Config config;
  config.id = "wrist-mcu";
  config.firmware = "twin-stm32f405 0.1.0";
  config.joint = "wrist_3";
  config.lower = -6.2F;
  config.upper = 6.2F;
  config.maxVelocity = 4.0F;
  config.maxAcceleration = 20.0F;
  config.kp = 1.5F;
  config.ki = 2.0F;
  config.kff = 1.0F / kFullSpeed;
  config.kaff = posix::SimulatedJoint::kLagS * config.kff;
  return config;
}

constexpr Config kConfig = wrist();
Usart1* servedUsart = nullptr;
volatile bool happened = false;

}  // namespace

void onSysTick() {
  countSysTick();
  happened = true;
}

void onUsart1() {
  servedUsart->serve();
  happened = true;
}

[[noreturn]] static void run() {
  startClocks();
  startSysTick(kCoreMegahertz);
  static Stm32Board board(kConfig.lower, kConfig.upper, kFullSpeed);
  board.start();
  static Usart1 usart;
  servedUsart = &usart;
  usart.start();
  static FramedUart transport(usart);
  static Device device(kConfig, transport, board);
  board.startWatchdog();
  for (;;) {
    device.step();
    waitForInterrupt(happened);
  }
}

}  // namespace twin::stm32f405

int main() { twin::stm32f405::run(); }
