#pragma once
#include <Client.h>

#include "core/transport.hpp"

namespace twin {
namespace esp32 {

/// A TCP connection by Arduino's `Client`: WiFiClient, EthernetClient and their like.
///
/// Arduino's API waits where the core would not: in `connect`, for seconds, and in `write` on a jammed link. Nothing
/// is driven before there is a link; for the rest see `ArduinoBoard::guard`.
class ClientTransport : public Transport {
 public:
  ClientTransport(Client& client, const char* host, uint16_t port) : client_(client), host_(host), port_(port) {}

  /// `isThere`: the network is joined. Until then it does not try.
  void setNetwork(bool isThere) { isNetworkThere_ = isThere; }

  /// Connected when it was last looked at.
  bool isOpen() const { return isOpen_; }

  void open() override;
  State state() override;
  size_t read(uint8_t* to, size_t room) override;
  bool write(const uint8_t* packet, size_t size) override;
  void close() override;

 private:
  Client& client_;
  const char* host_;
  uint16_t port_;
  bool isNetworkThere_ = false;
  bool isOpen_ = false;
};

}  // namespace esp32
}  // namespace twin
