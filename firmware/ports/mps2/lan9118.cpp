#include "lan9118.hpp"

namespace twin::mps2::lan9118 {

namespace {

// SMSC's datasheet of the LAN9118, chapter 5.
volatile uint32_t& reg(uint32_t offset) { return *reinterpret_cast<volatile uint32_t*>(0x40200000 + offset); }

constexpr uint32_t kReceiveData = 0x00;
constexpr uint32_t kTransmitData = 0x20;
constexpr uint32_t kReceiveStatus = 0x40;
constexpr uint32_t kInterruptConfig = 0x54;
constexpr uint32_t kInterruptStatus = 0x58;
constexpr uint32_t kInterruptEnable = 0x5c;
constexpr uint32_t kByteTest = 0x64;
constexpr uint32_t kFifoInterrupt = 0x68;
constexpr uint32_t kReceiveConfig = 0x6c;
constexpr uint32_t kTransmitConfig = 0x70;
constexpr uint32_t kHardwareConfig = 0x74;
constexpr uint32_t kReceiveInfo = 0x7c;
constexpr uint32_t kTransmitInfo = 0x80;
constexpr uint32_t kMacCommand = 0xa4;
constexpr uint32_t kMacData = 0xa8;

constexpr uint32_t kStatusLevel = 1u << 3;  // an interrupt while there are more frames than kFifoInterrupt says
constexpr uint32_t kCrcBytes = 4;

constexpr uint32_t kMacBusy = 1u << 31;
constexpr uint32_t kMacRead = 1u << 30;
constexpr uint32_t kMacControl = 1;
constexpr uint32_t kMacAddressHigh = 2;
constexpr uint32_t kMacAddressLow = 3;
constexpr uint32_t kMacOn = 1u << 20 | 1u << 3 | 1u << 2;  // full duplex, transmit, receive

void waitForMac() {
  while (reg(kMacCommand) & kMacBusy) {
  }
}

uint32_t readMac(uint32_t index) {
  reg(kMacCommand) = kMacBusy | kMacRead | index;
  waitForMac();
  return reg(kMacData);
}

void writeMac(uint32_t index, uint32_t value) {
  reg(kMacData) = value;
  reg(kMacCommand) = kMacBusy | index;
  waitForMac();
}

}  // namespace

bool start() {
  if (reg(kByteTest) != 0x87654321) return false;
  reg(kHardwareConfig) = 1;
  while (reg(kHardwareConfig) & 1) {
  }
  reg(kHardwareConfig) = 1u << 20 | 5u << 16;  // a bit that must be one; 5 KB to transmit, the rest to receive
  reg(kReceiveConfig) = 0;
  reg(kTransmitConfig) = 1u << 2 | 1u << 1;  // on, and its statuses may be lost: nobody reads them
  reg(kFifoInterrupt) = 0;
  reg(kInterruptStatus) = 0xffffffff;
  reg(kInterruptConfig) = 1u << 8 | 1u << 4 | 1u << 0;  // on, active high, push-pull
  writeMac(kMacControl, kMacOn);
  reg(kInterruptEnable) = kStatusLevel;
  return true;
}

void holdInterrupt() { reg(kInterruptEnable) = 0; }

void address(uint8_t* to) {
  const uint32_t low = readMac(kMacAddressLow);
  const uint32_t high = readMac(kMacAddressHigh);
  for (unsigned i = 0; i < 4; ++i) to[i] = static_cast<uint8_t>(low >> (8 * i));
  for (unsigned i = 0; i < 2; ++i) to[4 + i] = static_cast<uint8_t>(high >> (8 * i));
}

size_t receiveSize() {
  while (reg(kReceiveInfo) >> 16 & 0xff) {
    const uint32_t status = reg(kReceiveStatus);
    const size_t size = status >> 16 & 0x3fff;
    if (!(status & 1u << 15) && size > kCrcBytes) return size - kCrcBytes;
    Reader(size < kCrcBytes ? 0 : size - kCrcBytes).finish();
  }
  // A frame between the look and here may go unnoticed: the main loop finds it at the next tick.
  reg(kInterruptStatus) = kStatusLevel;
  reg(kInterruptEnable) = kStatusLevel;
  return 0;
}

void Reader::take(uint8_t* to, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (inWord_ == 0) {
      word_ = reg(kReceiveData);
      --wordsLeft_;
    }
    to[i] = static_cast<uint8_t>(word_ >> (8 * inWord_));
    inWord_ = (inWord_ + 1) & 3;
  }
}

void Reader::finish() {
  for (; wordsLeft_ != 0; --wordsLeft_) {
    word_ = reg(kReceiveData);
  }
}

bool canSend(size_t size) { return (reg(kTransmitInfo) & 0xffff) >= size + 16; }

Writer::Writer(size_t size) {
  reg(kTransmitData) = 1u << 13 | 1u << 12 | static_cast<uint32_t>(size);  // first and last piece
  reg(kTransmitData) = static_cast<uint32_t>(size);
}

void Writer::put(const uint8_t* from, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    word_ |= static_cast<uint32_t>(from[i]) << (8 * inWord_);
    inWord_ = (inWord_ + 1) & 3;
    if (inWord_ != 0) continue;
    reg(kTransmitData) = word_;
    word_ = 0;
  }
}

void Writer::finish() {
  if (inWord_ != 0) reg(kTransmitData) = word_;
}

}  // namespace twin::mps2::lan9118
