#include "core/device.hpp"
#include "example-board.hpp"
#include "example-transport.hpp"

namespace {

twin::Config config() {
  twin::Config chosen;
  chosen.id = "gripper";
  chosen.firmware = "example 1";
  chosen.link = "tool0";
  chosen.joint = "left_finger";
  chosen.isPrismatic = true;
  chosen.lower = 0.0F;
  chosen.upper = 0.04F;
  chosen.maxVelocity = 0.1F;
  chosen.maxAcceleration = 0.4F;
  chosen.kff = 6.7F;  // 1 / (speed at full duty, 0.15 m/s)
  chosen.kaff = 0.33F;  // kff times its lag, 0.05 s
  chosen.kp = 53.0F;
  chosen.ki = 107.0F;
  chosen.minSupplyV = 9.0F;
  return chosen;
}

}  // namespace

int main() {
  static const twin::Config chosen = config();
  static twin::example::ExampleTransport transport;
  static twin::example::ExampleBoard board;
  static twin::Device device(chosen, transport, board);
  for (;;) device.step();
}
