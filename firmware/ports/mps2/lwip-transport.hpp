#pragma once
#include "../../core/transport.hpp"
#include "../uart/byte-ring.hpp"
#include "lwip/tcp.h"

namespace twin::mps2 {

/// A TCP connection to the broker by lwIP's raw API.
class LwipTransport : public Transport {
 public:
  LwipTransport(ip_addr_t host, uint16_t port) : host_(host), port_(port) {}

  /// Waits for an address first, if there is none yet.
  void open() override;
  State state() override;
  size_t read(uint8_t* to, size_t room) override;
  bool write(const uint8_t* packet, size_t size) override;
  void close() override;

 private:
  void connect();
  err_t receive(pbuf* data);
  void fail() { state_ = State::kClosed; }

  ip_addr_t host_;
  uint16_t port_;
  State state_ = State::kClosed;
  tcp_pcb* pcb_ = nullptr;
  // More than the window: whatever the broker may send has a place, and `receive` never refuses.
  ByteRing<4096> inbox_;
  static_assert(TCP_WND < 4096, "a queue smaller than the window stalls for ever");
};

}  // namespace twin::mps2
