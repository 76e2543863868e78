#include "example-transport.hpp"

#include "vendor.hpp"

namespace twin::example {
namespace {

constexpr char kBroker[] = "192.0.2.1";
constexpr uint16_t kPort = 1883;

}  // namespace

void ExampleTransport::open() {
  if (state() == State::kClosed) vendor_tcp_connect(kBroker, kPort);
}

Transport::State ExampleTransport::state() {
  switch (vendor_tcp_state()) {
    case 2: return State::kOpen;
    case 1: return State::kOpening;
    default: return State::kClosed;
  }
}

size_t ExampleTransport::read(uint8_t* to, size_t room) { return vendor_tcp_read(to, room); }

bool ExampleTransport::write(const uint8_t* packet, size_t size) {
  // All or nothing: half a packet would break the stream for good.
  if (state() != State::kOpen || vendor_tcp_room() < size) return false;
  vendor_tcp_write(packet, size);
  return true;
}

void ExampleTransport::close() { vendor_tcp_abort(); }

}  // namespace twin::example
