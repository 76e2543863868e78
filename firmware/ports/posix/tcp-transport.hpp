#pragma once
#include <netinet/in.h>

#include "core/transport.hpp"

namespace twin::posix {

/// A TCP connection that never waits.
class TcpTransport final : public Transport {
 public:
  /// False when `host` is no IP address.
  bool aim(const char* host, uint16_t port);

  void open() override;
  State state() override;
  size_t read(uint8_t* to, size_t room) override;
  bool write(const uint8_t* packet, size_t size) override;
  void close() override;

  /// The socket, or -1; to wait for it.
  int descriptor() const { return socket_; }

 private:
  bool flush();

  sockaddr_storage address_{};
  socklen_t addressSize_ = 0;
  int socket_ = -1;
  State state_ = State::kClosed;
  // The end of a packet whose beginning the kernel has taken.
  uint8_t rest_[kMaxPacketBytes];
  size_t restAt_ = 0;
  size_t restSize_ = 0;
};

}  // namespace twin::posix
