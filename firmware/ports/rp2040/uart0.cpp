#include "uart0.hpp"

#include "../cortex-m/start.hpp"
#include "clocks.hpp"
#include "registers.hpp"

namespace twin::rp2040 {

namespace {
// The PL011 of ARM (datasheet 4.2.8).
constexpr uint32_t kData = kUart0 + 0x00;
constexpr uint32_t kFlags = kUart0 + 0x18;
constexpr uint32_t kReceiveEmpty = 1u << 4;
constexpr uint32_t kTransmitFull = 1u << 5;
constexpr uint32_t kMask = kUart0 + 0x38;
constexpr uint32_t kClear = kUart0 + 0x44;
constexpr uint32_t kReceive = 1u << 4;
constexpr uint32_t kTransmit = 1u << 5;
constexpr uint32_t kReceiveTimeout = 1u << 6;

constexpr uint32_t kBaud = 115200;
constexpr uint32_t kDivider64 = (kSystemHz * 4 + kBaud / 2) / kBaud;  // in 64ths: clock · 64 / (16 · baud)
}  // namespace

void Uart0::start() {
  setFunction(0, Function::kToUart);
  setFunction(1, Function::kToUart);
  setBits(kPadsBank0 + 4 + 4 * 1, 1u << 3);    // pull-up: an open line is idle,
  clearBits(kPadsBank0 + 4 + 4 * 1, 1u << 2);  // not a break
  reg(kUart0 + 0x24) = kDivider64 / 64;
  reg(kUart0 + 0x28) = kDivider64 % 64;
  reg(kUart0 + 0x2c) = 3u << 5 | 1u << 4;           // 8 bits, FIFOs; also takes the dividers over
  reg(kUart0 + 0x30) = 1u << 9 | 1u << 8 | 1u << 0;  // receive, transmit, on
  // The FIFO's half, 16 bytes, leaves 16 more or 1.4 ms; the time-out brings the rest of a frame.
  reg(kMask) = kReceive | kReceiveTimeout;
  enableIrq(kUart0Irq);
}

void Uart0::fill() {
  uint8_t byte;
  while (!(reg(kFlags) & kTransmitFull)) {
    if (!nextToSend(byte)) {
      clearBits(kMask, kTransmit);
      return;
    }
    reg(kData) = byte;
  }
  setBits(kMask, kTransmit);
}

void Uart0::startSending() {
  // The transmit interrupt marks the FIFO's way down past its half: the first bytes are put in by hand.
  disableIrq(kUart0Irq);
  fill();
  enableIrq(kUart0Irq);
}

bool Uart0::serve() {
  bool hasEnded = false;
  while (!(reg(kFlags) & kReceiveEmpty)) {
    const uint8_t byte = static_cast<uint8_t>(reg(kData));
    received(byte);
    if (byte == 0) hasEnded = true;
  }
  reg(kClear) = kReceiveTimeout;
  if (reg(kMask) & kTransmit) fill();
  return hasEnded;
}

}  // namespace twin::rp2040
