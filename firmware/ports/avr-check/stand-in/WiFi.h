#pragma once
// Stands in for Arduino-ESP32's header of this name, which is not to be had here: only what the sketch calls, so that
// the sketch itself is compiled and linked. Nothing of it runs.
#include <Client.h>

class WiFiClient : public Client {
 public:
  int connect(IPAddress, uint16_t) override { return 0; }
  int connect(const char*, uint16_t) override { return Serial1 ? 1 : 0; }
  size_t write(uint8_t byte) override { return Serial1.write(byte); }
  size_t write(const uint8_t* from, size_t count) override { return Serial1.write(from, count); }
  int available() override { return Serial1.available(); }
  int read() override { return Serial1.read(); }
  int read(uint8_t* to, size_t count) override { return static_cast<int>(Serial1.readBytes(to, count)); }
  int peek() override { return Serial1.peek(); }
  void flush() override {}
  void stop() override {}
  uint8_t connected() override { return 1; }
  operator bool() override { return true; }
};

enum { WIFI_STA = 1, WL_CONNECTED = 3 };

struct WiFiClass {
  void mode(int) {}
  void setSleep(bool) {}
  void setAutoReconnect(bool) {}
  void begin(const char*, const char*) {}
  int status() { return WL_CONNECTED; }
};
static WiFiClass WiFi;
