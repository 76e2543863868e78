#include "example-board.hpp"

#include "core/number.hpp"
#include "vendor.hpp"

namespace twin::example {
namespace {

constexpr int kPositionChannel = 0;
constexpr int kSupplyChannel = 1;
constexpr int kForward = 0;
constexpr int kBackward = 1;

// A potentiometer that uses 5 % to 95 % of the converter's range: beyond that the wire is broken.
constexpr float kFullScale = 4095.0F;
constexpr float kLeast = 0.05F;
constexpr float kGreatest = 0.95F;
constexpr float kMargin = 0.02F;
constexpr float kStrokeM = 0.04F;

constexpr float kSupplyFullScaleV = 16.5F;

}  // namespace

uint32_t ExampleBoard::millis() { return vendor_timer_ms(); }
uint32_t ExampleBoard::micros() { return vendor_timer_us(); }
uint32_t ExampleBoard::bootId() { return vendor_boot_counter(); }

float ExampleBoard::jointPosition() {
  const float share = static_cast<float>(vendor_adc_12bit(kPositionChannel)) / kFullScale;
  if (share < kLeast - kMargin || share > kGreatest + kMargin) return kNaN;
  return (share - kLeast) / (kGreatest - kLeast) * kStrokeM;
}

float ExampleBoard::supplyVoltage() {
  return static_cast<float>(vendor_adc_12bit(kSupplyChannel)) / kFullScale * kSupplyFullScaleV;
}

void ExampleBoard::setDuty(float duty) {
  const auto share = static_cast<uint16_t>(magnitude(duty) * 65535.0F);
  // The side that is off first: both on at once would short a half-bridge.
  vendor_pwm(duty > 0.0F ? kBackward : kForward, 0);
  vendor_pwm(duty > 0.0F ? kForward : kBackward, share);
}

void ExampleBoard::kickWatchdog() { vendor_watchdog_feed(); }

}  // namespace twin::example
