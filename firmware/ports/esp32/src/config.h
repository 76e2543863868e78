#pragma once

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

/// Full scale of `analogRead`: 12 bits on the ESP32.
#ifndef TWIN_ADC_FULL
#define TWIN_ADC_FULL 1023
#endif

namespace twin {
namespace esp32 {

constexpr uint16_t kBrokerPort = 1883;

/// An H-bridge with one input for each direction.
constexpr uint8_t kForwardPin = 4;
constexpr uint8_t kBackwardPin = 5;

/// A potentiometer on the joint: 5 % of its range is `lower`, 95 % is `upper`.
#ifdef CONFIG_IDF_TARGET_ESP32C3
constexpr uint8_t kPositionPin = 2;
#else
constexpr uint8_t kPositionPin = 34;
#endif

constexpr Config makeConfig() {
  Config config;
  config.id = "esp32-joint";
  config.firmware = "twin-esp32 0.1.0";
  config.joint = "right_finger";
  config.isPrismatic = true;
  config.lower = 0.0F;
  config.upper = 0.04F;
  config.maxVelocity = 0.1F;
  config.maxAcceleration = 0.5F;
  config.kp = 40.0F;
  config.ki = 80.0F;
  config.kff = 6.67F;
  // analogRead takes about 0.1 ms: 500 Hz leave room for the network.
  config.controlPeriodUs = 2000;
  return config;
}

}  // namespace esp32
}  // namespace twin
