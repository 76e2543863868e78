#include "writer.hpp"

#include "decimal.hpp"
#include "memory.hpp"

namespace twin {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

}  // namespace

void Writer::byte(uint8_t value) {
  if (size_ == room_) {
    isFull_ = true;
    return;
  }
  to_[size_++] = value;
}

void Writer::uint16(uint16_t value) {
  byte(static_cast<uint8_t>(value >> 8));
  byte(static_cast<uint8_t>(value & 0xFFU));
}

void Writer::bytes(const void* from, size_t size) {
  if (size > room_ - size_) {
    isFull_ = true;
    return;
  }
  copyBytes(to_ + size_, from, size);
  size_ += size;
}

void Writer::text(const char* text) { bytes(text, lengthOf(text)); }

void Writer::decimal(uint32_t value) { decimal(static_cast<uint64_t>(value)); }

void Writer::decimal(uint64_t value) {
  char reversed[20];
  size_t count = 0;
  // Most of them fit 32 bits, which a small core divides many times faster.
  while (value > UINT32_MAX) {
    reversed[count++] = static_cast<char>('0' + static_cast<char>(value % 10U));
    value /= 10U;
  }
  uint32_t rest = static_cast<uint32_t>(value);
  do {
    reversed[count++] = static_cast<char>('0' + static_cast<char>(rest % 10U));
    rest /= 10U;
  } while (rest != 0);
  while (count > 0) byte(static_cast<uint8_t>(reversed[--count]));
}

void Writer::number(float value) {
  char text[kMaxFloatCharacters];
  bytes(text, formatFloat(value, 7, text));
}

void Writer::exactNumber(float value) {
  char text[kMaxFloatCharacters];
  bytes(text, formatShortestFloat(value, text));
}

void Writer::quoted(const char* text, size_t size) {
  byte('"');
  for (size_t i = 0; i < size; ++i) {
    const uint8_t c = static_cast<uint8_t>(text[i]);
    if (c == '"' || c == '\\') {
      byte('\\');
      byte(c);
    } else if (c < 0x20) {
      this->text("\\u00");
      byte(static_cast<uint8_t>(kHexDigits[c >> 4]));
      byte(static_cast<uint8_t>(kHexDigits[c & 0xFU]));
    } else {
      byte(c);
    }
  }
  byte('"');
}

void Writer::quoted(const char* text) { quoted(text, lengthOf(text)); }

}  // namespace twin
