#pragma once
#include <stdint.h>

namespace twin {

/// CRC-16/CCITT-FALSE: polynomial 0x1021, nothing reflected, no final XOR. Check value of "123456789": 0x29b1.
class Crc16 {
 public:
  void add(uint8_t byte) {
    // One byte without a table: the polynomial's three terms x^12, x^5 and 1 as shifts.
    uint16_t x = static_cast<uint16_t>((value_ >> 8) ^ byte);
    x = static_cast<uint16_t>(x ^ (x >> 4));
    value_ = static_cast<uint16_t>((value_ << 8) ^ (x << 12) ^ (x << 5) ^ x);
  }

  uint16_t value() const { return value_; }

 private:
  uint16_t value_ = 0xffff;
};

}  // namespace twin
