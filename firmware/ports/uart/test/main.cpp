// Frames there and back on this machine, with the sanitizers on: `make -C firmware uart-test`.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../framed-uart.hpp"

namespace {

using twin::Transport;

/// A line that keeps what is sent, and from which the test's bytes come.
class Line : public twin::BytePort {
 public:
  bool read(uint8_t& byte) override {
    if (at == size) return false;
    byte = in[at++];
    return true;
  }
  size_t room() override { return sizeof out - sent; }
  void write(uint8_t byte) override { out[sent++] = byte; }
  void flush() override {}

  void feed(const uint8_t* from, size_t count) {
    memcpy(in + size, from, count);
    size += count;
  }

  uint8_t in[16384], out[4096];
  size_t at = 0, size = 0, sent = 0;
};

uint32_t state = 1;
uint32_t draw(uint32_t below) {
  state = state * 1664525u + 1013904223u;
  return (state >> 8) % below;
}

void require(bool isTrue, const char* what, unsigned round) {
  if (isTrue) return;
  printf("uart-test: round %u: %s\n", round, what);
  exit(1);
}

/// Reads all that is there in pieces of random size.
size_t readAll(twin::FramedUart& uart, uint8_t* to) {
  size_t got = 0;
  while (const size_t count = uart.read(to + got, 1 + draw(300))) got += count;
  return got;
}

void goThereAndBack(unsigned round) {
  static uint8_t packet[1200], got[4096];
  const size_t size = draw(1100);
  // All kinds of zeros: many, some, none. COBS's long blocks are those without.
  const uint32_t kind = draw(3);
  for (size_t i = 0; i < size; ++i) {
    packet[i] = static_cast<uint8_t>(kind == 0 ? draw(256) : kind == 1 ? draw(2) : 1 + draw(255));
  }
  static Line from, to, noisy;
  from = Line(), to = Line(), noisy = Line();
  twin::FramedUart sender(from), receiver(to), disturbed(noisy);
  sender.open(), receiver.open(), disturbed.open();
  require(sender.write(packet, size), "a packet was refused", round);
  for (size_t i = 0; i + 1 < from.sent; ++i) require(from.out[i] != 0, "a zero inside a frame", round);
  require(from.out[from.sent - 1] == 0, "a frame without its end", round);

  to.feed(from.out, from.sent);
  const bool isTooLong = size > twin::CobsDecoder::kMaxPacket;
  require(receiver.state() == (size == 0 ? Transport::State::kClosed : Transport::State::kOpen), "state", round);
  const size_t count = readAll(receiver, got);
  require(count == (isTooLong ? 0 : size) && memcmp(got, packet, count) == 0, "content", round);
  require(receiver.dropped() == (isTooLong ? 1u : 0u), "count of dropped frames", round);

  if (size == 0 || isTooLong) return;
  // One bit wrong, then twice the frame as it should be: at least the last arrives, and nothing wrong ever.
  noisy.feed(from.out, from.sent);
  noisy.in[draw(static_cast<uint32_t>(from.sent))] ^= static_cast<uint8_t>(1u << draw(8));
  noisy.feed(from.out, from.sent);
  noisy.feed(from.out, from.sent);
  const size_t sum = readAll(disturbed, got);
  require(sum >= size && sum % size == 0, "frames after a damaged one", round);
  for (size_t i = 0; i < sum; i += size) require(memcmp(got + i, packet, size) == 0, "a wrong packet passed", round);
}

void endConnections() {
  static Line line;
  line = Line();
  twin::FramedUart uart(line);
  const uint8_t over[] = {3, 0xff, 0xff, 0};
  uart.open();
  require(line.sent == 0 && uart.state() == Transport::State::kOpen, "open sends something", 0);
  line.feed(over, sizeof over);
  require(uart.state() == Transport::State::kClosed, "the gateway's end is not seen", 0);
  uart.open();
  uart.close();
  require(line.sent == sizeof over && memcmp(line.out, over, sizeof over) == 0, "close does not say so", 0);
  line.sent = sizeof line.out - 2;  // a line that is full
  uart.open();
  uart.close();
  uart.open();
  const uint8_t packet[] = {0xc0, 0};
  require(!uart.write(packet, sizeof packet), "a word before the farewell", 0);
  line.sent = 0;
  uart.state();
  require(line.sent == sizeof over && uart.write(packet, sizeof packet), "the farewell is forgotten", 0);
}

}  // namespace

int main() {
  constexpr unsigned kRounds = 20000;
  twin::Crc16 crc;
  for (const char* c = "123456789"; *c != 0; ++c) crc.add(static_cast<uint8_t>(*c));
  require(crc.value() == 0x29b1, "the CRC's check value", 0);
  endConnections();
  for (unsigned round = 0; round < kRounds; ++round) goThereAndBack(round);
  printf("uart-test: %u packets there and back\n", kRounds);
}
