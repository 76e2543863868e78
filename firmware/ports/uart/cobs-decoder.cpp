#include "cobs-decoder.hpp"

namespace twin {

void CobsDecoder::put(uint8_t byte) {
  if (length_ == sizeof bytes_) {
    tooLong_ = true;
    return;
  }
  bytes_[length_++] = byte;
  crc_.add(byte);
}

CobsDecoder::Event CobsDecoder::add(uint8_t byte) {
  if (byte == 0) return finish();
  if (left_ == 0) {
    // A code: it stands for the zero that ended the block before, unless that block was of the longest kind.
    if (begun_ && code_ != 0xff) put(0);
    begun_ = true;
    code_ = byte;
    left_ = static_cast<uint8_t>(byte - 1);
    return Event::kNone;
  }
  put(byte);
  --left_;
  return Event::kNone;
}

CobsDecoder::Event CobsDecoder::finish() {
  Event event = Event::kDropped;
  if (!begun_) {
    event = Event::kNone;  // two delimiters in a row: an idle line
  } else if (left_ == 0 && !tooLong_ && length_ >= 2 && crc_.value() == 0) {
    size_ = length_ - 2;
    event = size_ == 0 ? Event::kEmpty : Event::kPacket;
  }
  length_ = 0;
  crc_ = Crc16();
  left_ = 0;
  code_ = 0xff;
  begun_ = false;
  tooLong_ = false;
  return event;
}

}  // namespace twin
