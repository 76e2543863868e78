#pragma once
#include "../../core/board.hpp"
#include "../posix/simulated-joint.hpp"

namespace twin::mps2 {

/// ARM's prototyping board as QEMU has it, without a joint: what it drives is computed here.
class Mps2Board : public Board {
 public:
  /// `fullSpeed` is the simulated joint's velocity at full duty, in rad/s.
  Mps2Board(float lower, float upper, float fullSpeed) : joint_(lower, upper, fullSpeed, 0.0F) {}

  /// Draws the boot id.
  void start();

  /// Port of the broker that QEMU's loader put into memory, or 1883.
  uint16_t brokerPort();

  uint32_t millis() override;
  uint32_t micros() override;
  uint32_t bootId() override { return bootId_; }
  float jointPosition() override;
  float supplyVoltage() override;
  void setDuty(float duty) override { duty_ = duty; }

  /// The board has a watchdog (CMSDK) that this port leaves off.
  void kickWatchdog() override {}

 private:
  posix::SimulatedJoint joint_;
  float duty_ = 0.0F;
  uint32_t lastMicros_ = 0;
  uint32_t bootId_ = 0;
};

}  // namespace twin::mps2
