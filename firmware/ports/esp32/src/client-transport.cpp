#include "client-transport.hpp"

namespace twin {
namespace esp32 {

void ClientTransport::open() {
  if (isOpen_ || !isNetworkThere_) return;
  isOpen_ = client_.connect(host_, port_) == 1;
}

Transport::State ClientTransport::state() {
  // `connected` stays true while bytes wait to be read.
  if (isOpen_ && client_.connected() == 0) close();
  return isOpen_ ? State::kOpen : State::kClosed;
}

size_t ClientTransport::read(uint8_t* to, size_t room) {
  if (!isOpen_ || client_.available() <= 0) return 0;
  const int count = client_.read(to, room);
  return count > 0 ? static_cast<size_t>(count) : 0;
}

bool ClientTransport::write(const uint8_t* packet, size_t size) {
  if (!isOpen_) return false;
  const size_t written = client_.write(packet, size);
  if (written == size) return true;
  // A part of a packet cannot be taken back: the stream is spoilt.
  if (written != 0) close();
  return false;
}

void ClientTransport::close() {
  if (isOpen_) client_.stop();
  isOpen_ = false;
}

}  // namespace esp32
}  // namespace twin
