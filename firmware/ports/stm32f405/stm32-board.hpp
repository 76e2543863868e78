#pragma once
#include "../../core/board.hpp"
#include "../posix/simulated-joint.hpp"

namespace twin::stm32f405 {

/// An STM32F405 without a joint: what it drives is computed here, so that the loop closes where no plant is.
class Stm32Board : public Board {
 public:
  /// `fullSpeed` is the simulated joint's velocity at full duty, in rad/s.
  Stm32Board(float lower, float upper, float fullSpeed) : joint_(lower, upper, fullSpeed, 0.0F) {}

  /// Draws the boot id. Clocks must run.
  void start();

  /// From now on 100 ms without `kickWatchdog` reset the chip; QEMU has no such watchdog.
  void startWatchdog();

  uint32_t millis() override;
  uint32_t micros() override;
  uint32_t bootId() override { return bootId_; }
  float jointPosition() override;
  float supplyVoltage() override;
  void setDuty(float duty) override;
  void kickWatchdog() override;

 private:
  posix::SimulatedJoint joint_;
  float duty_ = 0.0F;
  uint32_t lastMicros_ = 0;
  uint32_t bootId_ = 0;
};

}  // namespace twin::stm32f405
