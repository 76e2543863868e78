#pragma once
#include "core/board.hpp"

namespace twin {
namespace esp32 {

/// A joint on Arduino's pins, as config.h has them: two of PWM to an H-bridge, one analog for the position.
class ArduinoBoard : public Board {
 public:
  /// Sets the pins up, with the drive off. `noise` makes the boot id.
  void start(uint32_t noise);

  /// From a timer, not from the main loop: takes the drive off 100 ms after the last control step in time, however
  /// long the network's calls keep the main loop.
  void guard();

  /// What the last `jointPosition` measured, in mV.
  float positionMv() const { return positionMv_; }

  uint32_t millis() override;
  uint32_t micros() override;
  uint32_t bootId() override { return bootId_; }
  float jointPosition() override;
  float supplyVoltage() override;
  void setDuty(float duty) override;
  void kickWatchdog() override;

 private:
  float positionMv_ = 0.0F;
  uint32_t bootId_ = 0;
  volatile uint32_t lastKick_ = 0;
};

}  // namespace esp32
}  // namespace twin
