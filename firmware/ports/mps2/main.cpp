#include "../../core/device.hpp"
#include "../cortex-m/start.hpp"
#include "../cortex-m/sys-tick.hpp"
#include "lan9118.hpp"
#include "lwip-network.hpp"
#include "lwip-transport.hpp"
#include "mps2-board.hpp"

namespace twin::mps2 {

namespace {

constexpr uint32_t kCoreMegahertz = 25;
constexpr float kFullSpeed = 4.0F;

constexpr Config elbow() {
  Config config;
  config.id = "elbow-mcu";
  config.firmware = "twin-mps2 0.1.0";
  config.joint = "elbow";
  config.lower = -2.4F;
  config.upper = 2.4F;
  config.maxVelocity = 2.6F;
  config.maxAcceleration = 15.0F;
  config.kp = 2.0F;
  config.ki = 3.0F;
  config.kff = 1.0F / kFullSpeed;
  config.kaff = posix::SimulatedJoint::kLagS * config.kff;
  return config;
}

constexpr Config kConfig = elbow();
volatile bool happened = false;

}  // namespace

void onSysTick() {
  countSysTick();
  happened = true;
}

void onEthernet() {
  lan9118::holdInterrupt();
  happened = true;
}

[[noreturn]] static void run() {
  startSysTick(kCoreMegahertz);
  static Mps2Board board(kConfig.lower, kConfig.upper, kFullSpeed);
  board.start();
  startNetwork(board.bootId());
  // QEMU's user network shows the machine it runs on as 10.0.2.2.
  ip_addr_t host;
  IP_ADDR4(&host, 10, 0, 2, 2);
  static LwipTransport transport(host, board.brokerPort());
  static Device device(kConfig, transport, board);
  for (;;) {
    stepNetwork();
    device.step();
    waitForInterrupt(happened);
  }
}

}  // namespace twin::mps2

int main() { twin::mps2::run(); }
