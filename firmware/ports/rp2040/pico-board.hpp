#pragma once
#include "../../core/board.hpp"

namespace twin::rp2040 {

/// How the joint's potentiometer is built in: positions at 5 % and 95 % of its range.
struct Potentiometer {
  float atLow;   // rad or m at 5 %
  float atHigh;  // rad or m at 95 %
};

/// A Pico with a potentiometer, a supply divider 1:5 and an H-bridge.
class PicoBoard : public Board {
 public:
  explicit PicoBoard(Potentiometer potentiometer) : potentiometer_(potentiometer) {}

  /// Starts motor outputs (off) and ADC and draws the boot id. Clocks must run.
  void start();

  /// From now on 100 ms without `kickWatchdog` reset the chip.
  void startWatchdog();

  uint32_t millis() override;
  uint32_t micros() override;
  uint32_t bootId() override { return bootId_; }

  /// NaN too when the reading is outside 3 to 97 %: a broken wire or a short.
  float jointPosition() override;
  float supplyVoltage() override;
  void setDuty(float duty) override;
  void kickWatchdog() override;

 private:
  Potentiometer potentiometer_;
  uint32_t bootId_ = 0;
};

}  // namespace twin::rp2040
