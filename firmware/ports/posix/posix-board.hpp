#pragma once
#include "core/board.hpp"
#include "options.hpp"
#include "simulated-joint.hpp"

namespace twin::posix {

/// A process that plays the board: the system's monotonic clock, a simulated joint, a supply of 12 V.
class PosixBoard final : public Board {
 public:
  explicit PosixBoard(const Options& options);

  uint32_t millis() override;
  uint32_t micros() override;
  uint32_t bootId() override { return boot_; }
  float jointPosition() override;
  float supplyVoltage() override { return supplyV_; }
  void setDuty(float duty) override;
  void kickWatchdog() override {}

  /// Lets the position sensor fail, or mends it.
  void breakSensor(bool isBroken) { isSensorBroken_ = isBroken; }

  /// In V; NaN: not measured.
  void setSupply(float volts) { supplyV_ = volts; }

 private:
  uint64_t elapsedUs() const;
  void catchUp();

  SimulatedJoint joint_;
  uint32_t offsetUs_;
  uint32_t offsetMs_;
  uint32_t boot_;
  uint64_t startUs_;
  uint64_t simulatedUs_ = 0;
  float duty_ = 0.0F;
  float supplyV_ = 12.0F;
  bool isSensorBroken_ = false;
};

}  // namespace twin::posix
