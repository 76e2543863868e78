#include <Arduino.h>
#include <Ticker.h>
#include <WiFi.h>

#include "arduino-board.hpp"
#include "client-transport.hpp"
#include "config.h"
#include "core/device.hpp"
#include "status-line.hpp"
#if TWIN_TLS
#include <WiFiClientSecure.h>
#endif

namespace {

constexpr twin::Config kConfig = twin::esp32::makeConfig();
static_assert(kConfig.lower >= twin::esp32::kTravel.lower && kConfig.upper <= twin::esp32::kTravel.upper,
              "targets beyond the joint's ends");

#if TWIN_TLS
WiFiClientSecure client;
#else
WiFiClient client;
#endif
Ticker guardTimer;
twin::esp32::ClientTransport transport(client, TWIN_BROKER, twin::esp32::kBrokerPort);
twin::esp32::ArduinoBoard board;
twin::Device device(kConfig, transport, board);
twin::esp32::StatusLine statusLine;

}  // namespace

void setup() {
  board.start(esp_random());
  guardTimer.attach_ms(10, [] { board.guard(); });
  Serial.begin(115200);
  if (const char* fault = twin::configFault(kConfig)) {
    Serial.print("config.h: ");
    Serial.println(fault);
  }
#if TWIN_TLS
  client.setCACert(twin::esp32::kCa);
  client.setHandshakeTimeout(10);  // s
#endif
  WiFi.mode(WIFI_STA);
  WiFi.setSleep(false);  // else packets wait for the access point's beacon, 100 ms and more
  WiFi.setAutoReconnect(true);
  WiFi.begin(TWIN_WIFI_NAME, TWIN_WIFI_PASSWORD);
}

void loop() {
  const bool hasNetwork = WiFi.status() == WL_CONNECTED;
  transport.setNetwork(hasNetwork);
  device.step();
  const twin::esp32::Status status = {hasNetwork,     transport.isOpen(), device.isOnline(),
                                      device.state(), device.cause(),     board.positionMv()};
  const uint32_t nowMs = millis();
  // The line waits for its room in the UART, not the control loop for the line.
  if (statusLine.isDue(status, nowMs) && Serial.availableForWrite() >= statusLine.kMost) {
    statusLine.print(status, nowMs, Serial);
  }
}
