#pragma once
#include "../../core/board.hpp"
#include "joint-adc.hpp"

namespace twin::rp2040 {

/// A Pico with a potentiometer, a supply divider 1:5 and an H-bridge.
class PicoBoard : public Board {
 public:
  /// Positions in rad or m at 5 % and at 95 % of the potentiometer's range.
  constexpr PicoBoard(float atLow, float atHigh)
      : perCount_((atHigh - atLow) / (0.9F * kPotentiometerFull)),
        atZero_(atLow - 0.05F / 0.9F * (atHigh - atLow)) {}

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
  float perCount_;
  float atZero_;
  uint32_t bootId_ = 0;
  uint32_t supplySum_ = 0;  // what `supplyV_` was made of: it changes once in four control steps
  float supplyV_ = 0.0F;
};

}  // namespace twin::rp2040
