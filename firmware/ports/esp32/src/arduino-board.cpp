#include "arduino-board.hpp"

#include <Arduino.h>

#include "config.h"

namespace twin {
namespace esp32 {

namespace {

constexpr uint32_t kGuardMs = 100;
constexpr int kSamples = 4;

void driveOff() {
  analogWrite(kForwardPin, 0);
  analogWrite(kBackwardPin, 0);
}

}  // namespace

void ArduinoBoard::start(uint32_t noise) {
  pinMode(kForwardPin, OUTPUT);
  pinMode(kBackwardPin, OUTPUT);
  driveOff();
  bootId_ = noise;
}

void ArduinoBoard::guard() {
  if (millis() - lastKick_ > kGuardMs) driveOff();
}

uint32_t ArduinoBoard::millis() { return ::millis(); }

uint32_t ArduinoBoard::micros() { return ::micros(); }

float ArduinoBoard::jointPosition() {
  int sum = 0;
  for (int i = 0; i < kSamples; ++i) sum += analogRead(kPositionPin);
  const float share = static_cast<float>(sum) / (static_cast<float>(kSamples) * TWIN_ADC_FULL);
  if (share < 0.03F || share > 0.97F) return __builtin_nanf("");
  return lower_ + (share - 0.05F) * ((upper_ - lower_) / 0.9F);
}

float ArduinoBoard::supplyVoltage() { return __builtin_nanf(""); }

void ArduinoBoard::setDuty(float duty) {
  const float size = duty < 0.0F ? -duty : duty;
  // NaN fails the comparison and drives nothing.
  const int on = size <= 1.0F ? static_cast<int>(size * 255.0F + 0.5F) : 0;
  // The one that ends before the one that begins: never both.
  analogWrite(duty < 0.0F ? kForwardPin : kBackwardPin, 0);
  analogWrite(duty < 0.0F ? kBackwardPin : kForwardPin, on);
}

void ArduinoBoard::kickWatchdog() { lastKick_ = millis(); }

}  // namespace esp32
}  // namespace twin
