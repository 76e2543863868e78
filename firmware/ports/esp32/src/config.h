#pragma once
#include <Arduino.h>

#include "core/config.hpp"

// What to change for a device of one's own. Secrets can come from the compiler's command line instead.

#ifndef TWIN_WIFI_NAME
#define TWIN_WIFI_NAME "network"
#endif
#ifndef TWIN_WIFI_PASSWORD
#define TWIN_WIFI_PASSWORD "password"
#endif
#ifndef TWIN_BROKER
#define TWIN_BROKER "192.0.2.1"
#endif

// The device's login at the broker; nullptr: none.
#ifndef TWIN_USERNAME
#define TWIN_USERNAME nullptr
#endif
#ifndef TWIN_PASSWORD
#define TWIN_PASSWORD nullptr
#endif

// 1: TLS to the broker, judged by `kCa` below.
#ifndef TWIN_TLS
#define TWIN_TLS 0
#endif

namespace twin {
namespace esp32 {

constexpr uint16_t kBrokerPort = TWIN_TLS ? 8883 : 1883;

#if TWIN_TLS
/// Certificate of the authority that signed the broker's, in PEM. The broker's must bear the name in TWIN_BROKER.
constexpr char kCa[] = R"(-----BEGIN CERTIFICATE-----
your CA's lines
-----END CERTIFICATE-----
)";
#endif

// An H-bridge with one input for each direction, and the position's voltage on a pin of ADC1. None of them may be a
// strapping pin: such a pin is pulled or read at each reset.
#ifdef CONFIG_IDF_TARGET_ESP32C3
constexpr uint8_t kForwardPin = 4;
constexpr uint8_t kBackwardPin = 5;
constexpr uint8_t kPositionPin = 3;
constexpr bool isStrapping(uint8_t pin) { return pin == 2 || pin == 8 || pin == 9; }
constexpr bool isOnAdc1(uint8_t pin) { return pin <= 4; }
#else
constexpr uint8_t kForwardPin = 25;
constexpr uint8_t kBackwardPin = 26;
constexpr uint8_t kPositionPin = 34;
constexpr bool isStrapping(uint8_t pin) { return pin == 0 || pin == 2 || pin == 5 || pin == 12 || pin == 15; }
constexpr bool isOnAdc1(uint8_t pin) { return pin >= 32 && pin <= 39; }
#endif

/// The joint's way from end to end, in m or rad, and what `analogReadMilliVolts` gives there: measure both. A voltage
/// that falls as the position rises is as good. Targets are limited by `lower` and `upper` below, not by this.
struct Travel {
  float lower;
  float lowerMv;
  float upper;
  float upperMv;
};
constexpr Travel kTravel = {0.0F, 310.0F, 0.04F, 2130.0F};

/// Further than this outside of the ends the sensor is at fault: a broken wire, a short.
constexpr float kMarginMv = 100.0F;

constexpr Config makeConfig() {
  Config config;
  config.id = "esp32-joint";
  config.firmware = "twin-esp32 0.1.0";
  config.username = TWIN_USERNAME;
  config.password = TWIN_PASSWORD;
  config.joint = "right_finger";
  config.isPrismatic = true;
  config.lower = 0.0F;
  config.upper = 0.04F;
  config.maxVelocity = 0.1F;
  config.maxAcceleration = 0.5F;
  config.kp = 40.0F;
  config.ki = 80.0F;
  config.kff = 6.67F;
  config.kaff = 0.33F;
  // A conversion takes about 0.1 ms, and there are four: 500 Hz leave room for the network.
  config.controlPeriodUs = 2000;
  return config;
}

}  // namespace esp32
}  // namespace twin
