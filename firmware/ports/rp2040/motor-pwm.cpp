#include "motor-pwm.hpp"

#include "../cortex-m/start.hpp"
#include "clocks.hpp"
#include "registers.hpp"

namespace twin {

namespace rp2040 {

namespace {
constexpr uint32_t kPeriod = kSystemHz / 20000;
constexpr uint32_t kControl = kPwm + 0x00;
constexpr uint32_t kCompare = kPwm + 0x0c;
constexpr uint32_t kTop = kPwm + 0x10;
}  // namespace

void startMotor() {
  reg(kCompare) = 0;
  reg(kTop) = kPeriod - 1;
  reg(kControl) = 1;
  setFunction(16, Function::kToPwm);
  setFunction(17, Function::kToPwm);
}

void setMotor(float duty) {
  const float size = duty < 0 ? -duty : duty;
  // NaN fails the comparison and drives nothing.
  uint32_t on = size <= 1.0F ? static_cast<uint32_t>(size * static_cast<float>(kPeriod) + 0.5F) : 0;
  // Both directions in one register, taken over together at the period's end: never both on.
  reg(kCompare) = duty < 0 ? on << 16 : on;
}

}  // namespace rp2040

void makeSafe() { rp2040::reg(rp2040::kPwm + 0x0c) = 0; }

}  // namespace twin
