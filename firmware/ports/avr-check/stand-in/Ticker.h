#pragma once
// Stands in for Arduino-ESP32's header of this name: see WiFi.h beside it.
#include <Arduino.h>

class Ticker {
 public:
  void attach_ms(uint32_t, void (*callback)()) { callback(); }
};
