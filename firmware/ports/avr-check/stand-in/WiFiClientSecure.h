#pragma once
// Stands in for Arduino-ESP32's header of this name: see WiFi.h beside it.
#include <WiFi.h>

class WiFiClientSecure : public WiFiClient {
 public:
  void setCACert(const char*) {}
  void setHandshakeTimeout(unsigned long) {}
};
