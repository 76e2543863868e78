#include "arduino-board.hpp"

#include <Arduino.h>

#include "config.h"

namespace twin {
namespace esp32 {

namespace {

constexpr uint32_t kGuardMs = 100;
constexpr int kSamples = 4;

constexpr float kLeastMv = kTravel.lowerMv < kTravel.upperMv ? kTravel.lowerMv : kTravel.upperMv;
constexpr float kGreatestMv = kTravel.lowerMv < kTravel.upperMv ? kTravel.upperMv : kTravel.lowerMv;
constexpr float kPerMv = (kTravel.upper - kTravel.lower) / (kTravel.upperMv - kTravel.lowerMv);

static_assert(!isStrapping(kForwardPin) && !isStrapping(kBackwardPin) && !isStrapping(kPositionPin),
              "a strapping pin: the motor may run at a reset, or the chip not start");
static_assert(isOnAdc1(kPositionPin), "ADC2 does not work beside Wi-Fi");
static_assert(kTravel.lower < kTravel.upper, "the ends of the way are swapped");
static_assert(kGreatestMv - kLeastMv >= 500.0F, "too little of the converter's range for a position");
// An ESP32 gives 140 mV for 0 V; 3.3 V behind the divider of 12 and 33 kOhm are 2420.
static_assert(kLeastMv - kMarginMv >= 200.0F, "a broken wire would be taken for a position");
static_assert(kGreatestMv + kMarginMv <= 2350.0F, "a short to the supply would be taken for a position");

void driveOff() {
  analogWrite(kForwardPin, 0);
  analogWrite(kBackwardPin, 0);
}

}  // namespace

void ArduinoBoard::start(uint32_t noise) {
  pinMode(kForwardPin, OUTPUT);
  pinMode(kBackwardPin, OUTPUT);
  // Until here the resistors at the bridge's inputs hold it off.
  digitalWrite(kForwardPin, LOW);
  digitalWrite(kBackwardPin, LOW);
  driveOff();
  bootId_ = noise;
}

void ArduinoBoard::guard() {
  if (millis() - lastKick_ > kGuardMs) driveOff();
}

uint32_t ArduinoBoard::millis() { return ::millis(); }

uint32_t ArduinoBoard::micros() { return ::micros(); }

float ArduinoBoard::jointPosition() {
  uint32_t sum = 0;
  for (int i = 0; i < kSamples; ++i) sum += analogReadMilliVolts(kPositionPin);
  positionMv_ = static_cast<float>(sum) * (1.0F / kSamples);
  if (positionMv_ < kLeastMv - kMarginMv || positionMv_ > kGreatestMv + kMarginMv) return __builtin_nanf("");
  return kTravel.lower + (positionMv_ - kTravel.lowerMv) * kPerMv;
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
