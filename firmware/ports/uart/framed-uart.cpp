#include "framed-uart.hpp"

#include <string.h>

namespace twin {

void FramedUart::open() {
  if (open_) return;
  receive();  // what was meant for the connection before is dropped, its framing followed
  open_ = true;
}

Transport::State FramedUart::state() {
  receive();
  return open_ ? State::kOpen : State::kClosed;
}

void FramedUart::receive() {
  if (farewellDue_ && send(nullptr, 0)) farewellDue_ = false;
  uint8_t byte;
  // A packet that was not read yet stays in the decoder; the bytes after it wait in the port.
  while (!waiting_ && port_.read(byte)) {
    switch (decoder_.add(byte)) {
      case CobsDecoder::Event::kNone:
        break;
      case CobsDecoder::Event::kPacket:
        waiting_ = open_;
        taken_ = 0;
        break;
      case CobsDecoder::Event::kEmpty:
        open_ = false;
        break;
      case CobsDecoder::Event::kDropped:
        ++dropped_;
        break;
    }
  }
}

size_t FramedUart::read(uint8_t* to, size_t room) {
  receive();
  if (!waiting_) return 0;
  size_t count = decoder_.size() - taken_;
  if (count > room) count = room;
  memcpy(to, decoder_.packet() + taken_, count);
  taken_ += count;
  if (taken_ == decoder_.size()) waiting_ = false;
  return count;
}

bool FramedUart::write(const uint8_t* packet, size_t size) {
  // A farewell goes before any word of the next connection.
  if (!open_ || farewellDue_) return false;
  return send(packet, size);
}

void FramedUart::close() {
  if (!open_) return;
  open_ = false;
  waiting_ = false;
  farewellDue_ = !send(nullptr, 0);
}

bool FramedUart::send(const uint8_t* packet, size_t size) {
  const size_t length = size + 2;
  // COBS adds a code for each 254 bytes begun, the frame its delimiter.
  if (port_.room() < length + length / 254 + 2) return false;
  Crc16 crc;
  for (size_t i = 0; i < size; ++i) crc.add(packet[i]);
  const uint8_t tail[2] = {static_cast<uint8_t>(crc.value() >> 8), static_cast<uint8_t>(crc.value())};
  const auto at = [&](size_t i) { return i < size ? packet[i] : tail[i - size]; };
  // Blocks of up to 254 bytes without a zero, each led by its length + 1. The zero that ends a shorter block is
  // not sent; the frame is taken as if one more followed it.
  for (size_t begin = 0;;) {
    size_t end = begin;
    while (end < length && end - begin < 254 && at(end) != 0) ++end;
    port_.write(static_cast<uint8_t>(end - begin + 1));
    for (size_t i = begin; i < end; ++i) port_.write(at(i));
    if (end == length) break;
    begin = end - begin == 254 ? end : end + 1;
  }
  port_.write(0);
  port_.flush();
  return true;
}

}  // namespace twin
