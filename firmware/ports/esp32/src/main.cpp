#include <Arduino.h>
#include <Ticker.h>
#include <WiFi.h>

#include "arduino-board.hpp"
#include "client-transport.hpp"
#include "config.h"
#include "core/device.hpp"

namespace {

constexpr twin::Config kConfig = twin::esp32::makeConfig();

WiFiClient client;
Ticker guardTimer;
twin::esp32::ClientTransport transport(client, TWIN_BROKER, twin::esp32::kBrokerPort);
twin::esp32::ArduinoBoard board(kConfig.lower, kConfig.upper);
twin::Device device(kConfig, transport, board);

}  // namespace

void setup() {
  board.start(esp_random());
  guardTimer.attach_ms(10, [] { board.guard(); });
  WiFi.mode(WIFI_STA);
  WiFi.setAutoReconnect(true);
  WiFi.begin(TWIN_WIFI_NAME, TWIN_WIFI_PASSWORD);
}

void loop() {
  transport.setNetwork(WiFi.status() == WL_CONNECTED);
  device.step();
}
