#pragma once
#include "core/board.hpp"

namespace twin::example {

/// A board as a port writes it. The functions it calls stand for a vendor's library: put yours there.
class ExampleBoard final : public Board {
 public:
  uint32_t millis() override;
  uint32_t micros() override;
  uint32_t bootId() override;
  float jointPosition() override;
  float supplyVoltage() override;
  void setDuty(float duty) override;
  void kickWatchdog() override;
};

}  // namespace twin::example
