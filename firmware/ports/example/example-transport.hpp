#pragma once
#include "core/transport.hpp"

namespace twin::example {

/// A transport over a TCP that can say how much it has room for.
class ExampleTransport final : public Transport {
 public:
  void open() override;
  State state() override;
  size_t read(uint8_t* to, size_t room) override;
  bool write(const uint8_t* packet, size_t size) override;
  void close() override;
};

}  // namespace twin::example
