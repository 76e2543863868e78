#pragma once
// Stands in for what Arduino-ESP32's Arduino.h has beyond Arduino's own API, as far as the sketch calls it: included
// before each of its files (port.mk). Nothing of it runs.
#include <Arduino.h>

inline uint32_t analogReadMilliVolts(uint8_t pin) { return static_cast<uint32_t>(analogRead(pin)) * 5000U / 1023U; }
inline uint32_t esp_random() { return micros(); }
