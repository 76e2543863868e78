#pragma once
#include <stddef.h>
#include <stdint.h>

#include "crc16.hpp"

namespace twin {

/// Takes frames out of a line of bytes: COBS (Cheshire and Baker, 1999), closed by a 0x00, CRC-16 in the last two.
///
/// Whatever arrives, the next 0x00 begins anew: a fault costs the frame it is in and no other.
class CobsDecoder {
 public:
  enum class Event : uint8_t { kNone, kPacket, kEmpty, kDropped };

  /// Largest packet taken; a larger one is skipped up to its 0x00.
  static constexpr size_t kMaxPacket = 1024;

  /// Takes one byte. kPacket: `packet()` and `size()` hold it until the next call; kEmpty: a good frame without
  /// content; kDropped: a frame was malformed, too long or had a wrong CRC.
  Event add(uint8_t byte);

  const uint8_t* packet() const { return bytes_; }
  size_t size() const { return size_; }

 private:
  Event finish();
  void put(uint8_t byte);

  uint8_t bytes_[kMaxPacket + 2];
  size_t length_ = 0;   // decoded so far, with the CRC
  size_t size_ = 0;     // of the last good packet
  Crc16 crc_;           // over all decoded, the CRC itself too: 0 for a good frame
  uint8_t left_ = 0;    // bytes until the next code
  uint8_t code_ = 0xff;  // the present block's
  bool begun_ = false;
  bool tooLong_ = false;
};

}  // namespace twin
